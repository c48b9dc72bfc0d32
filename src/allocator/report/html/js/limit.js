// Amounts within limits: a_i = min(max(λ s_i, floor_i), cap_i) with the one λ = p/q for which Σ a = money.
import {compare, fraction, total} from "./exact.js";

export function hold(scores, {floors, caps, any}, money) {
    if (!any) {
        const whole = total(scores);
        return {amounts: scores.map(s => money * s), over: whole, p: money, q: whole};
    }
    const {p, q} = multiplier(scores, floors, caps, money);
    const amounts = scores.map((s, i) => {
        const low = (floors[i] || 0n) * q, free = p * s;
        const raised = free > low ? free : low;
        return caps[i] !== null && raised > caps[i] * q ? caps[i] * q : raised;
    });
    return {amounts, over: q, p, q};
}

// The sum is straight between bends and never falls; a bend is where λ s meets a floor or a cap. One bend near the
// middle of those still open is tried, and the half that it decides is dropped.
function multiplier(scores, floors, caps, money) {
    let open = [];
    scores.forEach((s, i) => {
        if (!s) return;
        open.push({at: floors[i] || 0n, s, grows: true});
        if (caps[i] !== null) open.push({at: caps[i], s, grows: false});
    });
    let held = total(floors.map(floor => floor || 0n)), slope = 0n, found = null;
    while (open.length && !found) {
        const pivot = middle(open);
        const below = [], level = [], above = [];
        for (const bend of open) {
            const apart = bend.at * pivot.s - pivot.at * bend.s;
            (apart < 0n ? below : apart > 0n ? above : level).push(bend);
        }
        const [gain, rest] = passed(below, slope, held);
        const too = pivot.at * gain + pivot.s * (rest - money);  // what the sum at the pivot has too much, times s
        if (!too) found = {p: pivot.at, q: pivot.s};
        else if (too > 0n) open = below;
        else {
            [slope, held] = passed(level, gain, rest);
            open = above;
        }
    }
    const {p, q} = found || {p: money - held, q: slope || 1n};
    return nearestToOne(scores, floors, caps, money, p, q);
}

function passed(bends, slope, held) {
    for (const {at, s, grows} of bends) {
        slope += grows ? s : -s;
        held += grows ? -at : at;
    }
    return [slope, held];
}

function middle(bends) {
    const step = Math.floor(bends.length / 30) + 1;
    const some = bends.filter((_, i) => i % step === 0);
    some.sort((a, b) => { const apart = a.at * b.s - b.at * a.s; return apart < 0n ? -1 : apart > 0n ? 1 : 0; });
    return some[some.length >> 1];
}

// Where everybody stands at a limit many λ give the same amounts: the one with k nearest to 1.
function nearestToOne(scores, floors, caps, money, p, q) {
    let low = null, high = null;
    for (let i = 0; i < scores.length; i++) {
        const s = scores[i], floor = floors[i] || 0n, cap = caps[i];
        if (!s || (cap !== null && floor === cap)) continue;
        if (cap !== null && p * s >= cap * q) {
            const end = fraction(cap, s);
            low = low === null || compare(end, low) > 0 ? end : low;
        } else if (p * s <= floor * q) {
            const end = fraction(floor, s);
            high = high === null || compare(end, high) < 0 ? end : high;
        } else return {p, q};
    }
    let best = fraction(money, total(scores) || 1n);
    if (low !== null && compare(best, low) < 0) best = low;
    if (high !== null && compare(best, high) > 0) best = high;
    return {p: best.n, q: best.d};
}
