"""Rules of format 2 worked out by hand: each figure here is derived beside it, none is the program's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from commands import ended

from allocator import Allocation, allocate, load_scenario


def written(folder: Path, fund: str, rule: str, factors: str) -> Path:
    """The files of a rule; ``fund`` is "amount/unit", and the recipients are the rows of the factor data."""
    amount, unit = fund.split("/")
    head = f'format = 2\ntitle = "按手算"\n[fund]\namount = {amount}\ncurrency = "CNY"\nunit = {unit}\n'
    data = '[data]\nfactors = "factors.csv"\n'
    (folder / "scenario.toml").write_text(head + data + rule, "utf-8")
    (folder / "factors.csv").write_text(factors, "utf-8")
    return folder / "scenario.toml"


def shared(folder: Path, fund: str, rule: str, factors: str) -> Allocation:
    allocation = allocate(load_scenario(written(folder, fund, rule, factors)))
    assert allocation.total == allocation.scenario.fund.amount
    return allocation


def amounts(allocation: Allocation) -> list[int | Fraction]:
    return list(allocation.amounts.values())


def test_thirds_of_900_million(tmp_path: Path) -> None:
    """A third of the weight on each factor, all of which one recipient has: exactly 300 million each."""
    rule = '[method]\nkind = "shares"\n[weights]\n' + "".join(f'{x} = "100/3"\n' for x in "xyz")
    allocation = shared(tmp_path, "900_000_000/1", rule, "recipient,x,y,z\nA,1,0,0\nB,0,1,0\nC,0,0,1\n")
    assert amounts(allocation) == [300_000_000] * 3
    assert allocation.rounding == {"A": 0, "B": 0, "C": 0}  # not a cent was rounded


def test_only_growth_counts(tmp_path: Path) -> None:
    """Tax of 110, 90 and 130 after 100: growth of 10 %, none, 30 %, so 1 : 0 : 3 of 400."""
    rule = '[method]\nkind = "shares"\n[weights]\ng = 100\n[factor.g]\nformula = "MAX(0, now / past - 1)"\n'
    factors = "recipient,now,past\nA,110,100\nB,90,100\nC,130,100\n"
    assert amounts(shared(tmp_path, "400/1", rule, factors)) == [100, 0, 300]


FACTORS = "recipient,x,y,k\nA,1,4,1\nB,8,1,1\nC,0,40,0\n"


def test_a_condition_is_not_a_coefficient_of_zero(tmp_path: Path) -> None:
    """Halves of x (1, 8, 0) and y (4, 1, 40).

    Without C: A has 1/9 of x and 4/5 of y, (1/9 + 4/5)/2 = 41/90, 455.56 of 1,000, and B 544.44: the unit
    left goes to the larger remainder, A's.  With a coefficient of 0 for C, its 40 stay in the total of y:
    A 1/9 + 4/45 = 9/45, B 8/9 + 1/45 = 41/45, so 9 : 41.
    """
    weights = "[weights]\nx = 50\ny = 50\n"
    apart = shared(tmp_path, "1000/1", '[method]\nkind = "shares"\nwhere = "k > 0"\n' + weights, FACTORS)
    assert amounts(apart) == [456, 544, 0]
    assert apart.split.members == (0, 1)
    zero = shared(tmp_path, "1000/1", '[method]\nkind = "shares"\ncoefficient = "k"\n' + weights, FACTORS)
    assert amounts(zero) == [180, 820, 0]
    assert zero.split.members == (0, 1, 2)


def test_tiers(tmp_path: Path) -> None:
    """A step counts from its value on: 4,999 is below 5,000, 12,000 above the last.  The rest is even."""
    rule = """
[pool.prizes]
amount = "needed"
kind = "fixed"
weights = { prize = 1 }
[pool.others]
amount = "rest"
kind = "scores"
weights = { one = 1 }
[factor.prize]
formula = "TIERS(output, 0,0, 5000,50, 10000,100)"
[factor.one]
formula = "1"
"""
    factors = "recipient,output\nA,4999\nB,5000\nC,9999.99\nD,12000\n"
    allocation = shared(tmp_path, "600/1", rule, factors)
    assert list(allocation.pools["prizes"].values()) == [0, 50, 50, 100]
    assert amounts(allocation) == [100, 150, 150, 200]  # and 400 of the rest, a quarter each


def test_the_mean_of_six_years_without_the_highest_and_the_lowest(tmp_path: Path) -> None:
    """A: 10 to 60 adds up to 210, less 60 and 10 leaves 140, a mean of 35.

    B: −90 in all, less 20 and −100 leaves −10, −2.5, which counts as 0.  C: 25 in all, less 1,000 and 5
    leaves 20, 5.  So 35 : 0 : 5 of 80.
    """
    years = ", ".join(f"y{n}" for n in range(1, 7))
    mean = f"MAX(0, (SUM({years}) - MAX({years}) - MIN({years})) / 4)"
    rule = f'[method]\nkind = "shares"\n[weights]\nmean = 100\n[factor.mean]\nformula = "{mean}"\n'
    factors = "recipient,y1,y2,y3,y4,y5,y6\nA,10,20,30,40,50,60\nB,-100,-20,10,10,20,−10\nC,5,5,5,1000,5,5\n"
    assert amounts(shared(tmp_path, "80/1", rule, factors)) == [70, 0, 10]


def test_coefficients_by_grades_in_words(tmp_path: Path) -> None:
    """Equal values times 1.2, 1 and 0.8, of 300."""
    rule = """
[method]
kind = "shares"
coefficient = "k"
[weights]
x = 100
[factor.grade]
text = true
[factor.k]
formula = 'IF(grade = "优", 1.2, IF(grade = “良”, 1, 0.8))'
"""
    assert amounts(shared(tmp_path, "300/1", rule, "recipient,x,grade\nA,7,优\nB,7,良\nC,7,一般\n")) == [
        120, 100, 80,
    ]  # fmt: skip


def test_two_pools_of_a_hundred_each(tmp_path: Path) -> None:
    """x is 1 : 3 and y 1 : 1: 25 and 75 of the first hundred, 50 each of the second."""
    rule = "".join(
        f'[pool.{id}]\namount = 100\nkind = "shares"\nweights = {{ {id} = 100 }}\n' for id in ("x", "y")
    )
    allocation = shared(tmp_path, "200/1", rule, "recipient,x,y\nA,1,5\nB,3,5\n")
    assert allocation.pools == {"x": {"A": 25, "B": 75}, "y": {"A": 50, "B": 50}}
    assert amounts(allocation) == [75, 125]


def fixed(money: str, rest: str = '"rest"') -> str:
    """10 yuan for each project, and the rest by x."""
    return (
        f'[pool.projects]\n{money}\nkind = "fixed"\nweights = {{ projects = "10元" }}\n'
        f'[pool.others]\namount = {rest}\nkind = "shares"\nweights = {{ x = 100 }}\n'
    )


PROJECTS = "recipient,projects,x\nA,3,1\nB,2,3\n"


@pytest.mark.parametrize(
    ("fund", "rule", "projects", "others"),
    [
        ("250/1", fixed('amount = "needed"'), [30, 20], [50, 150]),
        # below its amount it takes what it comes to, and the rest has what it leaves
        ("250/1", fixed("amount = 90"), [30, 20], [50, 150]),
        ("250/1", fixed("percent = 40"), [30, 20], [50, 150]),
        # above: all times 40/50
        ("240/1", fixed('amount = 40\nover = "scale"'), [24, 16], [50, 150]),
        # 30 of 50: 18 and 12
        ("230/1", fixed('amount = 30\nover = "scale"'), [18, 12], [50, 150]),
        # enough for all of it: nothing is scaled
        ("250/1", fixed('amount = 50\nover = "scale"'), [30, 20], [50, 150]),
        # just what it comes to: no rest is needed
        ("250/1", fixed("amount = 50", "200"), [30, 20], [50, 150]),
    ],
)
def test_fixed_amounts_and_the_rest(
    fund: str, rule: str, projects: list[int], others: list[int], tmp_path: Path
) -> None:
    allocation = shared(tmp_path, fund, rule, PROJECTS)
    assert list(allocation.pools["projects"].values()) == projects
    assert list(allocation.pools["others"].values()) == others


def test_the_rest_may_be_what_fixed_amounts_take(tmp_path: Path) -> None:
    """The rest of 250 after 200 is just the 50 of five projects."""
    rule = fixed('amount = "rest"', "200")
    assert amounts(shared(tmp_path, "250/1", rule, PROJECTS)) == [80, 170]


def test_check_names_what_is_not_shared_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Five projects take 50 of the pool's 60; 50 is more than 40.  Both name their figures."""
    path = written(tmp_path, "260/1", fixed("amount = 60", "200"), PROJECTS)
    _, said = ended(capsys, ["check", path, "--lang", "en"], 2)
    assert "[pool.projects] amount: projects cannot use all of its money" in said
    assert "nothing says what becomes of 10 yuan" in said
    _, said = ended(capsys, ["check", path, "--lang", "zh"], 2)
    assert "还有10元没有分配办法" in said
    path = written(tmp_path, "240/1", fixed("amount = 40"), PROJECTS)
    _, said = ended(capsys, ["check", path, "--lang", "en"], 2)
    assert "comes to 50 yuan and has only 40 yuan, 10 yuan too little" in said
    path = written(tmp_path, "250/1", fixed('amount = "needed"'), PROJECTS)
    said, _ = ended(capsys, ["check", path, "--lang", "en"])
    assert "yes: 100% by this rule, 250 yuan" in said


def test_percents_are_cut_by_the_largest_remainder(tmp_path: Path) -> None:
    """33.3, 33.3 and 33.4 % of 10 units: 3.33, 3.33, 3.34, of which the unit left goes to the last.

    Beside a rest, two thirds come to 6.67 units, rounded down to 6, so 3 each, and the rest has 4.
    """
    pool = 'kind = "scores"\nweights = {{ x = 1 }}\n'
    head = "[pool.{0}]\npercent = {1}\n" + pool
    factors = "recipient,x\nA,1\n"
    cut = head.format("a", 33.3) + head.format("b", 33.3) + head.format("c", 33.4)
    allocation = shared(tmp_path, "100_000/10_000", cut, factors)
    assert [pool["A"] for pool in allocation.pools.values()] == [30_000, 30_000, 40_000]
    rest = head.format("a", '"100/3"') + head.format("b", '"100/3"')
    rest += '[pool.rest]\namount = "rest"\nkind = "scores"\nweights = { x = 1 }\n'
    allocation = shared(tmp_path, "100_000/10_000", rest, factors)
    assert [pool["A"] for pool in allocation.pools.values()] == [30_000, 30_000, 40_000]


def test_indicators_hand_their_weight_down(tmp_path: Path) -> None:
    """45, 45 and 10 of 90 are 40.5, 40.5 and 9; each factor is all one recipient's, so the same of 1,000."""
    rule = """
[method]
kind = "shares"
[weights]
economy = 90
effort = 10
[indicator.economy]
parts = { investment = 45, tax = 45, employment = 10 }
"""
    factors = "recipient,investment,tax,employment,effort\nA,2,0,0,0\nB,0,3,0,0\nC,0,0,4,0\nD,0,0,0,5\n"
    allocation = shared(tmp_path, "1000/1", rule, factors)
    (pool,) = allocation.scenario.rules
    weights = allocation.scenario.weighted[pool.id]
    assert weights == {"investment": Fraction(81, 2), "tax": Fraction(81, 2), "employment": 9, "effort": 10}
    assert amounts(allocation) == [405, 405, 90, 100]


def test_several_coefficients_multiply(tmp_path: Path) -> None:
    """Equal values times 1/2 · 4 and 1 · 1: 2 to 1."""
    rule = '[method]\nkind = "shares"\ncoefficient = ["k", "m"]\n[weights]\nx = 100\n'
    assert amounts(shared(tmp_path, "300/1", rule, "recipient,x,k,m\nA,1,0.5,4\nB,1,1,1\n")) == [200, 100]


def test_earmarks_for_all_that_meet_a_condition(tmp_path: Path) -> None:
    """20 for each with five projects or more, who share as well: 100 less 40 by x, 1 : 2 : 3."""
    rule = """
[method]
kind = "shares"
[weights]
x = 100
[[earmark]]
recipients = "all"
amount = 20
also_shares = true
where = "projects >= 5"
"""
    factors = "recipient,x,projects\nA,1,5\nB,2,4\nC,3,9\n"
    assert amounts(shared(tmp_path, "100/1", rule, factors)) == [30, 20, 50]


def test_limits_within_a_pool(tmp_path: Path) -> None:
    """10 : 30 : 60 of 100, the first at least 30, the third at most 50, in the one pool only.

    Once the floor is paid, 70 are left over 30 : 60, so the third gets 46.67 and its cap does not bind
    (docs/method.md, section 4); a limit for those with y above 5 is the second's alone, and it has 23.33.
    """
    rule = """
[pool.one]
amount = 100
kind = "scores"
weights = { x = 1 }
[pool.two]
amount = 100
kind = "scores"
weights = { x = 1 }
[[limit]]
pool = "one"
recipients = ["A"]
floor = 30
[[limit]]
pool = "one"
recipients = ["C"]
cap = 50
[[limit]]
pool = "one"
recipients = "all"
where = "y > 5"
cap = 25
"""
    allocation = shared(tmp_path, "200/1", rule, "recipient,x,y\nA,10,1\nB,30,9\nC,60,1\n")
    # 23.33 and 46.67: the unit left goes to the larger remainder
    assert allocation.pools == {"one": {"A": 30, "B": 23, "C": 47}, "two": {"A": 10, "B": 30, "C": 60}}
