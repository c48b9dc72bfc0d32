"""The keys of a rule by hand: those that there are, those that are needed, those that format 2 alone has."""

from __future__ import annotations

from collections.abc import Sequence

from formula_by_hand import Refused
from table_by_hand import Rule

KEYS = {
    "fund": "amount currency of unit rounding rest_to left below_zero name source papers",
    "reservation": "name amount basis",
    "earmark": "recipient recipients where amount reason also_shares basis",
    "method": "kind coefficient recipients where over floors phase_in name basis",
    "pool": "name amount percent kind weights coefficient recipients where over floors basis",
    "limit": "recipients where floor floor_rate cap cap_rate of by together pool basis",
    "deduction": "recipient amount reason pool basis",
    "adjustment": "recipient amount reason date paid_by basis",
    "factor": "name unit definition year source status formula round text basis",
    "indicator": "name parts basis",
    "data": "factors recipients previous issued published provenance",
}
NEEDED = {
    "fund": "amount unit",
    "reservation": "name amount",
    "earmark": "amount",
    "method": "kind",
    "pool": "kind weights",
    "limit": "recipients",
    "deduction": "recipient amount",
    "adjustment": "recipient amount reason",
    "indicator": "parts",
}
LATER = {"pool": "remove", "data": "projects rules activities"}  # the text knows it and this does not
TOP = {"format", "title", "weights", "use", *KEYS}
SECOND = {
    "earmark": "recipients where basis",
    "method": "recipients where over floors phase_in basis",
    "limit": "where together pool basis",
    "factor": "formula round text basis",
    "fund": "of rest_to left below_zero papers",
    "reservation": "basis",
    "data": "issued",
}  # keys that only format 2 has
ROUNDINGS = ("largest-remainder", "rest-to-largest", "each-alone", "rest-to")


class NotCovered(Exception):
    """A rule that the text allows and that is not written here."""


def check_keys(rule: Rule) -> None:
    """Refuses keys that there are not, keys that are missing, and those of format 2 in a file of format 1."""
    if rule.get("format") not in (1, 2):
        raise Refused("format")
    if "extends" in rule:
        raise NotCovered("extends")
    if "fund" not in rule or ("pool" not in rule and not {"method", "weights"} <= set(rule)):
        raise Refused("no fund, or no method and weights")
    if unknown := set(rule) - TOP:
        raise Refused(f"unknown: {sorted(unknown)}")
    for name, keys in KEYS.items():
        for held in _tables(rule, name):
            if missing := set(NEEDED.get(name, "").split()) - set(held):
                raise Refused(f"missing: {name} {sorted(missing)}")
            for key in set(held) - set(keys.split()):
                if key in LATER.get(name, "").split():
                    raise NotCovered(key)
                raise Refused(f"unknown: {name}.{key}")
    _check_fund(rule)
    if rule["format"] == 1 and only_second(rule):
        raise Refused("format 2")


def _check_fund(rule: Rule) -> None:
    """Refuses keys of the fund that do not go together."""
    fund = rule["fund"]
    rounding = fund.get("rounding", "largest-remainder")
    if rounding not in ROUNDINGS:
        raise Refused("rounding")
    if ("currency" in fund) == ("of" in fund):
        raise Refused("a currency, or of: one of them")
    if ("rest_to" in fund) != (rounding == "rest-to") or ("left" in fund and rounding != "each-alone"):
        raise Refused("rest_to goes with rest-to, left with each-alone")
    if "rest_to" in fund and (
        len(fund["rest_to"]) != 1 or set(fund["rest_to"]) - {"recipient", "reservation"}
    ):
        raise Refused("rest_to a recipient or a reservation")
    if "left" in fund and set(fund["left"]) != {"reservation"}:
        raise Refused("left to a reservation")
    if "below_zero" in fund and (fund["below_zero"] != "recover" or "issued" not in rule.get("data", {})):
        raise Refused("below_zero is recover, where something was issued")


def only_second(own: Rule) -> bool:
    """Says of a rule, or of one file of several, that it has what only format 2 has."""
    limits = own.get("limit", [])
    return (
        bool({"pool", "indicator", "deduction", "adjustment"} & set(own))
        or any(
            set(table) & set(keys.split()) for name, keys in SECOND.items() for table in _tables(own, name)
        )
        or own.get("method", {}).get("kind") == "fixed"
        or isinstance(own.get("method", {}).get("coefficient"), list)
        or any(isinstance(weight, str) for weight in own.get("weights", {}).values())
        or own.get("fund", {}).get("rounding") in ("each-alone", "rest-to")
        or any(isinstance(limit.get(end), dict) for limit in limits for end in ("floor", "cap"))
    )


def _tables(rule: Rule, name: str) -> Sequence[Rule]:
    if name not in rule:
        return []
    if name in ("factor", "pool", "indicator"):
        return list(rule[name].values())
    return rule[name] if isinstance(rule[name], list) else [rule[name]]
