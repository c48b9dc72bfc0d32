// Whole units from amounts over one denominator, to the last unit; ties are those among whom listed order decided.
import {floorDiv, total} from "./exact.js";

export function wholeUnits(amounts, over, money, rounding) {
    return rounding === "largest-remainder"
        ? largestRemainder(amounts, over, money) : restToLargest(amounts, over, money);
}

function largestRemainder(amounts, over, money) {
    const units = amounts.map(amount => amount / over);
    const remainders = amounts.map((amount, i) => amount - units[i] * over);
    const short = Number(money - total(units));
    if (!short) return {units, tied: []};
    const ranked = [...remainders].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    const cut = ranked[short - 1];
    let left = short;
    remainders.forEach((remainder, i) => { if (remainder > cut) { units[i] += 1n; left--; } });
    const equal = [];
    remainders.forEach((remainder, i) => {
        if (remainder !== cut) return;
        equal.push(i);
        if (left > 0) { units[i] += 1n; left--; }
    });
    return {units, tied: short < ranked.length && ranked[short] === cut ? equal : []};
}

function restToLargest(amounts, over, money) {
    const units = amounts.map(amount => floorDiv(2n * amount + over, 2n * over));
    const rest = money - total(units);
    if (!rest) return {units, tied: []};
    const most = amounts.reduce((a, b) => (b > a ? b : a));
    const largest = amounts.flatMap((amount, i) => (amount === most ? [i] : []));
    units[largest[0]] += rest;
    return {units, tied: largest.length > 1 ? largest : []};
}
