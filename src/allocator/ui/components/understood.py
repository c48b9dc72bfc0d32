"""The understanding of a sheet: its cells coloured by their roles, and the questions to decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from allocator.core.statement import Statement
from allocator.files.sheets.grids.grid import Grid
from allocator.files.sheets.number_formats import letters
from allocator.files.understanding.joined import MISSING
from allocator.files.understanding.model import Options, Taken, Understanding
from allocator.text import Phrasebook
from allocator.ui.components import markup
from allocator.ui.components.understood_rows import render_rows, rows_of

ROWS, COLUMNS = 60, 24  # of a sheet that are drawn
FEW = 6  # statements of a kind before the rest is folded away
_BY_OPTION = re.compile(r"（[^（）]*--[^（）]*）|\s*\([^()]*--[^()]*\)")
KEPT = ("factor_missing", "factor_near", "factor_hidden", "recipients_missing")  # what may stay as it is
ROLES = {  # that a column can be given
    "leave_out": "app.start.choice_leave_out",
    "add": "app.start.choice_add",
    "recipients": "app.start.choice_recipients",
    "previous": "app.start.choice_previous",
    "published": "app.start.choice_published",
}
TAKEN = {
    "recipient": "app.start.as_recipient",
    "factor": "app.start.as_factor",
    "amount": "app.start.as_amount",
    "left": "app.start.as_left",
}
CHOICES = {  # answers in words; any other is a name in the table
    "zero": "app.start.choice_zero",
    "refuse": "app.start.choice_refuse",
    "read": "app.start.choice_read",
    "leave": "app.start.choice_leave",
    "leave_out": "app.start.choice_leave_out",
    "previous": "app.start.choice_previous",
    "published": "app.start.choice_published",
    "same": "app.start.choice_same",
    "keep": "app.start.choice_keep",
    "deduct": "app.start.choice_deduct",
    "drop": "app.start.choice_drop",
    "reservation": "app.start.choice_reservation",
}
SEVERAL = ("leave_out", "add")  # roles that several columns can have
ABREAST = 3
Place = tuple[str, str, str]
Answers = Mapping[Place, tuple[str, Statement]]


# --- questions ------------------------------------------------------------------------------------


def answers_of(of: str) -> Answers:
    """The answers on the table that is kept under this name."""
    answers: Answers = st.session_state.get(f"answers-{of}", {})
    return answers


def begin(of: str) -> None:
    """Begins another table, without the answers and column roles of the one before."""
    for kept in ("answers", "columns", "rows", "rows-list", "amounts", "instead", "goes"):
        st.session_state.pop(f"{kept}-{of}", None)
    for key in [key for key in st.session_state if str(key).startswith(f"{of}-weight-")]:
        del st.session_state[key]


def render_columns(made: Understanding, of: str, book: Phrasebook) -> None:
    """Draws a list for each named column, of roles that it can be given in place of the proposed one."""
    shown = [taken for taken in made.columns if taken.name][:COLUMNS]
    if not shown:
        return
    with st.expander(book.say("app.start.columns"), key=f"fold-columns-{of}"):
        for start in range(0, len(shown), ABREAST):
            for place, taken in zip(st.columns(ABREAST), shown[start : start + ABREAST], strict=False):
                with place:
                    _render_column(taken, of, book)


def render_roles(made: Understanding, grids: Sequence[Grid], of: str, book: Phrasebook) -> None:
    """Draws what each column and each row was taken for, to be changed."""
    render_columns(made, of, book)
    render_rows(made, grids, of, book)


def _render_column(taken: Taken, of: str, book: Phrasebook) -> None:
    key = f"column-{of}-{taken.at}"

    def pick() -> None:
        chosen = st.session_state[key]
        kept = {at: role for at, role in columns_of(of).items() if at != taken.at}
        kept = {at: role for at, role in kept.items() if role != chosen or chosen in SEVERAL}
        st.session_state[f"columns-{of}"] = kept if chosen is None else {**kept, taken.at: chosen}

    standing = columns_of(of).get(taken.at)
    proposed = book.say(TAKEN[taken.role])
    # only a column that the scenario does not have can be a new factor of it
    roles = [role for role in ROLES if role != "add" or taken.why == "reference" or standing == "add"]
    st.selectbox(
        markup.in_markdown(book.say("app.start.column", at=taken.at, name=taken.name)),
        roles,
        index=roles.index(standing) if standing in roles else None,
        format_func=lambda role: book.say(ROLES[role]),
        key=key,
        on_change=pick,
        placeholder=proposed,
    )


def columns_of(of: str) -> Mapping[str, str]:
    """The roles that were chosen for columns, by their letters."""
    chosen: Mapping[str, str] = st.session_state.get(f"columns-{of}", {})
    return chosen


def is_instead(of: str) -> bool:
    """True if the factors of a table are to be taken in place of those that there are."""
    return bool(st.session_state.get(f"instead-{of}"))


def set_instead(of: str, chosen: bool) -> None:
    """Takes the factors of a table in place of those that there are, or no longer."""
    st.session_state[f"instead-{of}"] = chosen


def render_questions(made: Understanding, of: str, book: Phrasebook, *, keeps: bool = False) -> None:
    """Draws every question of a table with its answers, including those already given.

    With ``keeps`` what the table lacks may stay as it is.
    """
    for statement in _asked(made, of, keeps=keeps):
        _render_question(statement, of, book, keeps=keeps)


def is_open(made: Understanding, of: str, *, keeps: bool = False) -> bool:
    """True if something is refused, or a question is still open; ``keeps`` as in `render_questions`."""
    answers = answers_of(of)
    return bool(made.problems) or any(
        not keeps or answers.get(_place(each), ("",))[0] != "keep" for each in made.decisions
    )


def _place(statement: Statement) -> Place:
    """The key that tells one question from another."""
    return statement.key, statement.at, str(statement.details.get("name", ""))


def _asked(made: Understanding, of: str, *, keeps: bool) -> list[Statement]:
    """The questions of a table: those that are answered first, then those that are open."""
    answers = {at: one for at, one in answers_of(of).items() if keeps or one[0] != "keep"}
    known = [statement for _, statement in answers.values()]
    return [*known, *(each for each in made.decisions if _place(each) not in answers)]


def _render_question(statement: Statement, of: str, book: Phrasebook, *, keeps: bool) -> None:
    """Draws one question with its answers; until one is chosen nothing is decided."""
    place = _place(statement)
    key = f"ask-{of}-{'-'.join(place)}"
    answers = answers_of(of)
    choices = choices_of(statement, keeps=keeps)
    sentence = in_words(statement, book)
    if not choices:
        st.html(markup.block("zero", sentence))
        return
    standing = answers.get(place, (None,))[0]

    def answer() -> None:
        chosen = st.session_state[key]
        kept = {at: one for at, one in answers_of(of).items() if at != place}
        st.session_state[f"answers-{of}"] = kept if chosen is None else {**kept, place: (chosen, statement)}

    st.selectbox(
        markup.in_markdown(sentence),
        choices,
        index=choices.index(standing) if standing in choices else None,
        format_func=lambda choice: _choice(choice, book),
        key=key,
        on_change=answer,
        placeholder=book.say("app.start.decide"),
    )
    if standing == "reservation":
        _render_amount(str(statement.details["name"]), of, book)


def amounts_of(of: str) -> Mapping[str, str]:
    """The amounts that were written for reservations, by the names of their rows."""
    written: Mapping[str, str] = st.session_state.get(f"amounts-{of}", {})
    return written


def _render_amount(name: str, of: str, book: Phrasebook) -> None:
    """Draws the field for the amount of a reservation; blank, it is the one in the sheet."""
    key = f"amount-{of}-{name}"

    def write() -> None:
        st.session_state[f"amounts-{of}"] = {**amounts_of(of), name: st.session_state[key].strip()}

    st.text_input(
        markup.in_markdown(book.say("app.start.reserve", name=name)),
        amounts_of(of).get(name, ""),
        key=key,
        max_chars=40,
        on_change=write,
        placeholder=book.say("app.start.reserve_hint"),
    )


def choices_of(statement: Statement, *, keeps: bool = False) -> list[str]:
    """The answers that the page offers to a question."""
    if statement.key == "two_recipient_columns":
        return [str(statement.details["first"]), str(statement.details["second"])]
    unmeant = ("blank", *(() if statement.details.get("near") else ("same",)))
    kept = ["keep"] if keeps and statement.key in KEPT else []
    return [*kept, *(choice for choice in statement.choices if choice not in unmeant)]


def _choice(choice: str, book: Phrasebook) -> str:
    return book.say(CHOICES[choice]) if choice in CHOICES else choice


def options_of(of: str) -> Options:
    """The decisions on a table, as options of the reader of tables."""
    columns = columns_of(of)
    made: dict[str, Any] = {role: at for at, role in columns.items() if role not in SEVERAL}
    made["add"] = tuple(at for at, role in columns.items() if role == "add")
    made["other_factors"] = is_instead(of)
    out = [at for at, role in columns.items() if role == "leave_out"]
    same: dict[str, str] = {}
    parts: list[str] = []
    reserve: dict[str, str] = {}
    for (key, at, name), (choice, statement) in answers_of(of).items():
        if choice == "keep" or key == MISSING:
            continue
        if choice == "leave_out":
            out.append(at if key == "amounts" else name or at)
        elif key == "which_sheet":
            made["sheet"] = choice
        elif key == "blank":
            made["blank"] = choice
        elif choice == "deduct":
            parts.append(name)
        elif choice == "reservation":
            reserve[name or at] = amounts_of(of).get(name or at, "")
        elif key in ("hidden_rows", "factor_hidden"):
            made["hidden"] = choice
        elif key == "two_recipient_columns":
            made["recipients"] = choice
        elif key == "amounts":
            made[choice] = at
        elif choice == "same":
            same[str(statement.details["name"])] = _name(statement.details["near"])
        elif key.startswith("factor_"):
            same[choice] = _name(statement.details["name"])
    return Options(
        leave_out=tuple(out), deduct=tuple(parts), reserve=reserve, same=same, rows=rows_of(of), **made
    )


def _name(of: object) -> str:
    return str(getattr(of, "zh", of))


def in_words(statement: Statement, book: Phrasebook) -> str:
    """The sentence without the options of the command line."""
    return _BY_OPTION.sub("", statement.sentence(book))


# --- what was understood --------------------------------------------------------------------------


def summary(made: Understanding, book: Phrasebook) -> str:
    """The numbers of recipients, factors and agreeing totals, and the unit; or that questions come first."""
    if not made.values and made.decisions:
        return book.say("app.start.decide_first")
    parts = [book.say("sheets.title.found", recipients=len(made.values), factors=len(made.factors))]
    if made.unit:
        parts.append(book.say("sheets.title.in_unit", unit=made.unit))
    agreed = sum(check.agreed for check in made.checks)
    if agreed:
        parts.append(book.say("app.start.agreed", count=agreed))
    return "".join(parts)


def render_statements(made: Understanding, book: Phrasebook) -> None:
    """Draws what is refused, in full; and how things were taken and what is left out, in part folded away."""
    if made.problems:
        title = markup.heading(book.say("sheets.title.problems"), 3)
        st.html(markup.lines([title, markup.listing([in_words(each, book) for each in made.problems])]))
    for key, statements in (
        ("sheets.title.treated", made.treated),
        ("sheets.title.left_out", made.left_out),
    ):
        if statements:
            said = [in_words(each, book) for each in statements]
            more = book.say("app.start.more", count=len(said) - FEW)
            title = markup.heading(book.say(key), 3)
            st.html(markup.lines([title, markup.listing(said, FEW, more)]))


def render_sheet(made: Understanding, grids: Sequence[Grid], book: Phrasebook) -> None:
    """Draws the sheet, its cells coloured by the roles of their row and column."""
    grid = next((grid for grid in grids if grid.name == made.sheet), None)
    if grid is None or not made.rows:
        return
    rows = {taken.at: taken.role for taken in made.rows}
    columns = {taken.at: taken.role for taken in made.columns}
    wide = min(COLUMNS, max((len(cells) for _, cells in grid.rows), default=0))
    head = "".join(f'<th scope="col">{letters(at)}</th>' for at in range(wide))
    body = "".join(
        f'<tr class="al-row-{rows.get(str(number), "none")}"><th scope="row">{number}</th>'
        + "".join(
            f'<td class="al-col-{columns.get(letters(at), "none")}">'
            f"{markup.escape(cells[at].text[:40]) if at < len(cells) else ''}</td>"
            for at in range(wide)
        )
        + "</tr>"
        for number, cells in grid.rows[:ROWS]
    )
    caption = book.say("app.start.sheet")
    marks = [
        ("heading", book.say("app.start.role_heading")),
        ("factor", book.say("app.start.role_factor")),
        ("check", book.say("app.start.role_check")),
        ("left", book.say("app.start.role_left")),
    ]
    st.html(
        markup.lines(
            [
                markup.heading(caption, 3),
                markup.legend(marks),
                f'<div class="al-scroll" role="region" tabindex="0" aria-label="{markup.escape(caption)}">'
                f'<table class="al-sheet"><caption class="al-sr">{markup.escape(caption)}</caption>'
                f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>",
            ]
        )
    )
