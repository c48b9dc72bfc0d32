"""Files, numbers and columns of the rules by hand: what a split works on, exact and as written."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from formula_by_hand import Refused, Tree, Value, evaluate, finished, names, parse

Rule = dict[str, Any]
Amounts = dict[str, Fraction]


def read(
    toml: str | Rule,
    factors: str,
    recipients: str,
    previous: str | None = None,
    issued: str | None = None,
) -> tuple[Rule, list[dict[str, Any]], dict[str, list[Any]]]:
    """The three arguments of `split`, from the texts of the files; a blank cell is None."""
    rule = toml if isinstance(toml, dict) else tomllib.loads(toml, parse_float=Decimal)
    listed = csv.DictReader(recipients.splitlines())
    people: list[dict[str, Any]] = [
        {
            "id": row["recipient"],
            "kind": row.get("kind") or "",
            "names": [
                *(row[key] for key in ("name_zh", "name_en") if row.get(key)),
                *filter(None, (row.get("aliases") or "").split(";")),
            ],
        }
        for row in listed
    ]
    called = {alike(name): person["id"] for person in people for name in (person["id"], *person["names"])}

    def by_id(text: str) -> dict[str, dict[str, Any]]:
        rows = {called.get(alike(row["recipient"])): row for row in csv.DictReader(text.splitlines())}
        if None in rows:
            raise Refused("a row of an unknown recipient")
        return rows

    rows = by_id(factors)
    header = next(csv.reader(factors.splitlines()))[1:]
    columns = {name: [rows.get(person["id"], {}).get(name) or None for person in people] for name in header}
    for key, text in (("previous", previous), ("issued", issued)):
        if text is not None:
            stated = by_id(text)
            for person in people:
                person[key] = stated.get(person["id"], {}).get("amount")
    return rule, people, columns


def alike(name: str) -> str:
    """A name as it is compared: full width as half width, capitals as small letters, blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def number(written: Any) -> Fraction:
    """An exact number from what a file holds: a number, or text such as "12.5", "1,000" or "100/3"."""
    if isinstance(written, bool) or not isinstance(written, int | str | Decimal | Fraction):
        raise Refused(f"{written!r} is no number")
    if isinstance(written, str):
        if not re.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?(/\d+)?", written.strip(), re.ASCII):
            raise Refused(f"{written!r} is no number")
        written = written.strip().replace(",", "")
        if "/" in written:
            over, under = written.split("/")
            if int(under) == 0:
                raise Refused(f"{written!r} is no number")
            return Fraction(over) / int(under)
    return Fraction(written)


def money(written: Any, currency: str) -> Fraction:
    """An amount of zero or more, in the main unit: a number, or with CNY text such as "5722万元"."""
    match = (
        re.fullmatch(r"([\d,.]+)(元|千元|万元|百万元|亿元)", written, re.ASCII)
        if isinstance(written, str)
        else None
    )
    if match and currency == "CNY":
        scale = {"元": 1, "千元": 1000, "万元": 10**4, "百万元": 10**6, "亿元": 10**8}[match[2]]
        amount = number(match[1]) * scale
    elif isinstance(written, str) and "/" in written:
        raise Refused(f"{written!r} is no amount")
    else:
        amount = number(written)
    if amount < 0 or (amount * 100).denominator != 1:
        raise Refused("an amount is zero or more, with two decimals at most")
    return amount


class Table:
    """Every column's values by recipient, worked out when asked for."""

    def __init__(
        self,
        factors: dict[str, Rule],
        people: list[dict[str, Any]],
        columns: dict[str, list[Any]],
        whole: list[int],
        first: bool = False,  # format 1
    ) -> None:
        self.first = first
        self.people, self.columns, self.whole = people, columns, whole
        self.texts = {name for name, entry in factors.items() if entry.get("text")}
        self.places = {name: entry.get("round") for name, entry in factors.items()}
        self.formulas: dict[str, Tree] = {}
        self.known: dict[tuple[str, int], Value] = {}
        for name, entry in factors.items():
            if "formula" in entry:
                if name in columns:
                    raise Refused(f"{name} is a column and a formula")
                if name in self.texts:
                    raise Refused(f"{name}: a formula gives a number and no text")
                self.formulas[name] = parse(entry["formula"])
            elif name not in columns:
                raise Refused(f"there is no column {name}")
            elif "round" in entry:
                raise Refused(f"{name}: round stands only with a formula")
        for tree in self.formulas.values():
            self.judge(tree)
        for name in self.formulas:
            self._no_circle(name, [])

    def judge(self, tree: Tree, words: Sequence[str] = ()) -> None:
        """Refuses a tree with a name that is no column and none of these words."""
        for name in names(tree) - set(words):
            if name == "previous":
                if all(person.get("previous") is None for person in self.people):
                    raise Refused("previous, without amounts of last year")
            elif name not in self.columns and name not in self.formulas:
                raise Refused(f"unknown name {name}")

    def of_numbers(self, name: str) -> str:
        """The name itself; refuses one that is no column of numbers."""
        if (name not in self.columns and name not in self.formulas) or name in self.texts:
            raise Refused(f"there is no column of numbers {name}")
        return name

    def _no_circle(self, name: str, way: list[str]) -> None:
        if name in way:
            raise Refused(f"a circle: {' → '.join([*way, name])}")
        for other in names(self.formulas[name]):
            if other in self.formulas:
                self._no_circle(other, [*way, name])

    def value(self, name: str, i: int) -> Value:
        """The one value of a column for recipient i, or Refused."""
        if (name, i) not in self.known:
            self.known[name, i] = self._value(name, i)
        return self.known[name, i]

    def _value(self, name: str, i: int) -> Value:
        if name in self.formulas:
            tree = self.formulas[name]
            result = evaluate(tree, lambda other: self.value(other, i), self.column)
            return finished(result, self.places[name])
        cell = self.people[i].get("previous") if name == "previous" else self.columns[name][i]
        if cell is None:
            raise Refused(f"{name} of {self.people[i]['id']} is blank")
        return cell if name in self.texts else number(cell)

    def stated(self, key: str, i: int) -> Fraction:
        """Last year's amount of recipient i, or the issued one; Refused where it is not known."""
        if (written := self.people[i].get(key)) is None:
            raise Refused(f"no amount of {self.people[i]['id']}: {key}")
        return number(written)

    def called(self, name: str) -> int:
        """The place of the recipient that goes by this id or name; Refused where there is none."""
        for i, person in enumerate(self.people):
            if alike(name) in map(alike, (person["id"], *person.get("names", []))):
                return i
        raise Refused(f"there is no recipient {name}")

    def column(self, name: str) -> list[Value]:
        """The whole column: of all but those that an earmark without condition sets apart."""
        return [self.value(name, i) for i in self.whole]

    def weighed(self, name: str, i: int) -> Fraction:
        """A value that is weighted, a coefficient or a `by`: a number of zero or more, or Refused."""
        value = self.value(name, i)
        if isinstance(value, str | bool) or value < 0:
            raise Refused(f"{name} of {self.people[i]['id']} is negative or no number")
        return value

    def who(self, clause: Rule, among: list[int], apart: set[int]) -> list[int]:
        """Those of `among` that the clause names and that meet its condition, in listed order."""
        wanted = clause.get("recipients", "all")
        if isinstance(wanted, list):
            called = [{*map(alike, [person["id"], *person.get("names", [])])} for person in self.people]
            named_so = {*map(alike, wanted)}
            if not wanted or any(all(name not in names for names in called) for name in named_so):
                raise Refused(f"recipients {wanted}: none, or one unknown")
            listed = [i for i, names in enumerate(called) if names & named_so]
            if apart & set(listed):
                raise Refused(f"recipients {wanted}: one is set apart by an earmark")
            named = [i for i in among if i in listed]
        elif wanted == "all":
            named = list(among)
        else:
            if wanted not in {person["kind"] for person in self.people}:
                raise Refused(f"there is no kind {wanted}")
            named = [i for i in among if self.people[i]["kind"] == wanted]
            if self.first and not named:
                raise Refused(f"nobody of the kind {wanted} takes part")
        if "where" not in clause:
            return named
        tree = parse(clause["where"])
        self.judge(tree)
        return [i for i in named if self._holds(tree, i, named)]

    def _holds(self, tree: Tree, i: int, named: list[int]) -> bool:
        result = evaluate(
            tree, lambda name: self.value(name, i), lambda name: [self.value(name, j) for j in named]
        )
        if not isinstance(result, bool):
            raise Refused("a condition is true or not, and no number")
        return result
