// Scores, by place among those who take part: shares Σ w_j x_ij / Σ_k x_kj or scores Σ w_j x_ij, times the coefficient.
import {gcd, lcm, read, scaled, total} from "./exact.js";
import {Refused} from "./refused.js";

// The columns of a rule as whole numbers, at the places of those who take part. They do not change with the weights.
export function columnsOf(rule) {
    const at = texts => scaled(rule.members.map(i => read(texts[i])));
    return {
        values: rule.factors.map(factor => at(factor.values)),
        coefficient: rule.coefficient ? at(rule.coefficient.values) : null,
        earmarks: rule.earmarks.map(read),
    };
}

// Each factor's part of each score, whole numbers over one denominator, and their sums.
export function score(rule, columns) {
    const shares = rule.kind === "shares";
    const weights = scaled(rule.weights.map(read)).n;
    const divisors = columns.values.map(column => (shares ? total(column.n) : column.d));
    const some = rule.members.length > 0;  // all may be earmarked for: then nobody shares, and nothing is shared
    divisors.forEach((divisor, j) => {
        if (some && weights[j] && !divisor) throw new Refused("factor_zero", {factor: j});
    });
    const common = divisors.reduce((all, d, j) => (weights[j] && d ? lcm(all, d) : all), 1n);
    const rates = weights.map((w, j) => (w && divisors[j] ? w * (common / divisors[j]) : 0n));
    const shrink = rates.reduce(gcd, 0n) || 1n;
    const parts = columns.values.map((column, j) => {
        const rate = rates[j] / shrink;
        return column.n.map((x, i) => x * rate * (columns.coefficient ? columns.coefficient.n[i] : 1n));
    });
    const totals = rule.members.map((_, i) => parts.reduce((all, part) => all + part[i], 0n));
    if (some && !total(totals)) throw new Refused("scores_zero");
    return {parts, totals};
}
