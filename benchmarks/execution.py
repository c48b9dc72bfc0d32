"""A million payments, read from CSV and compared with the allocation of Luzhou."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from allocator import allocate, load_scenario
from allocator.analysis.execution import Payments, execute, payers
from allocator.files.execution.payments import read_payments
from allocator.files.execution.rules import load_rules, rules_next_to

LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
COUNT = 1_000_000


def seconds(do: Callable[[], object]) -> float:
    start = time.process_time()
    do()
    return time.process_time() - start


def report() -> None:
    allocation = allocate(load_scenario(LUZHOU))
    who, rules, rnd = payers(allocation), load_rules(rules_next_to(LUZHOU)), Random(1)
    uses = [use.name.zh for use in rules.uses] + ["ERP"]
    lines = ["recipient,date,金额（元）,use,payee,note"]
    for number in range(COUNT):
        day = date(2023, 4, 20) + timedelta(rnd.randrange(260))
        lines.append(
            f"{rnd.choice(who).name.zh},{day},{rnd.randrange(1, 10**7) / 100},{rnd.choice(uses)},"
            f"{rnd.randrange(5000)},{number}"
        )
    content = "\n".join(lines).encode()
    del lines
    made: list[Payments] = []
    loop = seconds(lambda: sum(1 for _ in csv.reader(io.StringIO(content.decode()))))
    read = seconds(lambda: made.append(read_payments("p.csv", content, allocation.scenario, who, 300)))
    held = seconds(lambda: execute(who, made[0], rules, date(2023, 9, 30)).doubtful)
    print(f"{COUNT:,} payments, every note another (times a mere walk over the lines of the file)")
    print(f"  read from CSV{read:>30.2f} s{'':>12}   ({read / loop:.1f} ×)")
    print(f"  held against the allocation{held:>16.2f} s{'':>12}   ({held / loop:.1f} ×)")
    print(f"  both{read + held:>39.2f} s{'≤ 5':>12}   ({(read + held) / loop:.1f} ×)\n")
