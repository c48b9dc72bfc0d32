"""The choice of the scenarios to hold side by side, and of their base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from allocator.core.model import Scenario
from allocator.report.tables.base import KNOWN, known_keys, known_name
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import base, catalogue, state

Choices = Mapping[str, tuple[str, Scenario]]


def render_choice(keys: Sequence[str], choices: Choices, label: str, book: Phrasebook) -> list[str]:
    """Draws the choice of scenarios and of the base; returns the keys, with a base among them first.

    Against amounts that all of them state (``session.base.common``) their order stays.
    """
    names = labels(choices)
    known = {key: known_name(key, book) for key in known_keys([choices[key][1] for key in keys])}
    names_of_bases = {**{key: names[key] for key in keys}, **known}
    standing = base.wanted() if base.wanted() in known else next(iter(keys), None)
    left, right = st.columns([3, 1.4])

    def chosen() -> None:
        state.set_compared(with_base(st.session_state[f"compare-keys-{book.language}"], keys[:1]))

    def based() -> None:
        key = st.session_state[f"compare-base-{book.language}"]
        if key in known:
            base.choose(key)
            return
        if base.wanted() in KNOWN:
            base.choose("")
        state.set_compared(with_base(keys, [key]))

    left.multiselect(
        label,
        list(choices),
        format_func=names.__getitem__,
        key=widgets.stand_at(f"compare-keys-{book.language}", list(keys)),
        max_selections=state.MOST_COMPARED,
        select_all=False,
        wrap=True,
        on_change=chosen,
        placeholder=book.say("compare.hint"),
    )
    right.selectbox(
        book.say("compare.choose_base"),
        list(names_of_bases),
        format_func=names_of_bases.__getitem__,
        key=widgets.stand_at(f"compare-base-{book.language}", standing),
        on_change=based,
        placeholder=book.say("compare.hint"),
    )
    if keys and state.altered(choices) and state.SCREEN not in keys:
        _render_left_out(keys, choices, book)
    return list(keys)


def _render_left_out(keys: Sequence[str], choices: Choices, book: Phrasebook) -> None:
    """Says that the edited scenario on the screen is not among those chosen, with a button that adds it."""
    name = choices[state.slug()][0]
    st.html(markup.block("exact", book.say("compare.screen_missing", name=name), role="status"))
    st.button(
        book.say("compare.add_screen"),
        key="compare-add-screen",
        on_click=state.set_compared,
        args=([*keys[: state.MOST_COMPARED - 1], state.SCREEN],),
    )


def with_base(keys: Sequence[str], base: Sequence[str]) -> list[str]:
    """The keys with the base in front if it is among them; the base alone where there are no keys.

    >>> with_base(["a", "b"], ["b"]), with_base(["a"], ["b"]), with_base([], ["b"])
    (['b', 'a'], ['a'], ['b'])
    """
    return [*(key for key in base if key in keys or not keys), *(key for key in keys if key not in base)]


def usual(choices: Choices, slug: str) -> list[str]:
    """The keys compared by default: the scenario's file, its edited state, others like it; at most three.

    Others of its fund come first.  A scenario that the user has saved is held against the first file like it.
    """
    if slug not in choices:
        return list(choices)[:2]
    scenario = choices[slug][1]
    screen = choices.get(state.SCREEN, choices[slug])[1]
    keys = [slug] if screen == scenario else [slug, state.SCREEN]
    beside = [
        key
        for key, (_, other) in choices.items()
        if key not in (slug, state.SCREEN)
        and other.ids == scenario.ids
        and other.fund.currency == scenario.fund.currency
    ]
    if catalogue.own_name(slug) is None:  # of the same fund first
        beside.sort(key=lambda key: key.rpartition("/")[0] != slug.rpartition("/")[0])
    base = [key for key in beside if catalogue.own_name(key) is None][:1] if catalogue.own_name(slug) else []
    return list(dict.fromkeys([*base, *keys, *beside]))[:3]


def labels(choices: Choices) -> dict[str, str]:
    """The names of the scenarios in lists, with the key where two would have the same name."""
    times = Counter(label for label, _ in choices.values())
    return {key: label if times[label] == 1 else f"{label} [{key}]" for key, (label, _) in choices.items()}
