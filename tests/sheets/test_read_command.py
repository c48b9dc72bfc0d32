"""`allocator read`: its JSON, its exit status, both languages, and the folder that it writes."""

import csv
import io
import json
import sys
from fractions import Fraction

import pytest
from commands import runs
from office_sheets import FACTORS, HEADS, IDS, LUZHOU, NAMES, RULE, VALUES, plain, sums, text, xlsx

from allocator import allocate, load_scenario


@pytest.fixture
def run(capsys):
    return runs(capsys, "read")


def stored(folder, rows, name="表.xlsx", **more):
    path = folder / name
    path.write_bytes(xlsx(rows, **more) if name.endswith("xlsx") else text(rows, "\t"))
    return path


def as_json(run, path, *arguments, status=0, lang="en"):
    out, err = run(path, "--format", "json", *arguments, status=status, lang=lang)
    return json.loads(out), err


def test_the_object(run, tmp_path):
    rows = [["序号", *plain()[0], "备注"], *([i, *row, ""] for i, row in enumerate(plain()[1:], 1))]
    path = stored(tmp_path, [*rows, ["", "合计", *sums(), ""]])
    found, err = as_json(run, path, "--for", RULE)
    assert err == "" and found["sheet"] == "Sheet1" and found["published"] is None
    assert list(found["values"]) == IDS
    assert [[Fraction(row[f]) for f in FACTORS] for row in found["values"].values()] == VALUES
    assert found["cells"]["luxian"]["effort"] == "F5"
    assert [(c["name"], c["agreed"], c["row"]) for c in found["checks"]] == [("合计", True, 11)]
    assert {left["at"] for left in found["left_out"]} == {"A", "G"}
    assert found["decisions"] == found["problems"] == []
    alone, _ = as_json(run, path)
    assert list(alone["values"]) == NAMES and list(alone["values"][NAMES[0]]) == HEADS


def test_exit_status_and_languages(run, tmp_path):
    rows = plain()
    rows[1][1] = "-"
    open_ = stored(tmp_path, rows)
    rows = plain()
    rows[1][1], rows[2][2] = "-5", "x"
    wrong = stored(tmp_path, rows, "wrong.xlsx")
    seen = {}
    for lang in ("zh", "en"):
        for path, status, part in ((open_, 1, "decisions"), (wrong, 2, "problems")):
            found, _ = as_json(run, path, "--for", RULE, status=status, lang=lang)
            assert found[part] and all(len(s["sentence"]) > 5 and s["what"] for s in found[part])
            seen[lang, part] = [s["sentence"] for s in found[part]]
            table, _ = run(path, "--for", RULE, status=status, lang=lang)
            assert all(sentence in table for sentence in seen[lang, part])
        assert as_json(run, open_, "--blank", "zero", lang=lang)[0]["values"]["江阳区"][HEADS[0]] == "0"
        assert as_json(run, open_, "--blank", "refuse", status=2, lang=lang)[0]["problems"]
    assert seen["zh", "decisions"] != seen["en", "decisions"]
    assert [at[:2] for at in seen["en", "problems"]] == ["B2", "C3"]
    picture = tmp_path / "a.pdf"
    picture.write_bytes(b"%PDF-1.4")
    found, _ = as_json(run, picture, status=2)
    assert "PDF" in found["problems"][0]["sentence"] and found["values"] == {}
    assert "PDF" in run(picture, status=2)[1]


def test_text_that_is_pasted_into_the_input(run, monkeypatch):
    class Input:
        buffer = io.BytesIO(text(plain(), "\t", "utf-8"))

    monkeypatch.setattr(sys, "stdin", Input())
    found, _ = as_json(run, "-", "--for", RULE)
    assert list(found["values"]) == IDS


def test_the_table_as_csv(run, tmp_path):
    out, _ = run(stored(tmp_path, plain()), "--for", RULE, "--format", "csv")
    rows = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert rows[0] == ["recipient", *FACTORS] and [row[0] for row in rows[1:]] == IDS


def test_options_decide(run, tmp_path):
    rows = [[*plain()[0], "分配金额（万元）"], *([*r, 10] for r in plain()[1:]), ["市本级", 1, 2, 3, 4, 5]]
    rows[5][0] = "合江具"
    path = stored(tmp_path, rows)
    found, _ = as_json(run, path, "--for", RULE, status=1)
    assert {d["what"] for d in found["decisions"]} == {
        "amounts", "row_own_level", "recipient_near", "recipients_missing",
    }  # fmt: skip
    decided = ("--previous", "F", "--leave-out", "市本级", "--same", "合江具=合江县")
    found, _ = as_json(run, path, "--for", RULE, *decided)
    assert found["previous"]["values"]["hejiang"] == "10" and found["previous"]["unit"] == "万元"
    for arguments, word in (
        (("--blank", "no"), "--blank"), (("--same", "x"), "--same"), (("--hidden", "x"), "--hidden"),
        (("--format", "xml"), "--format"),
    ):  # fmt: skip
        assert word in run(path, *arguments, status=2)[1]
    assert "allocator read" in run(status=2)[1]


@pytest.mark.parametrize("with_rule", [True, False])
def test_a_folder_from_a_sheet(run, tmp_path, with_rule):
    rows = [["区县", *(f"{h}（{w}%）" for h, w in zip(HEADS, (40, 40, 10, 10), strict=True))], *plain()[1:]]
    path, folder = stored(tmp_path, rows), tmp_path / "out"
    rule = ("--for", RULE) if with_rule else ()
    out, _ = run(path, *rule, "--out", folder)
    assert str(folder) in out
    file = folder / "scenario.toml"
    if not with_rule:  # no money stands on the sheet, and none is made up
        text_of_file = file.read_text("utf-8")
        assert "amount = 0" in text_of_file
        file.write_text(text_of_file.replace("amount = 0", "amount = 56_020_000"), "utf-8")
    made = load_scenario(file)
    assert [list(f.values) for f in made.factors] == [list(c) for c in zip(*VALUES, strict=True)]
    assert {f.status for f in made.factors} == {"provided"}
    assert all("表.xlsx" in f.source.zh for f in made.factors)
    assert made.provenance[0].note.endswith("cell B2")
    assert list(made.weights.values()) == [40, 40, 10, 10]
    given = {id: sum(w * v / s for w, v, s in zip((40, 40, 10, 10), row, sums(), strict=True)) for id, row in
             zip(IDS if with_rule else NAMES, VALUES, strict=True)}  # fmt: skip
    result = allocate(made)
    assert all(abs(result.amounts[id] - Fraction(560_200) * part) < 10_000 for id, part in given.items())
    if with_rule:
        assert made.reservations == LUZHOU.reservations
    assert run(path, *rule, "--out", folder, status=2)[1]  # there is one


def test_nothing_is_written_while_something_is_open(run, tmp_path):
    rows = plain()
    rows[1][1] = ""
    _, err = run(stored(tmp_path, rows), "--out", tmp_path / "out", status=1)
    assert "out" in err and not (tmp_path / "out").exists()
    run(stored(tmp_path, rows), "--out", tmp_path / "out", "--blank", "zero")
    notes = (tmp_path / "out" / "provenance.csv").read_text("utf-8-sig")
    assert [line for line in notes.splitlines() if "as zero" in line] == [
        line for line in notes.splitlines() if "cell B2" in line
    ]


def test_an_option_that_names_nothing_of_the_table_is_refused_and_never_passed_over(run, tmp_path):
    path = stored(
        tmp_path, [["区县", "税收", "增长率（%）", "备注"], ["泸县", 5, 3, ""], ["合江县", 7, 4, ""]]
    )
    for option, value, said in (
        ("--leave-out", "备主栏", '--leave-out “备主栏”'),
        ("--reserve", "市本级=500万元", '--reserve “市本级”'),
        ("--deduct", "高新区", '--deduct “高新区”'),
        ("--add", "增长", '--add “增长”'),
        ("--published", "下达数", '--published “下达数”'),
        ("--previous", "H", '--previous “H”'),
    ):  # fmt: skip
        for lang in ("zh", "en"):
            found, _ = as_json(run, path, option, value, status=2, lang=lang)
            (problem,) = found["problems"]
            assert (problem["what"], problem["sentence"].startswith(said)) == ("option_place", True)
    found, _ = as_json(run, path, "--leave-out", "备注", "--leave-out", "row 3", "--add", "c")
    assert list(found["values"]["泸县"]) == ["税收", "增长率"] and list(found["values"]) == ["泸县"]


def test_a_name_that_the_scenario_does_not_have_is_refused(run, tmp_path):
    rows = plain()
    rows[1][0] = "古兰县"
    path = stored(tmp_path, rows)
    found, _ = as_json(run, path, "--for", RULE, "--same", "古兰县=古林县", status=2, lang="zh")
    assert "option_name" in [problem["what"] for problem in found["problems"]]
    _, err = run(path, "--same", "古兰县=古蔺县", status=2)
    assert "--for" in err
