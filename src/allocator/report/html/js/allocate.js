// The allocation of a rule of one pool, in exact whole numbers: score, limits, rounding, earmarks.
import {boundsOf, checkFeasible} from "./bounds.js";
import {fraction, plus, read, times, total} from "./exact.js";
import {hold} from "./limit.js";
import {Refused} from "./refused.js";
import {wholeUnits} from "./rounding.js";
import {columnsOf, score} from "./score.js";

// Amounts by position in the list of recipients, in the currency's main unit; throws Refused with the reason.
export function allocate(rule, columns = columnsOf(rule)) {
    const unit = read(rule.unit);
    const money = fraction(read(rule.distributable).n * unit.d, read(rule.distributable).d * unit.n);
    if (money.d !== 1n) throw new Refused("unit");
    const {parts, totals} = score(rule, columns);
    const bounds = boundsOf(rule);
    if (bounds.any) checkFeasible(bounds, totals, money.n);
    const limited = hold(totals, bounds, money.n);
    const {units, tied} = wholeUnits(limited.amounts, limited.over, money.n, rule.rounding);
    if (rule.rounding === "rest-to-largest") checkRest(units, bounds);
    const amounts = [...columns.earmarks];
    rule.members.forEach((i, at) => {
        const own = unit.d === 1n ? {n: units[at] * unit.n, d: 1n} : times(fraction(units[at]), unit);
        amounts[i] = amounts[i].n ? plus(amounts[i], own) : own;
    });
    const at = new Map();
    rule.members.forEach((i, p) => {
        const [floor, cap] = [bounds.floors[p], bounds.caps[p]].map(one => one !== null && limited.amounts[p] === one * limited.over);
        if (floor || cap) at.set(i, floor && cap ? both(limited, totals[p], bounds.floors[p]) : floor ? "floor" : "cap");
    });
    const whole = total(totals);
    return {
        amounts, at, bounds, limited, parts, totals, units, whole, unit,
        money: money.n,
        multiplier: bounds.any && money.n ? fraction(limited.p * whole, limited.q * money.n) : fraction(1n),
        tied: tied.map(p => rule.members[p]),
    };
}

function both({p, q}, score, floor) {
    return p * score > floor * q ? "cap" : "floor";
}

// The rest that goes to the largest may not take it past a limit or below zero.
function checkRest(units, {floors, caps}) {
    units.forEach((amount, place) => {
        const floor = floors[place] || 0n, cap = caps[place];
        if (amount < floor) throw new Refused("rest_breaks_limit", {place, amount, limit: floor});
        if (cap !== null && amount > cap) throw new Refused("rest_breaks_limit", {place, amount, limit: cap});
    });
}

// A recipient's entitlement, amount after limits, and what each factor brings, as fractions in the main unit.
export function stepsOf(found, place) {
    const of = n => times(fraction(n * found.money, found.whole), found.unit);
    return {
        factors: found.parts.map(part => of(part[place])),
        entitlement: of(found.totals[place]),
        limited: times(fraction(found.limited.amounts[place], found.limited.over), found.unit),
    };
}
