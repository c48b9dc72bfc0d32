"""Which weight, or whose data, moves each recipient's amount: parts of its variance over the draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.analysis.sweep.case import BLOCK, Case, case_of
from allocator.analysis.sweep.kernel import Kernel, brisk
from allocator.analysis.sweep.laws import Array, covariance
from allocator.analysis.sweep.sweeping import Sweep
from allocator.exact import Frozen

WEIGHTS = ""  # stands for all weights together beside the factors' data
SAMPLES = 2**23  # amounts that are kept at once for the indices
Parts = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Drivers:
    """By recipient, parts of 1 by factor.

    ``weights``: what each factor's weight has in the variance that drawn weights give the entitlement; they
    add up to 1.  ``exact`` where entitlements are linear in the weights and their covariance is known in
    closed form, else to first order.  ``first`` and ``total`` are Sobol indices of the amount before
    rounding, for each factor's data and under `WEIGHTS` for all weights together: what the input brings
    alone, and with all that it does together with others.  None where nothing of that kind is drawn.
    """

    weights: Parts | None
    exact: bool
    first: Parts | None
    total: Parts | None


def drivers(found: Sweep) -> Drivers:
    """What drives each recipient; amounts that never change have zeros.

    Weights: m_j y_ij² / Σ_k m_k y_ik² with m_j the mean weight and y_ij what recipient i's share of factor j
    has above its share of all money; exact for a Dirichlet, since Σ w = 1 (method.md).  Data: indices of
    independent inputs (Sobol 2001; Saltelli et al. 2010), by `scipy.stats.sobol_indices`.
    """
    case = case_of(found.present, found.law, found.noise, found.seed)
    ids = [found.scenario.ids[i] for i in found.scenario.participants]
    factors = list(found.scenario.weights)

    def table(parts: Array, inputs: list[str]) -> Parts:
        rows = {
            id: Frozen(dict(zip(inputs, map(float, row), strict=True)))
            for id, row in zip(ids, parts, strict=True)
        }
        return Frozen(rows)

    drawn = bool(case.draws.alpha or case.draws.low)
    weights, first, total = None, None, None
    if drawn:
        weights = table(_weight_parts(case), factors)
    if case.noise is not None:
        noisy = [f for f, sigma in zip(factors, case.noise, strict=True) if sigma]
        inputs = [*([WEIGHTS] if drawn else []), *noisy]
        alone, together = _indices(case, drawn, [factors.index(f) for f in noisy])
        first, total = table(alone, inputs), table(together, inputs)
    linear = case.shares and found.scenario.coefficient is None
    return Drivers(weights, linear and bool(case.draws.alpha), first, total)


def _weight_parts(case: Case) -> Array:
    """y_j (C y)_j / y′C y for each recipient, C the weights' covariance, y the slopes of its entitlement."""
    mean, spread = np.array(case.draws.base), covariance(case.draws)
    if case.draws.alpha:
        mean = np.array(case.draws.alpha) / sum(case.draws.alpha)
    if spread is None:
        weights = np.hstack([case.weights(block) for block in range(8)])
        mean, spread = weights.mean(axis=1), np.cov(weights)
    values = case.columns if case.coefficient is None else case.columns * case.coefficient
    scores, columns = mean @ values, values.sum(axis=1)
    slopes = values - columns[:, None] * (scores / scores.sum())
    parts = slopes * (spread @ slopes)
    whole = parts.sum(axis=0)
    tiny = 1e-20 * (values**2).max()
    return np.asarray(np.where(whole > tiny, parts / np.where(whole > tiny, whole, 1), 0.0).T)


def _indices(case: Case, drawn: bool, noisy: list[int]) -> tuple[Array, Array]:
    """First-order and total indices, recipients × inputs; the weights are one input, each factor another."""
    from scipy.stats import sobol_indices

    inputs = len(noisy) + drawn
    size = SAMPLES // ((inputs + 2) * case.recipients)
    size = 2 ** int(np.log2(min(BLOCK, max(256, size))))
    f_a, f_b = np.empty((2, case.recipients, size))
    f_ab = np.empty((inputs, case.recipients, size))
    with brisk():
        kernel = Kernel(case, min(case.width, size))
        width = min(case.width, size)
        weights = [case.draws.draw(case.random(0, stream), size) for stream in (2, 3)]
        noise = [case.random(0, stream) for stream in (4, 5)]
        for start in range(0, size, width):
            here = slice(start, start + width)
            of = [np.ascontiguousarray(w[:, here]) for w in weights]
            normal = [{j: random.standard_normal(kernel.first.shape) for j in noisy} for random in noise]
            f_a[:, here] = _before_rounding(kernel, of[0], normal[0])
            f_b[:, here] = _before_rounding(kernel, of[1], normal[1])
            if drawn:
                f_ab[0][:, here] = _before_rounding(kernel, of[1], normal[0])
            for at, j in enumerate(noisy, int(drawn)):
                f_ab[at][:, here] = _before_rounding(kernel, of[0], {**normal[0], j: normal[1][j]})
    found = sobol_indices(func={"f_A": f_a, "f_B": f_b, "f_AB": f_ab}, n=size)
    shape = case.recipients, inputs
    return found.first_order.reshape(shape), found.total_order.reshape(shape)


def _before_rounding(kernel: Kernel, weights: Array, normal: Mapping[int, Array]) -> Array:
    def fill(j: int, room: Array) -> None:
        np.copyto(room, normal[j])

    amounts, _ = kernel.entitlements(kernel.noisy_scores(weights, fill))
    return amounts if kernel.axis == 0 else amounts.T
