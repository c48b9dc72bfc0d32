"""The page's script, run without a browser: what it shows for what a person sets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pages import Slider
from processes import HUNG
from streamlit.testing.v1 import AppTest

from allocator import allocate
from allocator.files.load import load_scenario
from allocator.text import ZH, Phrasebook
from allocator.ui.allocate import why
from allocator.ui.session import fund

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = ROOT / "scenarios"
FACTORS = ("investment", "tax", "employment", "effort")
Page = Callable[..., AppTest]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Opens the page with this address, on these scenarios."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))

    def start(scenarios: Path | None = None, *, locale: str = "zh-CN", **address: str) -> AppTest:
        if scenarios is not None:
            monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(scenarios))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG)
        app.context["locale"] = locale
        for key, value in address.items():
            app.query_params[key.replace("weight_", "weight.")] = value
        app.session_state[f"table-{address.get('scenario')}"] = True  # unfolded, where there are many
        return app.run()

    yield start


class _Table(HTMLParser):
    """The recipients' rows of the office table, and its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.rows: list[list[str]] = []
        self.wanted: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "thead":
            self.wanted = self.heads
        elif tag == "tr" and ("class", "al-recipient") in attrs:
            self.wanted = []
            self.rows.append(self.wanted)
        elif tag == "tr" and attrs:
            self.wanted = None
        elif tag in ("th", "td") and self.wanted is not None:
            self.wanted.append("")

    def handle_data(self, data: str) -> None:
        if self.wanted:
            self.wanted[-1] += data


def page_text(app: AppTest) -> str:
    """All HTML that the page shows."""
    assert not app.exception, [e.message for e in app.exception]
    bodies = [element.proto.body for element in app.get("html")]
    assert sum(body.startswith("<script>") for body in bodies) == 1  # the page's own
    return "\n".join(body for body in bodies if not body.startswith(("<script>", "<style>")))


def amounts(app: AppTest) -> dict[str, str]:
    """What the office table gives each recipient, by the name shown."""
    (html,) = [e.proto.body for e in app.get("html") if "al-recipient" in e.proto.body]
    table = _Table(html)
    at = table.heads.index("建议分配额" if "建议分配额" in table.heads else "Amount")
    return {row[1]: row[at] for row in table.rows}


def expected(file: str, lang: str = "zh", **weights: Any) -> dict[str, str]:
    """What `allocate` gives, written as the table writes it."""
    scenario = load_scenario(SCENARIOS / f"{file}.toml")
    result = allocate(scenario.with_weights(**weights)).amounts
    scale = 10_000 if scenario.fund.currency == "CNY" else 1
    return {
        getattr(r.name, lang): Phrasebook(lang).number(result[r.id] // scale) for r in scenario.recipients
    }


def button(app: AppTest, text: str) -> Any:
    """The button whose words hold this text."""
    (found,) = [b for b in app.button if text in b.label.replace("\\", "")]
    return found


def slider(app: AppTest, factor: str, slug: str = "luzhou-2023/published-rule") -> Slider:
    """A factor's slider."""
    return Slider(app, factor, slug)


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "file",
    [
        "luzhou-2023/published-rule",
        "luzhou-2023/after-earmark",
        "luzhou-2023/equal-weights",
        "luzhou-2023/jobs-first",
        "luzhou-2023/cap-zone",
        "au-wa-2024-25/scenario",
        "us-crf-2020/scenario",
    ],
)
def test_every_scenario_shows_what_allocate_gives(page: Page, file: str, lang: str) -> None:
    app = page(lang=lang, scenario=file)
    assert amounts(app) == expected(file, lang)
    assert not app.error


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh-CN", "zh"), ("zh-Hant-TW", "zh"), ("en-GB", "en"), ("de-DE", "en")]
)
def test_starts_with_the_published_rule_in_the_browsers_language(page: Page, locale: str, lang: str) -> None:
    app = page(locale=locale)
    assert app.selectbox(key=f"pick-scenario-luzhou-2023-{lang}").value == "luzhou-2023/published-rule"
    assert dict(app.query_params) == {"lang": lang, "scenario": "luzhou-2023/published-rule"}
    assert amounts(app) == expected("luzhou-2023/published-rule", lang)


def test_assumed_data_is_marked_at_the_figures_and_published_data_is_not(page: Page) -> None:
    app = page(lang="zh")
    shown = page_text(app)
    assert [chip.proto.popover.label for chip in app.get("popover")].count("示例数据") == 1
    assert (
        "建议（示例数据）" in shown and "al-hollow" in shown
    )  # hollow marks, and the legend's word for them
    assert "吻合不代表办法或数据得到验证" in shown  # behind the chip, and among the data's sources
    other = page(lang="zh", scenario="au-wa-2024-25/scenario")
    assert "示例数据" not in page_text(other)
    assert 'class="al-point"' in page_text(other) and 'class="al-point al-hollow"' not in page_text(other)
    assert "so the match proves nothing" in page_text(page(lang="en"))


def test_second_reading_says_that_it_is_a_hypothesis(page: Page) -> None:
    app = page(lang="zh", scenario="luzhou-2023/after-earmark")
    picker = app.selectbox(key="pick-scenario-luzhou-2023-zh")
    assert "假设口径二（待证）" in " ".join(picker.options)
    assert "文件没有这样说" in page_text(app)


# --- what can be set ------------------------------------------------------------------------------


def test_slider_sets_exact_weights_scaled_to_100(page: Page) -> None:
    app = page(lang="zh")
    slider(app, "investment").set_value(50).run()
    points = dict(zip(FACTORS, (50, 40, 10, 10), strict=True))
    exactly = {factor: Fraction(100 * value, 110) for factor, value in points.items()}
    assert amounts(app) == expected("luzhou-2023/published-rule", **exactly)
    assert "合计110%，已按比例折算为100%" in page_text(app)
    assert app.query_params["weight.investment"] == "50"
    assert "约45.45%" in slider(app, "investment").used and "约9.09%" in slider(app, "effort").used


def test_scale_button_writes_whole_numbers_by_largest_remainder(page: Page) -> None:
    app = page(lang="zh")
    slider(app, "investment").set_value(50).run()
    button(app, "取整为合计100%的整数权重").click().run()
    # 45.45…, 36.36…, 9.09…, 9.09… : 45 + 36 + 9 + 9 = 99, and the largest remainder is the first
    assert [slider(app, factor).value for factor in FACTORS] == [46, 36, 9, 9]
    assert "合计100%" in page_text(app)
    weights = dict(zip(FACTORS, (46, 36, 9, 9), strict=True))
    assert amounts(app) == expected("luzhou-2023/published-rule", **weights)


@pytest.mark.parametrize(
    ("preset", "file"),
    [("等权重", "luzhou-2023/equal-weights"), ("30/30/30/10", "luzhou-2023/jobs-first")],
)
def test_presets_give_what_the_files_give(page: Page, preset: str, file: str) -> None:
    app = page(lang="zh")
    button(app, preset).click().run()
    assert amounts(app) == expected(file)
    button(app, "40/40/10/10").click().run()
    assert amounts(app) == expected("luzhou-2023/published-rule")
    assert not [key for key in app.query_params if key.startswith("weight.")]


def test_all_zero_weights_keep_the_last_result_and_say_so(page: Page) -> None:
    app = page(lang="zh")
    for factor in FACTORS:
        slider(app, factor).set_value(0).run()
        if factor == "employment":
            last = amounts(app)  # by effort alone
    assert "权重全部为零，无法分配" in page_text(app)
    assert (
        amounts(app)
        == last
        == expected("luzhou-2023/published-rule", investment=0, tax=0, employment=0, effort=100)
    )
    slider(app, "tax").set_value(1).run()
    assert amounts(app) == expected(
        "luzhou-2023/published-rule", investment=0, tax=100, employment=0, effort=0
    )


def test_weights_are_kept_while_another_scenario_and_language_are_looked_at(page: Page) -> None:
    app = page(lang="zh")
    slider(app, "investment").set_value(50).run()
    before = amounts(app)
    app.selectbox(key="pick-scenario-luzhou-2023-zh").set_value("luzhou-2023/cap-zone").run()
    assert amounts(app) == expected("luzhou-2023/cap-zone")
    assert app.query_params["scenario"] == "luzhou-2023/cap-zone"
    app.selectbox(key="pick-scenario-luzhou-2023-zh").set_value("luzhou-2023/published-rule").run()
    assert amounts(app) == before
    app.button(key="language").click().run()
    assert app.query_params["lang"] == "en"
    assert [amount.replace(",", "") for amount in amounts(app).values()] == list(before.values())
    assert app.query_params["weight.investment"] == "50"


def test_fund_picker_opens_the_first_scenario_of_the_fund(page: Page) -> None:
    app = page(lang="en")
    app.selectbox(key="pick-fund-en").set_value("us-crf-2020").run()
    assert amounts(app) == expected("us-crf-2020/scenario", "en")
    app.selectbox(key="pick-fund-en").set_value("luzhou-2023").run()
    assert amounts(app) == expected("luzhou-2023/published-rule", "en")


# --- the address ----------------------------------------------------------------------------------


def test_link_reopens_the_same_view(page: Page) -> None:
    first = page(lang="en", scenario="luzhou-2023/cap-zone")
    slider(first, "effort", "luzhou-2023/cap-zone").set_value(37).run()
    link = {key: str(value) for key, value in first.query_params.items()}
    again = page(**{key.replace("weight.", "weight_"): value for key, value in link.items()})
    assert amounts(again) == amounts(first)
    assert page_text(again) == page_text(first)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"lang": "xx"}, "链接中的语言不可用"),
        ({"scenario": "../../etc/passwd"}, "链接中的测算方案不存在"),
        ({"scenario": str(SCENARIOS / "luzhou-2023" / "cap-zone.toml")}, "链接中的测算方案不存在"),
        ({"weight_investment": "50"}, "链接中的权重不可用"),
        ({"weight_no-such-factor": "50"}, "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "-1"), "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "101"), "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "12.1234567"), "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "nan"), "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "1e999999"), "链接中的权重不可用"),
        (dict.fromkeys([f"weight_{f}" for f in FACTORS], "<script>"), "链接中的权重不可用"),
        ({"scenario": "x" * 5000}, "链接过长"),
    ],
)
def test_bad_address_falls_back_with_one_sentence(page: Page, address: dict[str, str], sentence: str) -> None:
    app = page(**address)
    shown = page_text(app)
    assert shown.count("链接") == shown.count(sentence) == 1
    assert amounts(app) == expected("luzhou-2023/published-rule")
    assert "script>" not in shown


def test_a_link_may_carry_weights_that_are_not_whole(page: Page) -> None:
    points = dict(zip(FACTORS, ("33.3", "33.3", "16.7", "16.7"), strict=True))
    app = page(**{f"weight_{factor}": value for factor, value in points.items()})
    assert amounts(app) == expected("luzhou-2023/published-rule", **points)
    assert app.query_params["weight.effort"] in ("16.7", ["16.7"])


def test_address_with_all_weights_zero_shows_the_file_and_says_so(page: Page) -> None:
    app = page(**dict.fromkeys([f"weight_{f}" for f in FACTORS], "0"))
    assert "权重全部为零，无法分配" in page_text(app)
    assert amounts(app) == expected("luzhou-2023/published-rule")


# --- what can go wrong ----------------------------------------------------------------------------


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder of scenarios of one's own."""
    shutil.copytree(SCENARIOS / "luzhou-2023", tmp_path / "luzhou-2023")
    return tmp_path


def extend(workshop: Path, name: str, text: str) -> str:
    """Writes a scenario that extends the published rule; its slug."""
    head = f'format = 1\ntitle = "{name}"\nextends = "published-rule.toml"\n'
    (workshop / "luzhou-2023" / f"{name}.toml").write_text(head + text, "utf-8")
    return f"luzhou-2023/{name}"


def test_unreadable_scenario_shows_its_sentences_and_the_rest_works(page: Page, workshop: Path) -> None:
    slug = extend(workshop, "broken", "[fund]\namount = -5\nno_such_key = 1\n")
    app = page(workshop, lang="zh", scenario=slug)
    assert not app.exception
    assert app.error and "broken.toml" in app.error[0].value.replace("\\", "")
    assert str(workshop) not in "".join(e.value for e in app.error).replace("\\", "")
    assert "broken（无法读取）" in app.selectbox(key="pick-scenario-luzhou-2023-zh").options
    app.selectbox(key="pick-scenario-luzhou-2023-zh").set_value("luzhou-2023/published-rule").run()
    assert amounts(app) == expected("luzhou-2023/published-rule")


def test_limits_that_cannot_hold_show_their_sentence_and_keep_the_weights(page: Page, workshop: Path) -> None:
    # nine floors of a fifth each are more than there is
    limits = '[[limit]]\nrecipients = "all"\nfloor_rate = 0.2\nof = "distributable"\n'
    slug = extend(workshop, "floors", limits)
    app = page(workshop, lang="zh", scenario=slug)
    assert not app.exception
    assert len(app.error) == 1 and "保底合计" in app.error[0].value
    slider(app, "tax", slug).set_value(12).run()
    assert not app.exception and app.error
    assert slider(app, "tax", slug).value == 12 and app.query_params["weight.tax"] == "12"


def test_folder_without_scenarios_says_so(page: Page, tmp_path: Path) -> None:
    app = page(tmp_path, lang="en")
    assert not app.exception
    assert "No scenario files were found" in app.error[0].value


def test_names_from_files_are_shown_as_they_are(page: Page, workshop: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    slug = extend(
        workshop,
        "names",
        f'[factor.tax]\nname = "**bold** :red[x] {evil}"\nsource = "{evil}"\n[fund]\nsource = "{evil}"\n',
    )
    recipients = workshop / "luzhou-2023" / "recipients.csv"
    text = recipients.read_text("utf-8").replace("江阳区,Jiangyang District", f"{evil},{evil}")
    recipients.write_text(text, "utf-8")
    published = workshop / "luzhou-2023" / "published.csv"
    published.write_text(published.read_text("utf-8").replace("江阳区", "jiangyang"), "utf-8")
    app = page(workshop, lang="zh", scenario=slug)
    shown = page_text(app)
    assert "<img" not in shown and "&lt;img" in shown
    assert slider(app, "tax", slug).name == f"**bold** :red[x] {evil}"  # set as text by the script


def test_weights_that_are_not_whole_percent_are_used_exactly(page: Page, workshop: Path) -> None:
    weights = "[weights]\ninvestment = 33.4\ntax = 33.3\nemployment = 22.25\neffort = 11.05\n"
    slug = extend(workshop, "fine", weights)
    app = page(workshop, lang="zh", scenario=slug)
    exactly = {"investment": "33.4", "tax": "33.3", "employment": "22.25", "effort": "11.05"}
    assert amounts(app) == expected("luzhou-2023/published-rule", **exactly)
    assert "投资贡献值 33.4" in page_text(app) and "招商引资工作开展情况 11.05" in page_text(app)
    assert [slider(app, f, slug).value for f in FACTORS] == [34, 33, 22, 11]
    slider(app, "tax", slug).set_value(34).run()
    touched = dict(zip(FACTORS, (34, 34, 22, 11), strict=True))
    scaled = {f: Fraction(100 * v, 101) for f, v in touched.items()}
    assert amounts(app) == expected("luzhou-2023/published-rule", **scaled)


def test_multipliers_are_not_scaled(page: Page, workshop: Path) -> None:
    text = '[method]\nkind = "scores"\n[weights]\ninvestment = 1.5\ntax = 1\nemployment = 0.25\neffort = 2\n'
    slug = extend(workshop, "scores", text)
    app = page(workshop, lang="zh", scenario=slug)
    scenario = load_scenario(workshop / f"{slug}.toml")
    assert not app.slider and len(app.number_input) == 4

    def wanted(**weights: Any) -> list[str]:
        result = allocate(scenario.with_weights(**weights)).amounts
        return [ZH.number(amount // 10_000) for amount in result.values()]

    assert list(amounts(app).values()) == wanted()
    app.number_input(key=f"weight-{slug}-employment").set_value(7.125).run()
    assert list(amounts(app).values()) == wanted(employment="7.125")
    assert app.query_params["weight.employment"] == "7.125"
    assert "折算" not in page_text(app).replace("倍数不作折算", "")


def test_the_base_of_a_change_where_the_first_scenario_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")
    monkeypatch.setattr(fund, "rules", lambda slug: [rule])
    assert why.base_of(rule, "luzhou-2023/published-rule") is None
    assert why.base_of(rule.with_weights(tax=30, effort=20), "luzhou-2023/published-rule") is rule
