"""A register of 100,000 projects, read from CSV and made into factor values."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from allocator import load_scenario
from allocator.analysis.projects import Counted, Register, counted
from allocator.files.projects.register import read_register
from allocator.files.projects.rules import read_factor_rules

FOLDER = Path(__file__).parent.parent / "scenarios" / "luzhou-2023-projects"
COUNT = 100_000
INDUSTRIES = ("医药", "电子信息", "新材料")


def seconds(do: Callable[[], object]) -> float:
    start = time.process_time()
    do()
    return time.process_time() - start


def report() -> None:
    who, rnd = load_scenario(FOLDER / "five-years.toml").recipients, Random(1)
    text = (FOLDER / "rules" / "eight-years-medicine.toml").read_text("utf-8")
    rules = read_factor_rules("rules.toml", text[: text.index("[[points]]")].encode())
    lines = ["项目名称,项目编号,区县（园区）,产业,签约日期,到位投资,税收2020,税收2021,税收2022,就业人数,用途"]
    for number in range(COUNT):
        day = date(2012, 1, 1) + timedelta(rnd.randrange(4200))
        tax = ",".join(str(rnd.randrange(10**5) / 100) for _ in range(3))
        lines.append(
            f"P{number},C{number},{rnd.choice(who).name.zh},{rnd.choice(INDUSTRIES)},{day},"
            f"{rnd.randrange(10**6) / 10},{tax},{rnd.randrange(900)},{rnd.choice(('生产经营', '房地产开发'))}"
        )
    content = "\n".join(lines).encode()
    made: list[Register] = []
    found: list[Counted] = []
    loop = seconds(lambda: sum(1 for _ in csv.reader(io.StringIO(content.decode()))))
    read = seconds(lambda: made.append(read_register("r.csv", content, rules, who, 300)))

    def work() -> None:
        found.append(counted(made[0], rules, [r.id for r in who]))
        assert found[0].values and made[0].repeated == ()

    count = seconds(work)
    print(f"{COUNT:,} projects to factor values (times a mere walk over the lines of the file)")
    print(f"  read from CSV{read:>30.2f} s{'':>12}   ({read / loop:.1f} ×)")
    print(f"  counted, and looked for twice{count:>14.2f} s{'':>12}   ({count / loop:.1f} ×)")
    print(f"  both{read + count:>39.2f} s{'≤ 1':>12}   ({(read + count) / loop:.1f} ×)\n")
