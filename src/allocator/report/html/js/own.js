// One recipient's figures worked out from its own values and the totals.
import {compare, floorDiv, fraction, minus, over, plus, read, sign, sum, times} from "./exact.js";

// The figures again from the recipient's own values and the totals; true where each step is the program's.
export function agrees(own) {
    const same = (a, text) => compare(a, read(text)) === 0;
    const found = entitlementOf(own, own.factors.map(factor => read(factor.value)), own.factors.map(factor => read(factor.total)));
    if (!same(found.entitlement, own.entitlement) || !own.factors.every((factor, j) => same(found.brings[j], factor.brings))) return false;
    let limited = times(found.entitlement, read(own.multiplier));
    if (own.floor !== null && compare(limited, read(own.floor)) < 0) limited = read(own.floor);
    if (own.cap !== null && compare(limited, read(own.cap)) > 0) limited = read(own.cap);
    if (!same(limited, own.limited)) return false;
    const unit = read(own.unit), inUnits = over(limited, unit), units = over(minus(read(own.amount), read(own.earmark)), unit);
    if (own.rounding === "largest-remainder") {
        const down = fraction(floorDiv(inUnits.n, inUnits.d));
        return compare(units, down) === 0 || (compare(units, plus(down, fraction(1n))) === 0 && inUnits.d !== 1n);
    }
    const nearest = fraction(floorDiv(2n * inUnits.n + inUnits.d, 2n * inUnits.d));
    return compare(units, plus(nearest, read(own.rest))) === 0;
}

// e = D · s / Σ s with s = c · Σ w x / Σ x, and what each factor brings of it.
function entitlementOf(own, values, totals) {
    const coefficient = own.coefficient === null ? fraction(1n) : read(own.coefficient);
    const parts = own.factors.map((factor, j) => times(coefficient, over(times(read(factor.weight), values[j]), totals[j])));
    const one = over(read(own.money), read(own.scores));
    return {entitlement: times(one, sum(parts)), brings: parts.map(part => times(one, part))};
}

// The entitlement if one value were another one: the total of that factor changes with it, nobody else's value does.
export function corrected(own, at, value) {
    const values = own.factors.map((factor, j) => (j === at ? value : read(factor.value)));
    const totals = own.factors.map((factor, j) => (j === at ? plus(minus(read(factor.total), read(factor.value)), value) : read(factor.total)));
    return sign(totals[at]) ? entitlementOf(own, values, totals).entitlement : null;
}
