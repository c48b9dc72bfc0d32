"""Scenario files that build on one another, put together by hand from the text of the rules alone.

Where the text is silent: the format is that of the last file; a table, an entry of `limit`, of `earmark` or
of `reservation` is found by the keys of each file as it is written, before it is put together.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from formula_by_hand import Refused
from keys_by_hand import only_second

Rule = dict[str, Any]

WHOLE = ("weights", "parts", "amount", "name", "unit", "definition", "source", "basis", "title", "reason")
WHOLE += ("rest_to", "left", "of")
EITHER = (("amount", "percent"), ("currency", "of"))


def together(texts: Sequence[str]) -> Rule:
    """The one rule that files say together, the base first; raises Refused.

    >>> together(["format = 1\\n[weights]\\nx = 100", "format = 1\\nextends = '1'\\n[weights]\\ny = 100"])
    {'format': 1, 'weights': {'y': 100}}
    """
    rule: Rule = {}
    for number, text in enumerate(texts):
        own = tomllib.loads(text, parse_float=Decimal)
        _as_written(own)
        if (own.pop("extends", None) is None) != (number == 0):
            raise Refused("which file builds on which")
        if rule and rule["format"] > own["format"]:
            raise Refused("format 1 on format 2")
        rule = _over(rule, own)
    return rule


def _as_written(own: Rule) -> None:
    """Refuses keys of format 2 in a file of format 1, whatever it is built on, and a rule said both ways."""
    if own.get("format") not in (1, 2):
        raise Refused("format")
    if "pool" in own and {"method", "weights"} & set(own):
        raise Refused("pools and a method in one file")
    if own["format"] == 1 and only_second(own):
        raise Refused("format 2")


def _over(base: Rule, own: Rule) -> Rule:
    base = copy.deepcopy(base)
    if "pool" in own:
        base = {key: value for key, value in base.items() if key not in ("method", "weights")}
    if "method" in own or "weights" in own:
        base.pop("pool", None)
    merged = _merged(base, own)
    for id, pool in own.get("pool", {}).items():
        if "remove" in pool:
            if pool["remove"] is not True or id not in base.get("pool", {}):
                raise Refused(f"{id} is not there to be removed")
            del merged["pool"][id]
    return merged


def _merged(base: Rule, own: Rule) -> Rule:
    merged = dict(base)
    for one, other in (*EITHER, *(pair[::-1] for pair in EITHER)):
        if one in own and other not in own:
            merged.pop(other, None)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict) and key not in WHOLE
        merged[key] = _merged(base[key], value) if both else value
    return merged
