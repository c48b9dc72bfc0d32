"""Small rules for tests: a fund, a rule and a table of values, shared out by hand."""

from __future__ import annotations

from fractions import Fraction

from rules_by_hand import Result, read, split

CNY = 'currency = "CNY"'
BY_X = '[method]\nkind = "shares"\n[weights]\nx = 100\n'


def shared(
    fund: str,
    rule: str,
    factors: str,
    kinds: str = "",
    previous: str | None = None,
    issued: str | None = None,
    keys: str = CNY,
) -> Result:
    """The split of a fund ("amount/unit", and its other keys) by a rule of format 2.

    Kinds are a word for each row; last year's amounts and issued ones too are words in the order of the rows.
    """
    amount, unit = fund.split("/")
    head = f"format = 2\n[fund]\namount = {amount}\nunit = {unit}\n{keys}\n"
    rows = factors.strip().split("\n")
    ids = [row.split(",")[0] for row in rows[1:]]
    own = kinds.split() or ["county"] * len(ids)
    people = "\n".join(["recipient,kind", *(f"{id},{kind}" for id, kind in zip(ids, own, strict=True))])
    stated = [
        None
        if words is None
        else "\n".join(
            ["recipient,amount", *(f"{id},{one}" for id, one in zip(ids, words.split(), strict=True))]
        )
        for words in (previous, issued)
    ]
    return split(*read(head + rule, "\n".join(rows), people, *stated))


def amounts(result: Result) -> list[Fraction]:
    """Everybody's amount, in listed order."""
    return list(result.amounts.values())


def pool(name: str, keys: str, weights: str = "x = 100", kind: str = "shares") -> str:
    """A pool as a file writes it."""
    return f'[pool.{name}]\n{keys}\nkind = "{kind}"\nweights = {{ {weights} }}\n'


def table(*values: object) -> str:
    """A table of one column, x, for A, B, C and so on."""
    return "\n".join(
        ["recipient,x", *(f"{id},{value}" for id, value in zip("ABCDEFGHIJ", values, strict=False))]
    )


def entry(name: str, keys: str) -> str:
    """A limit, deduction, adjustment or reservation as a file writes it; keys are parted by semicolons."""
    return "\n".join([f"[[{name}]]", *(key.strip() for key in keys.split(";")), ""])
