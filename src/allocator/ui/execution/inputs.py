"""What the page After the split is set to: payments, rules, day, schedule, what is entered of targets."""

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
from allocator.files.execution.rules import load_rules, read_rules, rules_beside
from allocator.files.sheets.spreadsheet import shown_name
from allocator.text import number, say
from allocator.ui.components import fields, markup, uploads, widgets
from allocator.ui.components.uploads import Given, given, once
from allocator.ui.session import catalogue, fund
from allocator.ui.session.rule import typed_number

PLANS = ("elapsed", "stated")
# MB that the browser may send: what is too large is then said in a sentence of our own
TRANSPORT = {"payments": 20, "rules": 22}


@dataclass(frozen=True)
class FundFiles:
    """What stands beside the scenarios of a fund: its rules and files of payments."""

    rules: Path | None
    payments: tuple[Path, ...]


def fund_files(slug: str) -> FundFiles:
    """The rules and the payments in the folder of the fund on the screen, where it has them."""
    files = catalogue.slugs()
    for other in fund.slugs(slug):
        path = rules_beside(files[other]) if other in files else None
        if path is not None and path.is_file():
            found = [p for p in path.parent.glob("payments*") if p.suffix in (".csv", ".xlsx")]
            return FundFiles(path, tuple(sorted(found)))
    return FundFiles(None, ())


def fund_key(slug: str) -> str:
    """What uploads and settings of a fund are kept under."""
    return fund.slugs(slug)[0]


# --- files ----------------------------------------------------------------------------------------


def render_upload(kind: str, slug: str, lang: str) -> None:
    """A box for a file of payments, or of rules."""
    label = say(f"app.execution.upload_{kind}", lang)
    if uploads.render_upload(kind, fund_key(slug), label, f"execution-{kind}-{slug}", TRANSPORT[kind]):
        st.rerun()


def sources(near: FundFiles, slug: str) -> dict[str, Path | Given]:
    """The payments that can be looked at: what was uploaded, then the files beside the scenario."""
    uploaded = given("payments", fund_key(slug))
    found: dict[str, Path | Given] = {} if uploaded is None else {shown_name(uploaded.name): uploaded}
    for path in near.payments:
        found.setdefault(path.name, path)
    return found


def source_name(name: str, lang: str) -> str:
    """What the list calls a file of payments; an example says so."""
    return say("app.execution.example", lang, name=name) if "illustrative" in name else name


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
        made = lambda: read_payments(source.name, source.content, scenario, who)  # noqa: E731
        return once(kind, (source.id, names), made)
    return once(kind, (catalogue.stamp(source), names), lambda: load_payments(source, scenario, who))


def _entered_key(slug: str) -> str:
    """What is entered belongs to a fund and a file of rules."""
    uploaded = given("rules", fund_key(slug))
    return fund_key(slug) if uploaded is None else f"{fund_key(slug)}-{uploaded.id}"


# --- settings -------------------------------------------------------------------------------------


def render_settings(held: Rules, paid: Payments, slug: str, lang: str) -> tuple[Rules | None, date]:
    """Up to which day, checkpoints and schedule; None for rules where what is entered is wrong."""
    key = _entered_key(slug)
    columns = st.columns(3)
    with columns[0]:
        on = _render_day(held, paid, key, lang)
    with columns[1]:
        how = fields.render_choice(
            f"execution-points-{key}", say("app.execution.checkpoints", lang), ("file", "quarters"), "file",
            lambda name: say(f"app.execution.checkpoints_{name}", lang), lang,
        )  # fmt: skip
    with columns[2]:
        plan = fields.render_choice(
            f"execution-plan-{key}", say("app.execution.plan", lang), ("file", *PLANS), "file",
            lambda name: say(f"app.execution.plan_{name}", lang), lang,
        )  # fmt: skip
    st.html(markup.block("hint", say("app.execution.plan_about", lang)))
    points = held.checkpoints
    if how == "quarters":
        stated = {point.day: point.planned for point in points}
        days = year_checkpoints(held.end.year, quarters=True)
        points = tuple(Checkpoint(day, stated.get(day)) for day in days)
    if plan == "elapsed":
        points = tuple(Checkpoint(point.day) for point in points)
    try:
        if plan == "stated":
            points = _render_stated(points, key, lang)
        return replace(held, checkpoints=points, plan=held.plan if plan == "file" else plan), on
    except ScenarioError as error:
        widgets.render_problems(error, lang)
        return None, on


def _render_day(held: Rules, paid: Payments, key: str, lang: str) -> date:
    """Up to which day payments are counted: at first the last checkpoint that the payments reach."""
    last = usual_day(paid, held)
    reached = [point.day for point in held.checkpoints if point.day <= last]
    name = f"execution-on-{key}-{paid.file}"
    on = st.date_input(
        say("app.execution.on", lang), fields.known(name, reached[-1] if reached else last),
        format="YYYY-MM-DD", key=f"{name}-{lang}",
    )  # fmt: skip
    day = on if isinstance(on, date) else last
    fields.keep(name, day)
    return day


def _render_stated(points: Sequence[Checkpoint], key: str, lang: str) -> tuple[Checkpoint, ...]:
    """What should be paid by each checkpoint, in percent; blank where nothing is said."""
    made = []
    for box, point in zip(st.columns(len(points)), points, strict=True):
        name = f"execution-stated-{key}-{point.day}"
        label = say("app.execution.stated", lang, day=point.day.isoformat())
        with box:
            text = _text(name, label, "" if point.planned is None else number(point.planned, "zh"), lang)
        made.append(Checkpoint(point.day, _typed(text, label)))
    return tuple(made)


# --- targets --------------------------------------------------------------------------------------


def render_targets(targets: Sequence[Target], slug: str, lang: str) -> tuple[Target, ...]:
    """Weight, figure and points of each indicator, as entered; one that is wrong stays as it was."""
    made = []
    for at, target in enumerate(targets):
        name = f"execution-target-{_entered_key(slug)}-{at}"
        title = str(getattr(target.name, lang))
        boxes = st.columns([1, 1, 1, 1.4], vertical_alignment="bottom")
        with boxes[0]:
            weight = _text(f"{name}-weight", _label("weight", title, lang), _written(target.weight), lang)
        with boxes[1]:
            figure = _render_figure(target, name, title, lang)
        with boxes[2]:
            points = _text(f"{name}-points", _label("points", title, lang), _written(target.points), lang)
        with boxes[3]:
            evidence = "" if target.evidence is None else str(getattr(target.evidence, lang))
            proof = _text(f"{name}-evidence", _label("evidence", title, lang), evidence, lang)
        try:
            made.append(entered(target, title, weight, figure, points, proof, evidence))
        except ScenarioError as error:
            widgets.render_problems(error, lang)
            made.append(target)
    return tuple(made)


def entered(
    target: Target, title: str, weight: str, figure: str | bool | None, points: str, proof: str, before: str
) -> Target:
    """The indicator with what was typed for it; raises ScenarioError with a sentence for what is wrong.

    ``before`` is the evidence as it stood: the other language's is kept where nobody changed it.
    """
    value = _typed(figure, title) if isinstance(figure, str) else figure
    try:
        evidence = target.evidence if proof == before else (Text(proof) if proof else None)
        return replace(
            target,
            weight=_typed(weight, title),
            entered=value,
            points=_typed(points, title),
            evidence=evidence,
        )
    except ScenarioError as error:
        raise ScenarioError(replace(p, file=title, at={}) for p in error.problems) from None


def _render_figure(target: Target, name: str, title: str, lang: str) -> str | bool | None:
    """What an indicator is: nothing to enter where the program has the figure, yes or no, or a number."""
    label = _label("figure", title, lang)
    if target.figure != "entered":
        st.text_input(
            label, say("app.execution.computed", lang), key=f"{name}-computed-{lang}", disabled=True
        )  # fmt: skip
        return None
    if not target.yes:
        return _text(f"{name}-figure", label, _written(target.entered), lang)
    names = {"entered": None, "yes": True, "no": False}
    first = next(key for key, value in names.items() if value is target.entered)
    picked = fields.render_choice(
        f"{name}-figure", label, names, first, lambda key: say(f"execution.target.{key}", lang), lang
    )
    return names[picked]


def _label(key: str, title: str, lang: str) -> str:
    return markup.in_markdown(say(f"app.execution.enter_{key}", lang, name=title))


def _text(name: str, label: str, first: str, lang: str) -> str:
    """A field that stands where it stood last."""
    text = st.text_input(label, fields.known(name, first), key=f"{name}-{lang}", max_chars=200).strip()
    fields.keep(name, text)
    return text


def _written(value: Number | bool | None) -> str:
    return "" if value is None or isinstance(value, bool) else number(value, "zh")


def _typed(text: str, where: str) -> Number | None:
    """The figure in a field; None where it is blank."""
    if not text:
        return None
    found = typed_number(text)
    if isinstance(found, str):
        raise ScenarioError(Problem(found, {"value": text[:40]}, where))
    return found
