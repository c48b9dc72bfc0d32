"""Matches texts of a sheet with the recipients and factors of a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.core.naming import Names, names_of
from allocator.core.parts import Recipient
from allocator.files.understanding.vocabulary import closed, tidy

_OFFICES = re.compile(
    r"(.+?)(人民政府|政府|财政局|财政厅|财政所|管理委员会|管委会|党工委|工委|发展和改革局|经济和信息化局|商务局|招商局|"
    r"经合局|投资促进局|街道办事处|(?<=街道)办|government|financebureau)"
)
_NUMBERED = re.compile(
    r"(?:\d{1,3}[.、．)]|[(（]\d{1,3}[)）]|[(（]?[一二三四五六七八九十]{1,3}[)）、.．])(.+)"
)
_MARKED = re.compile(r"(.+?)[*＊※★☆▲△①-⑳†‡]+")
_HIGHER = ("省", "市", "自治区", "自治州", "州", "地区", "盟")


class Match(NamedTuple):
    """A recipient by its id; ``place`` is the city that the text puts before its name."""

    id: str
    place: str = ""


def plain_form(name: str) -> str:
    """A name without the number before it and the footnote marks after it.

    >>> plain_form("1.江阳区"), plain_form("（一）泸县*"), plain_form("1区")
    ('江阳区', '泸县', '1区')
    """
    for pattern in (_NUMBERED, _MARKED):
        if found := pattern.fullmatch(name):
            name = found[1]
    return name


class Recipients:
    """The names of recipients, in any way of writing them; ``about`` are other texts that name their city."""

    def __init__(
        self, recipients: Sequence[Recipient], same: Mapping[str, str] | None = None, about: str = ""
    ) -> None:
        self.names = {r.id: r.name for r in recipients}
        self._recipients: dict[str, str] = {}
        for r in recipients:
            for name in (r.id, r.name.zh, r.name.en, *r.aliases):
                self._recipients.setdefault(closed(name), r.id)
        given = same or {}
        self._confirmed: dict[str, str] = {}  # names that somebody said are a recipient's
        for written, meant in given.items():
            if closed(meant) in self._recipients and closed(written) not in self._recipients:
                self._confirmed[closed(written)] = tidy(written)
        _confirm(self._recipients, given)
        self._near = names_of(recipients)
        self._found: dict[str, Match | None] = {}
        self._city = about + " ".join(alias for r in recipients for alias in (*r.aliases, r.name.zh))

    def recipient(self, text: str) -> Match | None:
        """The recipient that a text means; None if there is none or it is not certain."""
        if text not in self._found:
            self._found[text] = self._recipient(text)
        return self._found[text]

    def alias(self, text: str) -> str | None:
        """The name within a text that somebody said is a recipient's, if it can be an alias of it."""
        name = next((self._confirmed[form] for form in self._forms(text) if form in self._confirmed), None)
        try:
            return None if name is None else Recipient("any", aliases=(name,)).aliases[0]
        except ScenarioError:  # too long, or with signs that separate aliases
            return None

    def is_recipient(self, text: str) -> bool:
        """True if a text is a recipient's name, in any way of writing it."""
        return self.recipient(text) is not None

    def _recipient(self, text: str) -> Match | None:
        for name in self._forms(text):
            if name in self._recipients:
                return Match(self._recipients[name])
        for name in self._forms(text):
            for at in range(len(name) - 1, 1, -1):
                if name[:at].endswith(_HIGHER) and name[at:] in self._recipients:
                    return Match(self._recipients[name[at:]], name[:at])
        return None

    def _forms(self, text: str) -> list[str]:
        forms = [closed(text), closed(plain_form(tidy(text)))]
        for _ in range(2):
            if found := _OFFICES.fullmatch(forms[-1]):
                forms.append(found[1])
        return forms

    def is_elsewhere(self, place: str) -> bool:
        """True if a place is a city that the scenario does not name, while it names another."""
        city = re.sub("^.*(省|自治区)(?=.)", "", place)
        speaks = re.search("[\u4e00-\u9fff]{2}市", self._city)
        return bool(speaks) and city.endswith("市") and city.removesuffix("市") not in self._city

    def near(self, text: str) -> str | None:
        """The recipient's name that is most like this one, if any is near."""
        return self._near.near(tidy(text))


def about(scenario: Scenario) -> str:
    """The texts of a scenario that name its city."""
    texts = (scenario.title, scenario.fund.name, scenario.fund.source)
    return " ".join(text.zh for text in texts if text is not None)


def _confirm(known: dict[str, str], same: Mapping[str, str]) -> None:
    """Adds the names that somebody has confirmed to be the same as a known one."""
    for written, meant in same.items():
        if (id := known.get(closed(meant))) is not None:
            known[closed(written)] = id


class Known(Recipients):
    """The names of a scenario's recipients and factors."""

    def __init__(self, scenario: Scenario, same: Mapping[str, str]) -> None:
        super().__init__(scenario.recipients, same, about(scenario))
        self.scenario = scenario
        self._factors: dict[str, str] = {}
        for f in scenario.factors:
            for name in (f.id, f.name.zh, f.name.en):
                self._factors.setdefault(closed(name), f.id)
        self._near_factor = Names(
            (name for f in scenario.factors for name in (f.id, f.name.zh, f.name.en)),
            [f.name for f in scenario.factors],
        )
        _confirm(self._factors, same)

    def factor(self, parts: tuple[str, ...]) -> str | None:
        """The factor that a heading means: by its last part, else a part above, else the whole of it."""
        for name in (*reversed(parts), "".join(parts), "/".join(parts)):
            if (id := self._factors.get(closed(name))) is not None:
                return id
        return None

    def near_factor(self, parts: tuple[str, ...]) -> str | None:
        """The factor's name that is most like a part of a heading, if any is near."""
        return next((near for part in reversed(parts) if (near := self._near_factor.near(part))), None)
