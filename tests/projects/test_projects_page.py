"""Factor values from a register of projects on the page Data: files, taking over, other rules, templates."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

import pytest
import record_files
from pages import SCENARIOS, Open, html_of, opened, press
from streamlit.testing.v1 import AppTest

from allocator import Provenance, Scenario, ScenarioError, Text, allocate
from allocator.analysis.projects import Counted
from allocator.files.load import load_counted, load_scenario
from allocator.files.projects.register import read_activities, read_counted, read_register
from allocator.files.projects.rules import load_factor_rules
from allocator.files.projects.template import activities_template, register_template
from allocator.files.saved import store
from allocator.files.saved.catalogue import factor_rule_files, scenario_files
from allocator.report.projects.into_scenario import changed_factors, compared_table, held_table, with_values
from allocator.text import EN, LANGUAGES, ZH, Phrasebook

FOLDER = SCENARIOS / "luzhou-2023-projects"
SLUG, OWN = "luzhou-2023/published-rule", "luzhou-2023-projects/five-years"
REGISTER = (FOLDER / "register-illustrative.csv").read_bytes()
RULES = (FOLDER / "rules" / "five-years.toml").read_bytes()
LONGER = (FOLDER / "rules" / "eight-years-medicine.toml").read_bytes()
ACTIVITIES = (FOLDER / "activities-illustrative.csv").read_bytes()
EVIL = "<img src=x onerror=alert(1)>"


def luzhou() -> Scenario:
    return load_scenario(SCENARIOS / f"{SLUG}.toml")


def investment(last_year: int = 2017) -> dict[str, int]:
    """Investment by recipient of the shipped register, added up here: signed from the end of 2017 on."""
    names = {r.name.zh: r.id for r in luzhou().recipients}
    sums = dict.fromkeys(names.values(), 0)
    for row in csv.DictReader(io.StringIO(REGISTER.decode("utf-8-sig"))):
        paid = int(row["到位投资（万元）"])
        fits = f"{last_year}-12-31" <= row["签约日期"] <= "2022-12-31"
        if fits and paid >= 500 and row["用途"] != "房地产开发":
            sums[names[row["区县（园区）"]]] += min(paid, 50_000)
    return sums


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the page Data of a scenario."""
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    return lambda slug=SLUG, lang="zh": opened("data", lang, scenario=slug)


def upload(app: AppTest, kind: str, name: str, content: bytes, lang: str = "zh") -> AppTest:
    label = Phrasebook(lang).say(f"app.projects.upload_{kind}")
    (box,) = [one for one in app.file_uploader if one.label == label]
    box.upload(name, content)
    return app.run()


def bring(app: AppTest, register: bytes = REGISTER, lang: str = "zh") -> AppTest:
    """The page with all three files."""
    app = upload(app, "register", "清单.csv", register, lang)
    app = upload(app, "rules", "口径.toml", RULES, lang)
    return upload(app, "activities", "工作.csv", ACTIVITIES, lang)


def page_text(app: AppTest) -> str:
    """All HTML and Markdown of the page."""
    return "\n".join([html_of(app), *(one.value.replace("\\", "") for one in app.markdown)])


def now(app: AppTest, slug: str = SLUG) -> Scenario:
    trails: Any = app.session_state["trails"]
    scenario: Scenario = trails[slug].now.scenario
    return scenario


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


# --- without a page -------------------------------------------------------------------------------


def brought(scenario: Scenario, rules: bytes = RULES, register: bytes = REGISTER) -> Counted:
    path = FOLDER / "rules" / ("five-years.toml" if rules is RULES else "eight-years-medicine.toml")
    return read_counted(
        ("清单.csv", register), load_factor_rules(path), ("工作.csv", ACTIVITIES), scenario.recipients
    )


def test_uploaded_files_give_what_the_files_of_a_scenario_give() -> None:
    scenario = load_scenario(FOLDER / "five-years.toml")
    found = load_counted(FOLDER / "five-years.toml")
    assert found is not None
    assert brought(scenario).values == found.values
    assert changed_factors(found, scenario) == ()


def test_values_are_taken_over_with_where_they_come_from() -> None:
    cells = (Provenance("luxian", "tax", "derived", note="旧"),)
    scenario = replace(luzhou(), provenance=cells)
    made = with_values(brought(scenario), scenario)
    factor = made.factor("investment")
    assert dict(zip(made.ids, factor.values, strict=True)) == investment()
    assert (factor.status, factor.year, factor.unit) == ("example", 2022, Text("万元"))
    assert factor.source == Text(
        "由项目清单测算：“签约5年内”（2022年口径），清单.csv",
        "worked out from projects: “signed within five years” (definition of 2022), 清单.csv",
    )
    assert made.provenance == ()  # it spoke of the figure before
    assert factor.definition == Text(
        "取“到位投资”各年合计，单个项目不超过50000万元",
        "sum of “Investment” over all years, at most 500,000,000 yuan of one project",
    )
    assert made.factor("employment").unit is None  # the heading says none, and a share it is no more
    assert made.factor("effort").unit == Text("分", "points")
    real = brought(scenario, register=REGISTER.replace("示例\r\n".encode(), b"\r\n").replace(
        ",示例\n".encode(), b",\n"
    ))  # fmt: skip
    assert with_values(real, scenario).factor("tax").status == "derived"


def test_a_factor_that_the_scenario_does_not_have_stays_out() -> None:
    scenario = luzhou()
    found = brought(scenario)
    rules = replace(
        found.rules, factors=(replace(found.rules.factors[0], id="other"), *found.rules.factors[1:])
    )
    other = replace(found, rules=rules, brought={**found.brought, "other": found.brought["investment"]})
    made = with_values(other, scenario)
    assert made.factor("investment") == scenario.factor("investment")
    grid = held_table(other, scenario, {id: Text(id) for id in rules.ids}, EN)
    assert "other: from projects" in grid.headers and "other: now" not in grid.headers
    assert all(len(row.cells) == len(grid.headers) for row in grid.rows)


def test_what_amounts_become_adds_up_to_the_same_total() -> None:
    scenario = luzhou()
    pair = [allocate(with_values(brought(scenario, rules), scenario)) for rules in (RULES, LONGER)]
    *rows, total = compared_table(pair[0], pair[1], ZH).rows
    assert total.cells[2:] == ("5602", "5602", "0")
    for row, of in zip(rows, scenario.ids, strict=True):
        old, new = (one.amounts[of] / 10_000 for one in pair)
        assert (Fraction(row.cells[2]), Fraction(row.cells[3])) == (old, new)
        assert Fraction(row.cells[4].replace("−", "-")) == new - old


@pytest.mark.parametrize("lang", LANGUAGES)
def test_templates_come_back(lang: str) -> None:
    people = luzhou().recipients
    for path in factor_rule_files(FOLDER / "rules"):
        rules = load_factor_rules(path)
        found = read_register("t.xlsx", register_template(rules, people, Phrasebook(lang)), rules, people)
        assert len(found.names) == 2 and found.illustrative
        assert found.recipients == (people[0].id, people[1].id)
        with pytest.raises(ScenarioError) as empty:  # nobody's counts are made up
            read_activities("t.xlsx", activities_template(rules, people, Phrasebook(lang)), rules, people)
        assert {p.key for p in empty.value.problems} == {"cell_empty"}
        assert register_template(rules, people, Phrasebook(lang)) == register_template(
            rules, people, Phrasebook(lang)
        )


def test_rules_beside_scenarios_are_no_scenarios() -> None:
    rules = factor_rule_files(FOLDER / "rules")
    assert len(rules) == 3
    assert not {*scenario_files(SCENARIOS)} & {*rules}


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_register_of_a_scenario_is_shown_at_once(page: Open, lang: str) -> None:
    app = page(OWN, lang)
    html = page_text(app)
    for key in ("same", "screen_only"):
        assert escape(Phrasebook(lang).say(f"app.projects.{key}")) in html
    assert Phrasebook(lang).say("projects.illustrative") in html
    assert escape(Phrasebook(lang).say("projects.confidential")) in html
    assert Phrasebook(lang).say("app.projects.take") not in labels(app)


def test_projects_behind_values_and_entitlements_can_be_unfolded(page: Open) -> None:
    app = page(OWN)
    assert "<td>示例项目41</td>" not in page_text(app)
    app.session_state["projects-behind"] = app.session_state["projects-awards"] = True
    html = page_text(app.run())
    figure = '<td class="al-number">{}</td>'
    assert f'{figure.format(42)}<th scope="row">示例项目41</th>{figure.format(41500)}' in html
    allocation = allocate(load_scenario(FOLDER / "five-years.toml"))
    assert f"{float(allocation.entitlements['jiangyang']):.2f}" in html
    assert "单位：元" in html
    (factor,) = [one for one in app.selectbox if one.label == ZH.say("app.projects.behind_factor")]
    assert ZH.say("app.projects.scorecard") in page_text(factor.set_value("effort").run())


def test_files_are_asked_for_one_after_the_other(page: Open) -> None:
    app = page()
    assert "项目清单测算结果" not in page_text(app)
    app = upload(app, "rules", "口径.toml", RULES)
    html = page_text(app)
    assert ZH.say("app.projects.needs_register") in html
    assert "请再上传工作开展情况表" in html
    app = upload(upload(app, "register", "清单.csv", REGISTER), "activities", "工作.csv", ACTIVITIES)
    html = page_text(app)
    assert "清单.csv：48个项目，其中40个符合“签约5年内”，8个不符合。" in html
    assert "第36行" not in html and "第37行“示例项目36”（高新区）：签约日期晚于基准日2022-12-31。" in html
    assert "同一项目出现多次" in html and "没有注明佐证材料" in html
    for of, name in zip(luzhou().ids, luzhou().recipients, strict=True):
        assert f'>{name.name.zh}</th><td class="al-number">{investment()[of]}</td>' in html
    assert now(app) == luzhou()  # until it is taken over


def test_values_are_taken_over_as_one_step_that_undo_takes_back(page: Open) -> None:
    app = press(bring(page()), ZH.say("app.projects.take"))
    made = now(app)
    assert dict(zip(made.ids, made.factor("investment").values, strict=True)) == investment()
    html = page_text(app)
    assert "已应用：" in html and "测算值与当前方案的因素数据一致" in html
    assert ZH.say("app.projects.take") not in labels(app)
    store.keep("某方案", made, who="", why="", after=None)
    files = [path for path in store.path_of("某方案").parent.rglob("*") if path.is_file()]
    saved = "".join(path.read_text("utf-8", errors="replace") for path in files)
    assert "131800" in saved
    assert "示例项目" not in saved  # no project goes into a saved scenario
    app = press(app, "撤销")
    assert now(app) == luzhou()
    assert ZH.say("app.projects.take") in labels(app)  # the files still stand


def test_a_bad_file_says_why_and_what_stood_stays(page: Open) -> None:
    app = bring(page())
    bad = REGISTER.replace("江阳区,装备制造".encode(), "不在名单,装备制造".encode(), 1)
    app = upload(app, "register", "坏.csv", bad)
    html = page_text(app)
    assert "坏.csv，第2行" in html and "不在名单" in html
    assert ZH.say("app.projects.earlier") in html and "清单.csv：48个项目" in html
    app = upload(app, "register", "清单.csv", REGISTER)
    app = upload(app, "rules", "坏.toml", b"format = 1\nyears = 5\n")
    html = page_text(app)
    assert "坏.toml" in html and "清单.csv：48个项目" in html
    app = upload(app, "rules", "口径.toml", RULES)
    app = upload(app, "activities", "坏.csv", "区县（园区）,招商活动（场）\n江阳区,x\n".encode())
    assert ZH.say("app.projects.earlier") in page_text(app)
    assert now(app) == luzhou()
    app = press(app, ZH.say("app.projects.forget"))
    assert "项目清单测算结果" not in page_text(app)


def test_what_is_no_table_is_refused_in_a_sentence(page: Open) -> None:
    app = upload(page(lang="en"), "rules", "r.toml", RULES, "en")
    app = upload(app, "activities", "a.csv", ACTIVITIES, "en")
    app = upload(app, "register", "r.xlsx", b"\x89PNG\r\n" + b"x" * 100, "en")
    assert "in the files need correcting" in page_text(app)
    assert "What the register gives" not in page_text(app)


def test_only_a_register_without_examples_is_called_derived(page: Open) -> None:
    real = "\n".join(line.removesuffix("示例") for line in REGISTER.decode("utf-8-sig").splitlines())
    app = bring(page(), real.encode())
    assert ZH.say("projects.illustrative") not in page_text(app)
    app = press(app, ZH.say("app.projects.take"))
    assert {now(app).factor(id).status for id in ("investment", "tax", "employment")} == {"derived"}


def test_markup_in_names_stays_text(page: Open) -> None:
    evil = REGISTER.replace("示例项目04".encode(), EVIL.encode()).replace(
        "示例项目05".encode(), EVIL.encode()
    )
    app = bring(page(), evil)
    app.session_state["projects-behind"] = app.session_state["projects-awards"] = True
    html = page_text(upload(app, "other", "八年.toml", LONGER))
    assert "<img" not in html
    assert html.count("&lt;img") > 4  # refused, repeated, behind a value, of an entitlement, changed


# --- other rules ----------------------------------------------------------------------------------


def test_other_rules_are_explained_down_to_projects_and_amounts(page: Open) -> None:
    app = page(OWN)
    (pick,) = [one for one in app.selectbox if one.label == ZH.say("app.projects.other_pick")]
    assert ZH.say("app.projects.total_kept") not in page_text(app)
    app = pick.set_value("eight-years-medicine.toml").run()
    html = page_text(app)
    assert "数据变动来自以下3个项目" in html
    assert (
        "纳溪区“示例项目14”：投资贡献值由0改为9600；税收贡献值由0改为182.4；就业贡献值由0改为88"
        "（原口径下不计入：签约已超过5年（早于2017-12-31））。" in html
    )
    assert "假定省级下达总额不变" in html
    pair = [
        allocate(load_scenario(FOLDER / f"{name}.toml")) for name in ("five-years", "eight-years-medicine")
    ]
    for of, recipient in zip(pair[0].scenario.ids, pair[0].scenario.recipients, strict=True):
        old, new = (one.amounts[of] // 10_000 for one in pair)
        cells = f'<td class="al-number">{old}</td><td class="al-number">{new}</td>'
        assert f'<th scope="row">{recipient.name.zh}</th>{cells}' in html


def test_other_rules_that_cannot_be_read_say_so_and_leave_the_rest(page: Open) -> None:
    app = upload(page(OWN), "other", "x.toml", b"format = 1\n")
    html = page_text(app)
    assert "另一口径有" in html and "x.toml" in html
    assert "项目清单测算结果" in html and "改用另一口径后的金额" not in html
    app = upload(app, "other", "八年.toml", LONGER)
    assert "改用另一口径后的金额" in page_text(app)


def test_a_register_as_an_office_keeps_it_is_read_and_what_was_done_is_said(page: Open) -> None:
    rows: list[list[object]] = [list(row) for row in csv.reader(io.StringIO(REGISTER.decode("utf-8-sig")))]
    wide = len(rows[0])
    titled = [["泸州市2022年招商引资项目清单", *[""] * (wide - 1)], *rows, ["注：数据由各区县报送。"]]
    app = bring(page(), record_files.xlsx([("清单", titled), ("封面", [["清单"]])]))
    html = page_text(app)
    assert "有1行是说明文字" in html and "工作表“封面”不是这张表，不读" in html
    plain = bring(page())
    assert "不是这张表" not in page_text(plain)
    app = press(app, ZH.say("app.projects.take"))
    plain = press(plain, ZH.say("app.projects.take"))
    assert now(app).factors[0].values == now(plain).factors[0].values


def test_of_several_registers_one_is_chosen_on_the_page(page: Open) -> None:
    rows: list[list[object]] = [list(row) for row in csv.reader(io.StringIO(REGISTER.decode("utf-8-sig")))]
    app = bring(page(), record_files.xlsx([("2022", rows), ("2021", rows[:10])]))
    (choice,) = [one for one in app.selectbox if one.label == "读哪张工作表"]
    assert "有2张工作表都有这样的表（2022、2021）" in page_text(app)
    app = choice.set_value("2021").run()
    assert "9个项目" in page_text(app)
