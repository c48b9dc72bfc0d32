"""An option in words: the base by its rule, every other one by all in which it differs from the base.

Weights alone would not do: two options of the same weights may differ in a cap.
"""

from __future__ import annotations

from allocator.analysis.differences import differences
from allocator.core.model import Scenario
from allocator.report.words.differences import differences_in_words
from allocator.report.words.rule import limit_clauses, limit_words, weights_words
from allocator.text import say

MOST = 4  # sentences on what differs


def rule_lines(scenario: Scenario, lang: str, option: str = "") -> list[str]:
    """Weights (or multipliers), coefficient, floors and caps, a sentence each; ``option`` names the scenario.

    >>> from allocator import load_scenario
    >>> rule_lines(load_scenario("scenarios/luzhou-2023/cap-zone.toml"), "zh")[1]
    '保底、封顶：自贸区封顶按因素法分配额的80%。'
    """
    key = "weights" if scenario.kind == "shares" else "multipliers"
    parts = {key: weights_words(scenario, lang)}
    if scenario.coefficient is not None:
        parts["coefficient"] = getattr(scenario.factor(scenario.coefficient).name, lang)
    words = limit_words(scenario)
    clauses = [clause for limit in scenario.limits for clause in limit_clauses(limit, lang, words)]
    if clauses:
        parts["limits"] = say("app.rule.join", lang).join(clauses)
    alone = "" if option else "_alone"
    return [say(f"report.trace.{key}{alone}", lang, option=option, said=text) for key, text in parts.items()]


def differs_line(base: Scenario, scenario: Scenario, names: tuple[str, str], lang: str) -> str:
    """In what a scenario differs from the base, in one line; ``names`` are those of the base and of it."""
    found = [d for d in differences(base, scenario) if d.clause != "title"]
    lines = differences_in_words(found, scenario, lang, MOST)
    key = "differs" if lines else "differs_in_nothing"
    listed = say("report.joined", lang).join(lines)
    return say(f"report.{key}", lang, base=names[0], option=names[1], differences=listed)
