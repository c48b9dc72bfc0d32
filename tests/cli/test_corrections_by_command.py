"""Money held, corrections, roundings and limits on sums, as the command line shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from good_scenario import make
from shipped import GUANGDONG

from allocator import load_scenario
from allocator.cli.entry import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    shown = capsys.readouterr()
    assert ended.value.code == status, shown.err
    return shown.out


def rule(folder: Path, text: str, sizes: str, **more: str) -> str:
    """A file of format 2 by one column; recipients are A, B, C, …, of kind park, park, then county."""
    ids = "ABCDEF"[: len(sizes.split())]
    rows = "".join(f"{id},{size}\n" for id, size in zip(ids, sizes.split(), strict=True))
    kinds = "".join(f"{id},{'park' if at < 2 else 'county'}\n" for at, id in enumerate(ids))
    listed = {
        f"{name}.csv": "recipient,amount\n"
        + "".join(f"{i},{x}\n" for i, x in zip(ids, v.split(), strict=True))
        for name, v in more.items()
    }
    data = "".join(f'{name} = "{name}.csv"\n' for name in ("factors", "recipients", *more))
    content = f'format = 2\ntitle = "t"\n[data]\n{data}[weights]\nsize = 100\n{text}'
    files = {"factors.csv": "recipient,size\n" + rows, "recipients.csv": "recipient,kind\n" + kinds}
    return str(make(folder, {**files, **listed, "scenario.toml": content}))


def amounts(capsys: pytest.CaptureFixture[str], file: str, key: str = "amount") -> list[Any]:
    shown = json.loads(printed(capsys, "run", file, "--format", "json"))
    return [row[key] for row in shown["recipients"]]


FUND = '[fund]\namount = {}\ncurrency = "CNY"\nunit = {}\n'
SHARES = '[method]\nkind = "shares"\n'


def test_what_is_held_is_part_of_what_is_allocated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = '[[deduction]]\nrecipient = "A"\namount = 50\nreason = "上年结余"\n'
    file = rule(tmp_path, FUND.format(1000, 1) + SHARES + held, "50 9 41")
    assert amounts(capsys, file) == [475, 95, 430]
    shown = printed(capsys, "run", file, "--lang", "zh")
    assert "已有结转结余" in shown and "扣减结转结余：A已有50元，计入应得数，理由：上年结余。" in shown


def test_parks_together_at_most_a_third(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    group = '[[limit]]\nrecipients = "park"\ntogether = true\ncap_rate = 0.3\nof = "fund"\n'
    file = rule(tmp_path, FUND.format(1000, 1) + SHARES + group, "1 1 1 1")
    assert amounts(capsys, file) == [150, 150, 350, 350]
    assert "parks” together" in printed(capsys, "run", file, "--lang", "en").lower()


def test_floors_paid_from_gains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors = (
        SHARES + 'floors = "from-gains"\n[[limit]]\nrecipients = "all"\nfloor_rate = 1.03\nof = "previous"\n'
    )
    file = rule(tmp_path, FUND.format(330_000, 1) + floors, "95 105 130", previous="100000 100000 100000")
    assert amounts(capsys, file) == [103_000, 104_448, 122_552]
    assert "增量" in printed(capsys, "run", file, "--lang", "zh")


def test_instalments_have_three_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = rule(tmp_path, FUND.format(100, 1) + SHARES, "1 1", issued="20 30")
    assert amounts(capsys, file, "to_issue") == [30, 20]
    heading, first = printed(capsys, "run", file, "--format", "csv", "--lang", "zh").splitlines()[:2]
    assert (
        "全年应分配数（元）,已提前下达数（元）,本次下达数（元）" in heading
        and ",50,20,30," in first.replace("+", "")
    )


EIGHTEEN = {
    "Guangzhou": 1000, "Zhuhai": 500, "Shantou": -200, "Foshan": 600, "Shaoguan": -100, "Heyuan": -100,
    "Meizhou": -100, "Huizhou": -100, "Shanwei": -100, "Dongguan": 200, "Zhongshan": -700, "Zhaoqing": -200,
    "Chaozhou": -200, "Jieyang": -100, "Yunfu": -200, "Zijin": -100, "Xingning": -100, "Fengkai": -100,
}  # fmt: skip  # by the weights less as issued, from the two columns of the notice's annex


@pytest.fixture
def by_weights(tmp_path: Path) -> str:
    """Guangdong's plan without its adjustments."""
    own = f'format = 2\nextends = "{GUANGDONG.name}"\nadjustment = []\n'
    for file in GUANGDONG.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "by-weights.toml").write_text(own)
    return str(tmp_path / "by-weights.toml")


def test_guangdongs_plan_is_as_published(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(printed(capsys, "check", str(GUANGDONG), "--expect-published", "--format", "json"))
    assert shown["as_published"] is True and shown["adjustments"] == 18 and shown["published"] == 50_000
    assert shown["currency"] == {"zh": "亩", "en": "mu"}


def test_without_its_adjustments_eighteen_differ_and_100_mu_are_left(
    by_weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(printed(capsys, "run", by_weights, "--format", "json", "--lang", "en", status=1))
    off = {row["name"]: row["difference"] for row in shown["recipients"] if row["difference"]}
    assert off == EIGHTEEN
    assert (shown["undistributed"], shown["total"], shown["fund"]) == (100, 49_900, 50_000)
    for lang, words in (("zh", "未分配100亩"), ("en", "100 mu is undistributed")):
        assert words in printed(capsys, "run", by_weights, "--lang", lang, status=1)


def test_compare_and_explain_name_the_eighteen(by_weights: str, capsys: pytest.CaptureFixture[str]) -> None:
    both = by_weights, str(GUANGDONG)
    compared = json.loads(printed(capsys, "compare", *both, "--format", "json", status=1))
    changed = {id: by for id, by in compared["scenarios"][1]["differences"].items() if by}
    names = {r.id: r.name.en for r in load_scenario(GUANGDONG).recipients}
    assert {names[id]: -by for id, by in changed.items()} == EIGHTEEN
    shown = printed(capsys, "compare", *both, "--lang", "en", status=1)
    assert "Undistributed" in shown and "the total is the same, recipients together get 100 mu more" in shown
    reasons = printed(capsys, "explain", str(GUANGDONG), "--against", by_weights, "--lang", "en")
    assert "Zhongshan gets 1,200 mu instead of 500 mu, 700 mu more: list of adjustments +700 mu." in reasons
    assert "Jiangmen gets the same, 3,000 mu." in reasons


def test_every_stage_of_the_plan_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, "explain", str(GUANGDONG), "--lang", "zh")
    assert "测算额1048.94亩，取整减少48.94亩，按调整数减少1000亩，建议分配额0亩" in shown


def test_a_limit_that_a_hand_breaks_is_a_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """50 and 50 of 100, at most 60 each and 100 together; 15 more for A is above its cap, the sum stays."""
    hand = '[[adjustment]]\nrecipient = "A"\namount = {}\nreason = "r"\npaid_by = {{ recipient = "B" }}\n'
    limits = (
        '[[limit]]\nrecipients = "all"\ncap = 60\nfloor = 38\n[[limit]]\nrecipients = "park"\ncap = 100\n'
    )
    rule_of = FUND.format(100, 1) + SHARES + limits.replace("cap = 100", "cap = 100\ntogether = true")
    file = rule(tmp_path, rule_of + hand.format(15), "1 1")
    shown = printed(capsys, "run", file, "--lang", "en")
    assert "after adjustments A has 65 yuan, above the cap of 60 yuan." in shown
    assert (
        "after adjustments B has 35 yuan, below the floor of 38 yuan." in shown
        and "together has" not in shown
    )
    assert "after adjustments" not in printed(
        capsys, "run", rule(tmp_path, rule_of + hand.format(10), "1 1"), "--lang", "en"
    )
