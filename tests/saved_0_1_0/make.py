"""Makes the user folder in ``home`` and the figures in ``expected.json``, by the app's own functions.

This was run once, with the code of version 0.1.0; what it made must go on opening.  It is not run again: a
folder that is made by newer code proves nothing of what people saved with the older.

    PYTHONPATH=src:tests python tests/saved_0_1_0/make.py
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from good_scenario import GOOD, make
from pages import SCENARIOS, link, opened
from streamlit.testing.v1 import AppTest

from allocator import (
    Earmark,
    Factor,
    Fund,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Scenario,
    Text,
    Use,
    allocate,
)
from allocator.files.audit.own_readings import add_reading, own_readings
from allocator.files.audit.readings import read_reading
from allocator.files.load import load_scenario
from allocator.files.saved import store
from allocator.ui.session.weights import effective

HERE = Path(__file__).parent
HOME, EXPECTED = HERE / "home", HERE / "expected.json"
LUZHOU = SCENARIOS / "luzhou-2023" / "published-rule.toml"
RENAMED, SCORES, EURO, SHIPPED = "县区资金（二稿）", "积分 🎉", "Café A", "泸州 2023"
HAND, DELETED = "手改", "不用了"


# --- what is saved --------------------------------------------------------------------------------


def shares() -> Scenario:
    """Every kind of clause under ``shares``: 1200万元, two departments, two earmarks, five limits."""
    ids = ("dong", "nan", "xi", "bei", "yuan", "gang")
    names = ("东区", "南县", "西县", "北区", "园区", "港区")
    kinds = ("district", "county", "county", "district", "park", "park")
    issued = (250, 190, 160, 240, 90, 120)
    return Scenario(
        title=Text("县区资金", "County fund"),
        fund=Fund(
            12_000_000, "CNY", 10_000, "largest-remainder", Text("示例专项资金", "Example fund"), "示例"
        ),
        kind="shares",
        weights={"people": Fraction(333, 10), "jobs": Fraction(667, 10)},
        recipients=tuple(
            Recipient(id, Text(name, id.title()), kind, (f"{name}管委会",) if kind == "park" else ())
            for id, name, kind in zip(ids, names, kinds, strict=True)
        ),
        factors=(
            Factor("people", (52, 31, Fraction(285, 10), 47, 3, None), Text("人口", "People"), "万人"),
            Factor("jobs", (900, 400, 350, 1200, 2100, None), Text("就业", "Jobs"), status="published"),
            Factor("area", (10, 40, 60, 20, 2, None), Text("面积", "Area"), "平方公里", year=2022),
            Factor("k", (1, Fraction(11, 10), Fraction(12, 10), 1, Fraction(9, 10), None), Text("系数")),
        ),
        coefficient="k",
        reservations=(
            Reservation(Text("市级部门", "City"), 600_000),
            Reservation(Text("检查"), 100_000),
        ),
        earmarks=(
            Earmark("gang", 1_200_000, also_shares=False, reason=Text("一事一议")),
            Earmark("nan", 300_000, also_shares=True, reason=Text("灾后", "After the flood")),
        ),
        limits=(
            Limit("all", floor=500_000),
            Limit("district", cap_rate=Fraction(3, 10), of="distributable"),
            Limit(("yuan",), cap=3_000_000, floor=600_000),
            Limit("county", floor_rate=Fraction(1, 2), of="previous"),
            Limit("all", cap_rate=4, of="fund", by="people"),
        ),
        published={id: amount * 10_000 for id, amount in zip(ids, issued, strict=True)},
        previous={id: amount * 9_000 for id, amount in zip(ids, issued, strict=True)},
        provenance=(Provenance("dong", "jobs", "derived", note="由税务数据推算"),),
        uses=(Use(Text("展会"), 100_000),),
    )


def scores() -> Scenario:
    """Multipliers, cents, the rest to the largest."""
    return Scenario(
        title="scores",
        fund=Fund(Fraction(10_000_007, 100), "USD", Fraction(1, 100), "rest-to-largest"),
        kind="scores",
        weights={"a": Fraction(5, 2), "b": 1},
        recipients=tuple(Recipient(id) for id in "pqrstuv"),
        factors=(
            Factor("a", (1, 2, 3, 4, 5, 6, 7)),
            Factor("b", (Fraction(1, 8), 0, Fraction(10**12 + 1, 10**9), 3, 2, 1, 0)),
        ),
        limits=(Limit(("p", "q"), floor=Fraction(500_001, 100)), Limit("all", cap=40_000)),
    )


def euro() -> Scenario:
    """Another currency, the other rounding, no limit."""
    base = scores()
    fund = Fund(9_000_000, "EUR", 1_000, "rest-to-largest")
    return replace(
        base, fund=fund, kind="shares", weights={"a": 35, "b": 65}, limits=(), title=Text("甲", "A")
    )


READINGS = {
    "scores.toml": 'format = 1\ntitle = "评分60至100"\n[[scored]]\nfactor = "effort"\nlow = 60\nhigh = 100\n',
    "tax.toml": (
        'format = 1\ntitle = { zh = "税收占比", en = "Tax" }\nreason = "示例"\ntolerance = "rounded"\n'
        '[[known]]\nfactor = "tax"\nrecipients = ["纳溪区", "古蔺县"]\nlow = 0.02\nhigh = 0.4\nof = "share"\n'
    ),
}


def save_all() -> dict[str, str]:
    """Fills the user folder; returns the tokens of drafts by what they are of."""
    first, why = shares(), "示例"
    name = "县区资金"
    store.keep(name, store.titled(name, first), who="预算科", why="照原办法", stage="初稿", after=None)
    moved = store.titled(name, first.with_weights(people=40, jobs=60))
    store.keep(name, moved, who="业务科", after=1)
    fewer = replace(moved, limits=moved.limits[:2], fund=replace(moved.fund, rounding="rest-to-largest"))
    store.keep(name, fewer, who="the budget desk", why="fewer limits", stage="财政会商", after=2)
    store.restore(name, 1, who="预算科", why="恢复为第1次保存的内容", after=3)
    store.rename(name, RENAMED, who="预算科", why=f"由“{name}”改名为“{RENAMED}”")
    store.keep(RENAMED, store.load_state(RENAMED, 5), who="办公室", why=why, stage="下达", after=5)
    store.keep(SCORES, store.titled(SCORES, scores()), who="", after=None)
    store.keep(SCORES, store.titled(SCORES, scores().with_weights(a=0)), who="", after=1)
    store.keep(EURO, store.titled(EURO, euro()), who="desk", after=None)
    store.keep(SHIPPED, store.titled(SHIPPED, load_scenario(LUZHOU)), who="desk", after=None)
    store.duplicate(EURO, "a.b", who="desk", why="copy")
    for alike in ("方案A", "方案Ａ"):  # which look the same
        store.keep(alike, store.titled(alike, euro()), who="desk", after=None)
    store.keep(HAND, euro(), who="desk", after=None)
    file = store.path_of(HAND)
    file.write_bytes(file.read_bytes() + b"\n[weights]\na = 50\nb = 50\n")
    make(HOME / "scenarios" / "own", GOOD)
    store.keep(DELETED, store.titled(DELETED, euro()), who="desk", after=None)
    store.discard(DELETED)
    fund = load_scenario(LUZHOU).fund
    assert fund.name is not None
    for content in READINGS.values():
        add_reading(fund.name.zh, content.encode())
    latest = store.load_state(RENAMED, 6)
    return {
        "saved": store.put_draft(replace(latest, limits=latest.limits[:1])),
        "file": store.put_draft(replace(load_scenario(LUZHOU), reservations=())),
        "scores": store.put_draft(replace(store.load_state(SCORES, 2), limits=())),
    }


# --- what links open ------------------------------------------------------------------------------


def address_of(page: str, **said: Any) -> dict[str, Any]:
    """The address that the page writes, once it was opened at one."""
    return link(opened(page, **said))


def links(drafts: dict[str, str]) -> list[dict[str, Any]]:
    """Addresses as the app writes them, and what each opens."""
    weights = {
        "weight.investment": "70",
        "weight.tax": "10",
        "weight.employment": "10",
        "weight.effort": "10",
    }
    two = {"weight.people": "20", "weight.jobs": "80"}
    saved, file = f"@{RENAMED}", "luzhou-2023/published-rule"
    asked: list[tuple[str, dict[str, Any]]] = [
        ("", {"scenario": saved}),
        ("", {"scenario": saved, **two}),
        ("", {"scenario": saved, "draft": drafts["saved"], "state": "6"}),
        ("", {"scenario": saved, "draft": drafts["saved"], "state": "3", **two}),
        (
            "",
            {
                "scenario": f"@{SCORES}",
                "draft": drafts["scores"],
                "weight.a": "3",
                "weight.b": "1",
                "state": "2",
            },
        ),
        ("", {"scenario": f"@{EURO}", "lang": "en"}),
        ("", {"scenario": "@方案Ａ"}),
        ("", {"scenario": f"@{HAND}"}),
        ("", {"scenario": "@own"}),
        ("", {"scenario": file, "draft": drafts["file"]}),
        ("", {"scenario": file, **weights}),
        ("compare", {"scenario": saved, "with": [f"@{RENAMED}/1", f"@{RENAMED}/3", f"@{RENAMED}/6", file]}),
        ("published", {"scenario": file, "reading": ["", *(f"+{name}" for name in _readings())]}),
    ]
    made = [(page, address_of(page, **said)) for page, said in asked]
    app = opened("", scenario=saved, draft=drafts["saved"], state="3", **two)
    app.session_state.slug, app.session_state.acted = file, True
    made.append(("", link(app.run())))  # what was made of another scenario
    assert "work" in made[-1][1]
    texts = [f"/{page}?{urlencode(address, doseq=True)}" for page, address in made]
    return [{"link": text, "opens": opens(text)} for text in texts]


def opens(text: str) -> dict[str, Any]:
    """What is on the screen at a link, also of the scenarios that are not shown."""
    page, _, query = text.removeprefix("/").partition("?")
    app: AppTest = opened(page, **parse_qs(query, keep_blank_values=True))
    assert not app.exception
    here = app.session_state
    screens = {}
    for of, steps in here.trails.items():
        now = steps.now
        weights = effective(now.scenario, now.points) or now.scenario.weights
        screens[of] = figures(replace(now.scenario, weights=weights)) | {
            "seen": steps.seen,
            "token": now.token,
        }
    return {
        "lang": here.lang,
        "scenario": here.slug,
        "screens": dict(sorted(screens.items())),
        "compared": list(here["compared"]) if "compared" in here else [],
        "readings": sorted(here["readings"].get(here.slug, [])) if "readings" in here else [],
        "away": sorted(here["away"]) if "away" in here else [],
    }


# --- what is found --------------------------------------------------------------------------------


def figures(scenario: Scenario) -> dict[str, Any]:
    """A scenario's digest, and every amount, as text that loses nothing."""
    found = allocate(scenario)
    return {
        "digest": scenario.digest,
        "title": [scenario.title.zh, scenario.title.en],
        "amounts": {id: str(amount) for id, amount in found.amounts.items()},
    }


def _readings() -> dict[str, bytes]:
    fund = load_scenario(LUZHOU).fund
    assert fund.name is not None
    return dict(sorted(own_readings(fund.name.zh).items()))


def saved() -> dict[str, Any]:
    """All that the user folder holds, opened by the app's functions."""
    scenarios = {}
    for name in store.kept():
        states = []
        for state in store.history(name):
            assert store.sound(state)
            assert state.when is not None
            states.append(
                {
                    "number": state.number,
                    "when": state.when.isoformat(),
                    "who": state.who,
                    "why": state.why,
                    "stage": state.stage,
                    "changes": [[c.clause, list(c.where), c.before, c.after] for c in state.changes],
                    "recorded": state.digest,
                    **figures(store.load_state(name, state.number)),
                }
            )
        scenarios[name] = {"now": figures(load_scenario(store.path_of(name))), "states": states}
    rule = load_scenario(LUZHOU)
    readings = {}
    for name, content in _readings().items():
        read = read_reading(name, content, rule)
        readings[name] = {
            "title": read.title.zh,
            "known": len(read.reading.known),
            "scored": len(read.reading.scored),
        }
    return {"scenarios": scenarios, "trash": [d.name for d in store.discarded()], "readings": readings}


def main() -> None:
    """Writes the folder and what it must open to."""
    shutil.rmtree(HOME, ignore_errors=True)
    os.environ["ALLOCATOR_HOME"], os.environ["ALLOCATOR_SCENARIOS"] = str(HOME), str(SCENARIOS)
    drafts = save_all()
    found = {**saved(), "drafts": {token: figures(store.get_draft(token)) for token in drafts.values()}}
    found["links"] = links(drafts)
    EXPECTED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
