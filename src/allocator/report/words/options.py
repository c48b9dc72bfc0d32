"""An option in words: the base by its rule, every other one by its differences from the base.

Weights alone would not do: two options of the same weights may differ in a cap.
"""

from __future__ import annotations

from allocator.analysis.differences import differences
from allocator.core.model import Scenario
from allocator.report.words.differences import differences_in_words
from allocator.report.words.rule import limit_clauses, limit_words, weights_words
from allocator.text import Phrasebook

MOST = 4  # sentences on what differs


def rule_lines(scenario: Scenario, book: Phrasebook, option: str = "") -> list[str]:
    """Weights (or multipliers), coefficient, floors and caps, a sentence each; ``option`` names the scenario.

    >>> from allocator import load_scenario
    >>> rule_lines(load_scenario("scenarios/luzhou-2023/cap-zone.toml"), Phrasebook("zh"))[1]
    '保底、封顶：自贸区封顶按因素法分配额的80%。'
    """
    if scenario.kind == "shares":
        key = "report.trace.weights" if option else "report.trace.weights_alone"
    else:
        key = "report.trace.multipliers" if option else "report.trace.multipliers_alone"
    lines = [book.say(key, option=option, said=weights_words(scenario, book))]
    if scenario.coefficient is not None:
        key = "report.trace.coefficient" if option else "report.trace.coefficient_alone"
        lines.append(book.say(key, option=option, said=scenario.factor(scenario.coefficient).name))
    words = limit_words(scenario)
    clauses = [clause for limit in scenario.limits for clause in limit_clauses(limit, book, words)]
    if clauses:
        key = "report.trace.limits" if option else "report.trace.limits_alone"
        lines.append(book.say(key, option=option, said=book.say("rule.join").join(clauses)))
    return lines


def differs_line(base: Scenario, scenario: Scenario, names: tuple[str, str], book: Phrasebook) -> str:
    """The differences of a scenario from the base, in one line; ``names`` are those of the base and of it."""
    found = [d for d in differences(base, scenario) if d.clause != "title"]
    lines = differences_in_words(found, scenario, book, MOST)
    key = "report.differs" if lines else "report.differs_in_nothing"
    listed = book.say("report.joined").join(lines)
    return book.say(key, base=names[0], option=names[1], differences=listed)
