"""Taking part 参与: those whom a pool names, that meet its condition, and that no earmark sets apart.

T_p = {i ∈ N_p : where(i)}, N_p the recipients named (all, a kind, or listed) less those only earmarked for.
Who does not take part counts in no total of the pool and gets nothing there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.pools import Pool


def members(scenario: Scenario, pool: Pool) -> tuple[int, ...]:
    """Positions of those who take part in a pool, in listed order.

    In the condition, whole columns are those of the recipients that the pool names.
    """
    among = named(scenario, scenario.participants, pool.recipients)
    return tuple(among if pool.where is None else scenario.meeting(pool.where, among, pool.key("where")))


def named(scenario: Scenario, positions: Sequence[int], recipients: str | tuple[str, ...]) -> list[int]:
    """Those of the positions, which ascend, that "all", a kind, or a list of ids names."""
    if recipients == "all":
        return list(positions)
    if isinstance(recipients, str):
        return [i for i in positions if scenario.recipients[i].kind == recipients]
    # by the list, which is often short: a rule may have a limit of its own for each of very many
    listed = sorted({scenario.position[id] for id in recipients if id in scenario.position})
    return [i for i in listed if _is_in(positions, i)]


def _is_in(positions: Sequence[int], i: int) -> bool:
    at = bisect_left(positions, i)
    return at < len(positions) and positions[at] == i
