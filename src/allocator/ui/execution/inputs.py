"""The settings of the page After the split: payments, rules, day, schedule, and entries for targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import streamlit as st

from allocator.analysis.execution import (
    Checkpoint,
    Payer,
    Payments,
    Rules,
    Target,
    usual_day,
    year_checkpoints,
)
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.files.execution.payments import load_payments, read_payments
from allocator.files.execution.rules import load_rules, read_rules, rules_next_to
from allocator.files.sheets.spreadsheet import shown_name
from allocator.text import ZH, Phrasebook
from allocator.ui.components import fields, markup, uploads, widgets
from allocator.ui.components.uploads import Given, given, once
from allocator.ui.session import catalogue, fund
from allocator.ui.session.rule import entered_number

CHECKPOINTS = {
    "file": "app.execution.checkpoints_file",
    "quarters": "app.execution.checkpoints_quarters",
}
PLANS = {
    "file": "app.execution.plan_file",
    "elapsed": "app.execution.plan_elapsed",
    "stated": "app.execution.plan_stated",
}
UPLOADS = {"payments": "app.execution.upload_payments", "rules": "app.execution.upload_rules"}
# MB that the browser may send: our own sentence refuses what is too large
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods")
TRANSPORT = {"payments": 20, "rules": 22}


@dataclass(frozen=True)
class FundFiles:
    """The rules and the files of payments in the folder of a fund's scenarios."""

    rules: Path | None
    payments: tuple[Path, ...]


def fund_files(slug: str) -> FundFiles:
    """The rules and the payments in the folder of the fund on the screen, where it has them."""
    files = catalogue.slugs()
    for other in fund.slugs(slug):
        path = rules_next_to(files[other]) if other in files else None
        if path is not None and path.is_file():
            found = [p for p in path.parent.glob("payments*") if p.suffix in TABLES]
            return FundFiles(path, tuple(sorted(found)))
    return FundFiles(None, ())


def fund_key(slug: str) -> str:
    """The key under which uploads and settings of a fund are kept."""
    return fund.slugs(slug)[0]


# --- files ----------------------------------------------------------------------------------------


def render_upload(kind: str, slug: str, book: Phrasebook) -> None:
    """Draws a box for a file of payments, or of rules."""
    label = book.say(UPLOADS[kind])
    if uploads.render_upload(kind, fund_key(slug), label, f"execution-{kind}-{slug}", TRANSPORT[kind]):
        st.rerun()


def sources(near: FundFiles, slug: str) -> dict[str, Path | Given]:
    """The files of payments to choose from, by name: the uploaded one, then those beside the scenario."""
    uploaded = given("payments", fund_key(slug))
    found: dict[str, Path | Given] = {} if uploaded is None else {shown_name(uploaded.name): uploaded}
    for path in near.payments:
        found.setdefault(path.name, path)
    return found


def source_name(name: str, book: Phrasebook) -> str:
    """The name of a file of payments in the list; an example is marked."""
    return book.say("app.execution.example", name=name) if "illustrative" in name else name


def rules(near: FundFiles, slug: str) -> Rules | None:
    """The rules that were uploaded, else those beside the scenario, else none."""
    path, uploaded = near.rules, given("rules", fund_key(slug))
    if uploaded is not None:
        name, content = shown_name(uploaded.name), uploaded.content
        return once("execution-rules", uploaded.id, lambda: read_rules(name, content))
    if path is None:
        return None
    return once("execution-rules", catalogue.stamp(path), lambda: load_rules(path))


def payments(source: Path | Given, scenario: Scenario, who: Sequence[Payer]) -> Payments:
    """The payments in a file; raises ScenarioError with a sentence for each problem."""
    kind = "execution-payments"
    names = (scenario.recipients, tuple((payer.id, payer.name) for payer in who), scenario.fund.currency)
    if isinstance(source, Given):
        sheet = uploads.sheet_of(source.digest)
        made = lambda: read_payments(source.name, source.content, scenario, who, sheet=sheet)  # noqa: E731
        return once(kind, (source.id, sheet, names), made)
    return once(kind, (catalogue.stamp(source), names), lambda: load_payments(source, scenario, who))


def _entered_key(slug: str) -> str:
    """The key of entries, which belong to a fund and a file of rules."""
    uploaded = given("rules", fund_key(slug))
    return fund_key(slug) if uploaded is None else f"{fund_key(slug)}-{uploaded.id}"


# --- settings -------------------------------------------------------------------------------------


def render_settings(held: Rules, paid: Payments, slug: str, book: Phrasebook) -> tuple[Rules | None, date]:
    """Draws day, checkpoints and schedule; returns the rules with them, None if one is wrong, and the day."""
    key = _entered_key(slug)
    columns = st.columns(3)
    with columns[0]:
        on = _render_day(held, paid, key, book)
    with columns[1]:
        how = fields.render_choice(
            f"execution-points-{key}", book.say("app.execution.checkpoints"), CHECKPOINTS, "file",
            lambda name: book.say(CHECKPOINTS[name]), book,
        )  # fmt: skip
    with columns[2]:
        plan = fields.render_choice(
            f"execution-plan-{key}", book.say("app.execution.plan"), PLANS, "file",
            lambda name: book.say(PLANS[name]), book,
        )  # fmt: skip
    st.html(markup.block("hint", book.say("app.execution.plan_about")))
    points = held.checkpoints
    if how == "quarters":
        stated = {point.day: point.planned for point in points}
        days = year_checkpoints(held.end.year, quarters=True)
        points = tuple(Checkpoint(day, stated.get(day)) for day in days)
    if plan == "elapsed":
        points = tuple(Checkpoint(point.day) for point in points)
    try:
        if plan == "stated":
            points = _render_stated(points, key, book)
        return replace(held, checkpoints=points, plan=held.plan if plan == "file" else plan), on
    except ScenarioError as error:
        widgets.render_problems(error, book)
        return None, on


def _render_day(held: Rules, paid: Payments, key: str, book: Phrasebook) -> date:
    """Draws the day up to which payments are counted, at first the last checkpoint that they reach."""
    last = usual_day(paid, held)
    reached = [point.day for point in held.checkpoints if point.day <= last]
    name = f"execution-on-{key}-{paid.file}"
    on = st.date_input(
        book.say("app.execution.on"), fields.known(name, reached[-1] if reached else last),
        format="YYYY-MM-DD", key=f"{name}-{book.language}",
    )  # fmt: skip
    day = on if isinstance(on, date) else last
    fields.keep(name, day)
    return day


def _render_stated(points: Sequence[Checkpoint], key: str, book: Phrasebook) -> tuple[Checkpoint, ...]:
    """Draws a field for the percent due by each checkpoint, blank for none; returns the checkpoints."""
    made = []
    for box, point in zip(st.columns(len(points)), points, strict=True):
        name = f"execution-stated-{key}-{point.day}"
        label = book.say("app.execution.stated", day=point.day.isoformat())
        with box:
            text = _text(name, label, "" if point.planned is None else ZH.number(point.planned), book)
        made.append(Checkpoint(point.day, _entered(text, label)))
    return tuple(made)


# --- targets --------------------------------------------------------------------------------------


def render_targets(targets: Sequence[Target], slug: str, book: Phrasebook) -> tuple[Target, ...]:
    """The indicators with weight, figure, points and evidence as entered; a wrong one stays as it was."""
    made = []
    for at, target in enumerate(targets):
        name = f"execution-target-{_entered_key(slug)}-{at}"
        title = str(book.text(target.name))
        boxes = st.columns([1, 1, 1, 1.4], vertical_alignment="bottom")
        with boxes[0]:
            label = _label("app.execution.enter_weight", title, book)
            weight = _text(f"{name}-weight", label, _written(target.weight), book)
        with boxes[1]:
            figure = _render_figure(target, name, title, book)
        with boxes[2]:
            label = _label("app.execution.enter_points", title, book)
            points = _text(f"{name}-points", label, _written(target.points), book)
        with boxes[3]:
            evidence = "" if target.evidence is None else str(book.text(target.evidence))
            label = _label("app.execution.enter_evidence", title, book)
            proof = _text(f"{name}-evidence", label, evidence, book)
        try:
            made.append(entered(target, title, weight, figure, points, proof, evidence))
        except ScenarioError as error:
            widgets.render_problems(error, book)
            made.append(target)
    return tuple(made)


def entered(
    target: Target, title: str, weight: str, figure: str | bool | None, points: str, proof: str, before: str
) -> Target:
    """The indicator with what was typed for it; raises ScenarioError with a sentence for what is wrong.

    ``before`` is the evidence as it was: if nobody changed it, that of the other language is kept.
    """
    value = _entered(figure, title) if isinstance(figure, str) else figure
    try:
        evidence = target.evidence if proof == before else (Text(proof) if proof else None)
        return replace(
            target,
            weight=_entered(weight, title),
            entered=value,
            points=_entered(points, title),
            evidence=evidence,
        )
    except ScenarioError as error:
        raise error.in_fields({}).within(title) from None


def _render_figure(target: Target, name: str, title: str, book: Phrasebook) -> str | bool | None:
    """Draws the figure of an indicator: locked where the program computes it, else yes or no, or a number."""
    label = _label("app.execution.enter_figure", title, book)
    if target.figure != "entered":
        st.text_input(
            label, book.say("app.execution.computed"), key=f"{name}-computed-{book.language}", disabled=True
        )  # fmt: skip
        return None
    if not target.yes:
        return _text(f"{name}-figure", label, _written(target.entered), book)
    known: dict[str, tuple[str, bool | None]] = {
        "entered": ("execution.target.entered", None),
        "yes": ("execution.target.yes", True),
        "no": ("execution.target.no", False),
    }
    first = next(one for one, (_, value) in known.items() if value is target.entered)
    picked = fields.render_choice(
        f"{name}-figure", label, known, first, lambda one: book.say(known[one][0]), book
    )
    return known[picked][1]


def _label(key: str, title: str, book: Phrasebook) -> str:
    return markup.in_markdown(book.say(key, name=title))


def _text(name: str, label: str, first: str, book: Phrasebook) -> str:
    """Draws a text field with its last content, and returns its text."""
    text = st.text_input(
        label, fields.known(name, first), key=f"{name}-{book.language}", max_chars=200
    ).strip()
    fields.keep(name, text)
    return text


def _written(value: Number | bool | None) -> str:
    return "" if value is None or isinstance(value, bool) else ZH.number(value)


def _entered(text: str, where: str) -> Number | None:
    """The figure in a field; None where it is blank."""
    if not text:
        return None
    found = entered_number(text)
    if isinstance(found, str):
        raise ScenarioError(Problem(found, {"value": text[:40]}, where))
    return found
