// Floors and caps in whole units, by place among those who take part: the highest floor, rounded up, the lowest cap, down.
import {floorDiv, fraction, read, scaled, times, total} from "./exact.js";
import {Refused} from "./refused.js";

export function boundsOf(rule) {
    const unit = read(rule.unit);
    const place = new Map(rule.members.map((i, at) => [i, at]));
    const floors = rule.members.map(() => null), caps = rule.members.map(() => null);
    const sharing = new Map();
    for (const limit of rule.limits) {
        for (const end of ["floor", "cap"]) {
            if (limit[end] === undefined) continue;
            const each = limit.of === "previous" || limit.by;  // else one bound is everybody's
            let one = null;
            for (const i of limit.who) {
                const at = place.get(i);
                if (at === undefined) continue;
                const {n, d} = one = one && !each ? one : amount(rule, limit, limit[end], i, sharing);
                const above = n * unit.d, below = d * unit.n;
                if (end === "floor") {
                    const units = -floorDiv(-above, below);
                    floors[at] = floors[at] === null || units > floors[at] ? units : floors[at];
                } else {
                    const units = floorDiv(above, below);
                    caps[at] = caps[at] === null || units < caps[at] ? units : caps[at];
                }
            }
        }
    }
    if (rule.pinned) {  // a trial: this recipient has just so much, whatever else bounds it
        const {n, d} = read(rule.pinned.amount), at = place.get(rule.pinned.position);
        floors[at] = caps[at] = n * unit.d / (d * unit.n);
    }
    return {floors, caps, any: floors.some(one => one !== null) || caps.some(one => one !== null)};
}

// A bound of one recipient: an amount, or a rate of the fund, of the distributable amount, of last year's amount.
function amount(rule, limit, bound, i, sharing) {
    if (bound.amount !== undefined) return read(bound.amount);
    const rate = read(bound.rate);
    if (limit.of === "previous") return times(rate, read(rule.previous[i]));
    const whole = times(rate, read(limit.of === "fund" ? rule.fund : rule.distributable));
    if (!limit.by) return whole;
    if (!sharing.has(limit.by)) {
        const column = scaled(rule.members.map(at => read(limit.by[at])));
        sharing.set(limit.by, {n: new Map(rule.members.map((at, p) => [at, column.n[p]])), all: total(column.n)});
    }
    const {n, all} = sharing.get(limit.by);
    if (!all) throw new Refused("by_zero");
    return fraction(whole.n * n.get(i), whole.d * all);
}

// Refuses limits that cannot all hold, with those that clash and the sums that do.
export function checkFeasible({floors, caps}, scores, money) {
    const crossed = floors.findIndex((floor, i) => caps[i] !== null && (floor || 0n) > caps[i]);
    if (crossed >= 0) {
        throw new Refused("floor_above_cap", {place: crossed, floor: floors[crossed] || 0n, cap: caps[crossed]});
    }
    const least = total(floors.map(floor => floor || 0n));
    if (least > money) throw new Refused("floors_above_money", {sum: least, money});
    const most = total(floors.map((floor, i) => (!scores[i] ? floor || 0n : caps[i] === null ? money : caps[i])));
    if (most < money) throw new Refused("caps_below_money", {sum: most, money});
}
