"""What the command line prints: aligned tables, JSON and CSV of the same figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from allocator.analysis.finding import Finding, held_against
from allocator.cli.terminal import aligned, jsonable, pad, print_csv, print_json, width
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.office import compare_table, office_table
from allocator.report.words.finding import matched, short, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.report.words.summary import read_lines
from allocator.text import money as money_text
from allocator.text import number, say

if TYPE_CHECKING:
    from allocator.analysis.execution import Execution
    from allocator.analysis.projects import Counted
    from allocator.analysis.seek import Answer
    from allocator.analysis.sweep import Drivers, Sweep
    from allocator.cli.explain import Told
    from allocator.report.audit.findings import Answers
    from allocator.report.tables.grid import Grid


def allocation(result: Allocation, form: str, lang: str) -> None:
    """The result of `allocator run`."""
    if form == "json":
        print_json(as_json(result, lang))
        return
    table = office_table(result, lang)
    if form == "csv":
        headers, rows = table.plain_rows()
        below = [*status_lines(result.scenario, lang), *hint_lines(result.scenario, lang)]
        print_csv(headers, rows, [*below, _trace(result, lang)])
        return
    scenario, money = result.scenario, _money_writer(result.scenario, lang)
    lines = [getattr(scenario.title, lang)]
    parts = [
        say(f"cli.{name}", lang, amount=money(amount))
        for name, amount in (("reserved", scenario.reserved), ("earmarked", scenario.earmarked))
        if amount
    ]
    parts.append(say("cli.distributable", lang, amount=money(scenario.distributable)))
    lines += [
        say("cli.split", lang, fund=money(scenario.fund.amount), parts=parts),
        "",
        *aligned(table, lang),
        "",
    ]
    lines += [*status_lines(scenario, lang), *hint_lines(scenario, lang), *limit_lines(scenario, lang)]
    if result.multiplier != 1:
        lines.append(say("cli.multiplier", lang, multiplier=number(result.multiplier, lang, 6)))
    if result.tied:
        names = [r.name for r in scenario.recipients if r.id in result.tied]
        lines.append(say("cli.tied", lang, names=names))
    if scenario.published is not None:
        lines.append(matched(held_against(result, scenario.published), terms([result], lang)))
    lines.append(_trace(result, lang))
    total, fund = (
        money_text(amount, scenario.fund.currency, lang, in_full=True)
        for amount in (result.total, scenario.fund.amount)
    )
    lines.append(say("cli.sum", lang, total=total, fund=fund))
    print(*lines, sep="\n")


def _trace(result: Allocation, lang: str) -> str:
    return say("cli.trace", lang, version=result.method_version, digest=result.scenario.digest)


def comparison(results: Sequence[Allocation], files: Sequence[str], form: str, lang: str) -> None:
    """The result of `allocator compare`: one table, the first scenario is the base."""
    table = compare_table(results, lang)
    base = results[0]
    if form == "json":
        print_json(
            {
                "currency": base.scenario.fund.currency,
                "method_version": base.method_version,
                "scenarios": [
                    {
                        "file": file,
                        "title": getattr(result.scenario.title, lang),
                        "digest": result.scenario.digest,
                        "fund": jsonable(result.scenario.fund.amount),
                        "reserved": jsonable(result.scenario.reserved),
                        "amounts": jsonable(result.amounts),
                        **_finding(held_against(result, base)),
                        "data": _statuses(result.scenario),
                    }
                    for file, result in zip(files, results, strict=True)
                ],
                "published": jsonable(base.scenario.published),
            }
        )
        return
    letters = [column.key for column in table.columns if column.kind == "money" and len(column.key) == 1]
    titles = {
        letter: getattr(result.scenario.title, lang) for letter, result in zip(letters, results, strict=True)
    }
    if form == "csv":
        headers, rows = table.plain_rows()
        named = [
            f"{titles[key]} {header}" if (key := column.key.partition("-")[0]) in titles else header
            for column, header in zip(table.columns, headers, strict=True)
        ]
        print_csv(named, rows, _remarks(titles, results, lang))
        return
    lines = [
        say("cli.letter", lang, letter=letter, title=title, file=file)
        for (letter, title), file in zip(titles.items(), files, strict=True)
    ]
    lines += ["", *aligned(table, lang), ""]
    for letter, result in list(zip(letters, results, strict=True))[1:]:
        what = short(held_against(result, base), terms(results, lang))
        lines.append(say("cli.against_a", lang, letter=letter, what=what))
    print(*lines, *_remarks(titles, results, lang), sep="\n")


def _remarks(letters: Iterable[str], results: Sequence[Allocation], lang: str) -> list[str]:
    """Below a comparison: the status of the data, each sentence once, and which input each column is of."""
    said = dict.fromkeys(line for result in results for line in status_lines(result.scenario, lang))
    return [*said, _traces(letters, results, lang)]


def _traces(names: Iterable[str], results: Sequence[Allocation], lang: str) -> str:
    digests = [result.scenario.digest.removeprefix("sha256:")[:12] for result in results]
    inputs = [f"{name} {digest}" for name, digest in zip(names, digests, strict=True)]
    return say("cli.traces", lang, version=results[0].method_version, inputs=inputs)


def audited(answers: Answers, form: str, lang: str) -> None:
    """The result of `allocator audit`: each reading by itself."""
    from allocator.report.audit import tables

    rest = tables.rest(answers, lang)
    if form == "json":
        print_json(tables.all_data(answers, lang))
        return
    if form == "csv":
        rows = [row for one in answers.found for row in tables.file_rows(one, lang)]
        remarks = [line for one in answers.found for line in tables.remarks(one, lang)]
        print_csv(tables.file_headers(lang), rows, [*remarks, *rest])
        return
    lines = []
    for one in answers.found:
        lines += tables.opening(one, lang)
        for head, table in tables.ranges(one, lang):
            lines += ["", head, *aligned(table, lang)]
        lines += ["", *tables.closing(one, lang), ""]
    print(*lines, *rest, *([""] if rest else []), sep="\n", end="")


def sought(answer: Answer, form: str, lang: str) -> None:
    """The result of `allocator seek`: the answer in sentences, and what everybody then gets."""
    from allocator.report.seek import tables
    from allocator.report.seek.words import sentences

    scenario = answer.scenario
    if form == "json":
        print_json(tables.as_data(answer, lang))
        return
    table = tables.amounts_table(answer, lang)
    below = status_lines(scenario, lang)
    if form == "csv":
        headers, rows = table.plain_rows() if table is not None else tables.reach_rows(answer, lang)
        print_csv(headers, rows, [*sentences(answer, lang), *below, tables.trace(answer, lang)])
        return
    lines = [getattr(scenario.title, lang), *sentences(answer, lang), ""]
    lines += [*aligned(table, lang), ""] if table is not None else []
    print(*lines, *below, tables.trace(answer, lang), sep="\n")


def explained(told: Told, results: Sequence[Allocation], form: str, lang: str) -> None:
    """The result of `allocator explain`: of one allocation, or of two of which the first is the base."""
    if form == "json":
        data = told.data()
        print_json(jsonable({**(as_json(results[0], lang) if len(results) == 1 else {}), **data}))
        return
    said = dict.fromkeys(line for result in results for line in status_lines(result.scenario, lang))
    if len(results) == 1:
        traces = [_trace(results[0], lang)]
    else:
        names = (say(f"explain.{key}", lang) for key in ("before", "after"))
        traces = [_traces(names, results, lang)]
    if form == "csv":
        print_csv(*told.filed(), [*told.remarks(), *said, *traces])
        return
    lines: list[str] = []
    for block in told.blocks():
        lines += [block] if isinstance(block, str) else aligned(block, lang)
    print(*lines, *said, *traces, sep="\n")


def swept(found: Sweep, driven: Drivers, form: str, lang: str) -> None:
    """The result of `allocator sweep`."""
    from allocator.report.sweep import tables
    from allocator.report.sweep import words as said

    if form == "json":
        print_json(tables.as_data(found, driven, lang))
        return
    below = [*said.remarks(found, lang), *status_lines(found.scenario, lang), *said.trace(found, lang)]
    if form == "csv":
        headers, rows = tables.file_headers(found, driven, lang), tables.file_rows(found, driven, lang)
        print_csv(headers, rows, [*said.head(found, lang), *below])
        return
    lines = [getattr(found.scenario.title, lang), *said.head(found, lang), ""]
    print(*lines, *aligned(tables.sweep_table(found, driven, lang), lang), "", *below, sep="\n")


def counted(found: Counted, scenario: Scenario | None, form: str, lang: str, *, projects: bool) -> None:
    """The result of `allocator factors`."""
    from allocator.report.projects import words as said

    if form == "json":
        print_json(said.as_data(found, lang, projects=projects))
        return
    factors = said.factors_of(found, scenario.factors if scenario else ())
    recipients = said.recipients_of(scenario.recipients if scenario else ())
    head = said.head(found, factors, lang)
    grid = said.values_grid(found, factors, recipients, lang)
    named = projects or form == "table"  # what is handed on holds nothing of single companies unasked
    notes = said.notes(found, factors, recipients, lang, named=named)
    below = [*notes, *said.refused_lines(found, recipients, lang, named=named)]
    if form == "csv":
        rows = said.factor_rows(found)
        print_csv(
            rows[0], rows[1:], [*head, *below, *([] if named else [say("projects.confidential", lang)])]
        )
        return
    lines = [*head, "", *aligned(grid, lang), *below]
    for id in found.brought if projects else ():
        behind = said.behind_grid(found, id, factors, recipients, lang)
        lines += ["", behind.caption, *aligned(behind, lang)]
    print(*lines, sep="\n")


def executed(found: Execution, result: Allocation, form: str, lang: str, *, payees: bool) -> None:
    """The result of `allocator execution`."""
    from allocator.analysis.execution import assess
    from allocator.report.execution import assessment as aims
    from allocator.report.execution import tables
    from allocator.report.execution import words as said

    if form == "json":
        reached = {"assessment": aims.as_data(assess(found))}
        print_json(jsonable({**tables.as_data(found, payees=payees), **reached}))
        return
    scenario = result.scenario
    head = said.head(found, result, lang)
    plan, doubts = said.plan_lines(found, scenario, lang), said.doubt_lines(found, scenario, lang)
    below = [*said.closing(found, scenario, lang), *status_lines(scenario, lang), _trace(result, lang)]
    progress = tables.progress_grid(found, scenario, lang)
    held = assess(found)
    outcome = [*aims.target_lines(held, lang), *([aims.score_line(held, lang)] if held.items else [])]
    if found.rules.cited is not None:
        outcome.append(getattr(found.rules.cited, lang))
    if form == "csv":
        lines = said.doubt_sentences(found, scenario, lang)
        headers, rows = tables.progress_rows(found, scenario, lang)
        print_csv(headers, rows, [*head, *plan, *doubts, *lines, *outcome, *below])
        return
    blocks: list[str | Grid] = [*head, "", progress.caption, progress, *plan, ""]
    uses = tables.uses_grid(found, scenario, lang)
    blocks += [uses.caption, uses, *said.clause_lines(found, lang), "", *doubts]
    if found.doubtful:
        blocks += [tables.doubts_grid(found, scenario, lang, payees=payees)]
        if found.doubtful > tables.SHOWN:
            blocks.append(say("execution.doubts_first", lang, most=tables.SHOWN))
        if not payees:
            blocks.append(say("execution.left_out", lang))
    if held.items:
        targets = aims.targets_grid(held, lang)
        blocks += ["", targets.caption, targets, *outcome]
    lines = []
    for block in [*blocks, ""]:
        lines += [block] if isinstance(block, str) else aligned(block, lang)
    print(*lines, *below, sep="\n")


def checked(result: Allocation, file: str, form: str, lang: str, *, as_published: bool | None) -> None:
    """The result of `allocator check`: what was read; None where nobody asked about the published amounts."""
    scenario = result.scenario
    if form == "json":
        print_json(_checked_json(result, file, lang, as_published))
        return
    lines = read_lines(scenario, lang)
    if form == "csv":
        print_csv([say("check.item", lang), say("check.value", lang)], [list(line) for line in lines])
        return
    widest = max(width(item) for item, _ in lines)
    print(*(pad(item, widest) + "  " + shown for item, shown in lines), sep="\n")
    below = [*status_lines(scenario, lang), *hint_lines(scenario, lang)]
    print(*below, say("cli.ok", lang, file=file), sep="\n")


def _checked_json(result: Allocation, file: str, lang: str, as_published: bool | None) -> dict[str, Any]:
    scenario = result.scenario
    published = None if scenario.published is None else plain(sum(scenario.published.values(), start=0))
    return {
        "file": file,
        "ok": as_published is not False,
        "as_published": as_published,
        "title": getattr(scenario.title, lang),
        "currency": scenario.fund.currency,
        "fund": jsonable(scenario.fund.amount),
        "reserved": jsonable(scenario.reserved),
        "earmarked": jsonable(scenario.earmarked),
        "distributable": jsonable(scenario.distributable),
        "unit": jsonable(scenario.fund.unit),
        "rounding": scenario.fund.rounding,
        "method": scenario.kind,
        "coefficient": scenario.coefficient,
        "weights": {factor: float(weight) for factor, weight in scenario.weights.items()},
        "data": {factor.id: factor.status for factor in scenario.factors},
        "recipients": len(scenario.recipients),
        "limits": len(scenario.limits),
        "published": jsonable(published),
        "method_version": result.method_version,
        "digest": scenario.digest,
    }


# --- JSON and CSV ---------------------------------------------------------------------------------


def as_json(result: Allocation, lang: str) -> dict[str, Any]:
    """The object of `allocator run --format json`: money exact, stages of the calculation as decimals."""
    scenario = result.scenario
    published, differences = scenario.published, result.differences
    return {
        "title": getattr(scenario.title, lang),
        "digest": scenario.digest,
        "method_version": result.method_version,
        "currency": scenario.fund.currency,
        "unit": jsonable(scenario.fund.unit),
        "fund": jsonable(scenario.fund.amount),
        "reserved": jsonable(scenario.reserved),
        "earmarked": jsonable(scenario.earmarked),
        "distributable": jsonable(scenario.distributable),
        "total": jsonable(result.total),
        "reservations": [
            {"name": getattr(r.name, lang), "amount": jsonable(r.amount)} for r in scenario.reservations
        ],
        "recipients": [
            {
                "id": r.id,
                "name": getattr(r.name, lang),
                "amount": jsonable(result.amounts[r.id]),
                "earmark": jsonable(result.earmarks[r.id]),
                "share": float(result.shares[r.id]),
                "contributions": {f: float(part[r.id]) for f, part in result.contributions.items()},
                "entitlement": float(result.entitlements[r.id]),
                "limited": float(result.limited[r.id]),
                "floor": jsonable(result.floors[r.id]),
                "cap": jsonable(result.caps[r.id]),
                "at": result.at[r.id],
                "rounding": float(result.rounding[r.id]),
                "published": jsonable(published[r.id]) if published is not None else None,
                "difference": jsonable(differences[r.id]) if differences is not None else None,
            }
            for r in scenario.recipients
        ],
        "tied": list(result.tied),
        "data": _statuses(scenario),
    }


def _statuses(scenario: Scenario) -> dict[str, str]:
    return {factor: scenario.factor(factor).status for factor in scenario.weights}


def _finding(found: Finding) -> dict[str, Any]:
    """``moved`` is null where the recipients' sums differ, by ``more``."""
    return {
        "differences": jsonable(found.changes),
        "more": jsonable(found.more),
        "moved": jsonable(found.moved),
        "gains": found.gains.count,
        "gained": jsonable(found.gains.amount),
        "losses": found.losses.count,
        "lost": jsonable(found.losses.amount),
    }


def _money_writer(scenario: Scenario, lang: str) -> Callable[[Number], str]:
    return lambda amount: money_text(amount, scenario.fund.currency, lang)
