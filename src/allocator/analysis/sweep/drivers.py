"""The drivers of each recipient's amount: the parts of weights and data in its variance over the draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.analysis.batch import Kernel, brisk
from allocator.analysis.batch.masks import Array
from allocator.analysis.sweep.case import Case, case_of
from allocator.analysis.sweep.laws import BLOCK, covariance
from allocator.analysis.sweep.sweeping import Sweep
from allocator.core.exact import Frozen

WEIGHTS = ""  # stands for all weights together beside the factors' data
SAMPLES = 2**23  # amounts that are kept at once for the indices
BATCHES = 16  # in which the indices are worked out once more, for how far they scatter
Parts = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Drivers:
    """By recipient, parts of 1 by factor.

    ``weights``: each factor's part of the variance that drawn weights give the entitlement; they
    add up to 1.  ``exact`` where entitlements are linear in the weights and their covariance is known in
    closed form, else to first order.  ``first`` and ``total`` are Sobol indices of the amount before
    rounding, for each factor's data and under `WEIGHTS` for all weights together: what the input brings
    alone, and with all that it does together with others.  They are estimates, which may come out below 0 or
    above 1; ``first_error`` and ``total_error`` are their sampling errors, one standard deviation each.  None
    where nothing of that kind is drawn, and for rules that only `allocate` covers.
    """

    weights: Parts | None
    exact: bool
    first: Parts | None
    total: Parts | None
    first_error: Parts | None = None
    total_error: Parts | None = None

    def error(self, id: str, input: str, *, together: bool = False) -> float | None:
        """The sampling error of a recipient's index; None for parts of the weights, which have none."""
        errors = self.total_error if together else self.first_error
        return None if errors is None else errors[id][input]


def drivers(found: Sweep) -> Drivers:
    """The drivers of each recipient's amount; amounts that never change have zeros.

    Weights: m_j y_ij² / Σ_k m_k y_ik² with m_j the mean weight and y_ij the excess of recipient i's share of
    factor j over its share of all money; exact for a Dirichlet, since Σ w = 1 (method.md).  Data: indices of
    independent inputs (Sobol 2001; Saltelli et al. 2010), by `scipy.stats.sobol_indices`.
    """
    if found.exactly:
        return Drivers(None, False, None, None)
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
    weights: Parts | None = None
    indices: list[Parts | None] = [None] * 4
    if drawn:
        weights = table(_weight_parts(case), factors)
    if case.noise is not None:
        noisy = [f for f, sigma in zip(factors, case.noise, strict=True) if sigma]
        inputs = [*([WEIGHTS] if drawn else []), *noisy]
        found_ = _indices(case, drawn, [factors.index(f) for f in noisy])
        indices = [table(parts, inputs) for parts in found_]
    linear = case.figures.shares and found.scenario.coefficient is None
    return Drivers(weights, linear and bool(case.draws.alpha), *indices)


def _weight_parts(case: Case) -> Array:
    """y_j (C y)_j / y′C y for each recipient, C the weights' covariance, y the slopes of its entitlement."""
    mean, spread = np.array(case.draws.base), covariance(case.draws)
    if case.draws.alpha:
        mean = np.array(case.draws.alpha) / sum(case.draws.alpha)
    if spread is None:
        weights = np.hstack([case.weights(block) for block in range(8)])
        mean, spread = weights.mean(axis=1), np.cov(weights)
    columns, coefficient = case.figures.columns, case.figures.coefficient
    values = columns if coefficient is None else columns * coefficient
    scores, sums = mean @ values, values.sum(axis=1)
    slopes = values - sums[:, None] * (scores / scores.sum())
    parts = slopes * (spread @ slopes)
    whole = parts.sum(axis=0)
    tiny = 1e-20 * (values**2).max()
    return np.asarray(np.where(whole > tiny, parts / np.where(whole > tiny, whole, 1), 0.0).T)


def _indices(case: Case, drawn: bool, noisy: list[int]) -> tuple[Array, Array, Array, Array]:
    """First-order and total indices, recipients × inputs, and the sampling errors of both.

    The weights are one input, each factor another.
    An error is how far the indices of independent batches of the draws scatter, over the root of how many
    batches there are.
    """
    inputs = len(noisy) + drawn
    figures = case.figures
    size = SAMPLES // ((inputs + 2) * figures.recipients)
    size = 2 ** int(np.log2(min(BLOCK, max(256, size))))
    f_a, f_b = np.empty((2, figures.recipients, size))
    f_ab = np.empty((inputs, figures.recipients, size))
    with brisk():
        width = min(figures.noisy_width, size)
        kernel = Kernel(figures, width)
        weights = [case.draws.draw(case.random(0, stream), size) for stream in (2, 3)]
        noise = [case.random(0, stream) for stream in (4, 5)]
        for start in range(0, size, width):
            here = slice(start, start + width)
            of = [np.ascontiguousarray(w[:, here]) for w in weights]
            normal = [{j: random.standard_normal(kernel.first.shape) for j in noisy} for random in noise]
            f_a[:, here] = _before_rounding(case, kernel, of[0], normal[0])
            f_b[:, here] = _before_rounding(case, kernel, of[1], normal[1])
            if drawn:
                f_ab[0][:, here] = _before_rounding(case, kernel, of[1], normal[0])
            for at, j in enumerate(noisy, int(drawn)):
                f_ab[at][:, here] = _before_rounding(case, kernel, of[0], {**normal[0], j: normal[1][j]})
    first, total = _sobol(f_a, f_b, f_ab)
    part = size // BATCHES
    batches = [
        np.stack(_sobol(f_a[:, here], f_b[:, here], f_ab[..., here]))
        for here in (slice(at, at + part) for at in range(0, size, part))
    ]
    first_error, total_error = np.std(batches, axis=0, ddof=1) / np.sqrt(BATCHES)
    return first, total, first_error, total_error


def _sobol(f_a: Array, f_b: Array, f_ab: Array) -> tuple[Array, Array]:
    from scipy.stats import sobol_indices

    found = sobol_indices(func={"f_A": f_a, "f_B": f_b, "f_AB": f_ab}, n=f_a.shape[-1])
    shape = f_a.shape[0], f_ab.shape[0]
    return found.first_order.reshape(shape), found.total_order.reshape(shape)


def _before_rounding(case: Case, kernel: Kernel, weights: Array, normal: Mapping[int, Array]) -> Array:
    def fill(j: int, room: Array) -> None:
        np.copyto(room, normal[j])

    assert case.noise is not None
    amounts, _ = kernel.entitlements(kernel.noisy_scores(weights, case.noise, fill))
    return amounts if kernel.axis == 0 else amounts.T
