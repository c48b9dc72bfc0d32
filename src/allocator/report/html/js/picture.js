// The picture of an allocation: a row for each recipient with its point, the mark of its base and its change.
import {ZERO, compare, float, fraction, minus, over, sign, size} from "./exact.js";
import {el, named} from "./dom.js";
import {outliers} from "./finding.js";

const TICKS = 4;  // at most, beside zero
const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 20];

export function roundUp(value) {
    if (value <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(value) + 1e-12);
    return STEPS.find(step => step * power >= value * (1 - 1e-9)) * power;
}

// An amount in the page's unit: whole where it is whole, else with two decimals.
export function shown(amount, {unit, book}, signed = false) {
    const value = over(amount, fraction(unit));
    return book.number(value, value.d === 1n ? 0 : 2, signed);
}

// rows: {id, name, amount, base (or null), hollow}
export function pictureTable(rows, words, heads) {
    const compared = rows.some(row => row.base !== null);
    const changes = rows.map(row => (row.base === null ? 0 : float(over(minus(row.amount, row.base), fraction(words.unit)))));
    const low = Math.min(0, ...changes), span = Math.max(0, ...changes) - low;
    const along = change => (span ? percent((float(over(change, fraction(words.unit))) - low) / span) : 0);
    const head = el("tr", {}, el("th", {scope: "col"}, heads.who), el("th", {scope: "col", colspan: 2}, heads.amount));
    if (compared) {
        head.append(el("th", {scope: "col", class: "n"}, named(heads.base)), el("th", {scope: "col", colspan: 2}, heads.change));
    }
    const table = el("table", {class: rows.length > 12 ? "picture close" : "picture"},
        el("caption", {class: "sr"}, heads.caption), el("thead", {}, head));
    for (const part of panelsOf(rows)) table.append(panel(part, words, compared, along, span));
    return table;
}

// Those that can share one axis, and apart the outliers, each in the order given.
export function panelsOf(rows) {
    const largest = new Map(rows.map(row => [row, row.base !== null && compare(row.base, row.amount) > 0 ? row.base : row.amount]));
    const apart = new Set(outliers(largest));
    return [rows.filter(row => !apart.has(row)), rows.filter(row => apart.has(row))].filter(part => part.length);
}

function panel(rows, words, compared, along, span) {
    const {unit, book} = words;
    const most = Math.max(...rows.flatMap(row => [row.amount, row.base || ZERO]).map(one => float(over(one, fraction(unit)))));
    const top = roundUp(most) * 1.04, step = roundUp(top / 1.04 / TICKS);
    const at = amount => percent(float(over(amount, fraction(unit))) / top);
    const ticks = [];
    for (let k = 0; k * step <= top; k++) {
        ticks.push({at: percent(step * k / top), text: book.number(fraction(BigInt(Math.round(step * k * 1e6)), 1000000n))});
    }
    const body = el("tbody", {style: {
        "--grid": lines(ticks.map(tick => tick.at), "#e8edf2"), "--zero": lines(span ? [along(ZERO)] : [], "#7d8b98"),
    }});
    const axis = ticks.map(tick => el("i", {style: {left: `${tick.at}%`}}, tick.text));
    body.append(el("tr", {class: "axis", "aria-hidden": "true"}, el("td"), el("td", {class: "track"}, el("div", {}, axis)),
        el("td"), compared && [el("td"), el("td"), el("td")]));
    for (const row of rows) body.append(line(row, words, compared, at, along));
    return body;
}

function line(row, words, compared, at, along) {
    const place = at(row.amount);
    const drawn = el("div", {}, el("b", {class: "stem", style: {width: `${place}%`}}),
        row.base !== null && el("b", {class: "base", style: {left: `${at(row.base)}%`}}),
        el("b", {class: row.hollow ? "point hollow" : "point", style: {left: `${place}%`}}));
    const cells = [el("th", {scope: "row"}, named(row.name)), el("td", {class: "track", "aria-hidden": "true"}, drawn),
        el("td", {class: "n strong"}, shown(row.amount, words))];
    if (compared && row.base !== null) {
        const change = minus(row.amount, row.base), ends = [along(ZERO), along(change)].sort((a, b) => a - b);
        const kind = sign(change) > 0 ? "gain" : sign(change) < 0 ? "loss" : "same";
        const bar = sign(change) ? el("b", {class: "bar", style: {left: `${ends[0]}%`, width: `${ends[1] - ends[0]}%`}}) : null;
        cells.push(el("td", {class: "n"}, shown(row.base, words)), el("td", {class: `n ${kind}`}, shown(change, words, true)),
            el("td", {class: `track ${kind}`, "aria-hidden": "true"}, el("div", {}, bar)));
    } else if (compared) cells.push(el("td"), el("td"), el("td"));
    return el("tr", {}, cells);
}

// Upright lines at these percentages, as a background that all rows share.
function lines(places, colour) {
    const stops = places.map(at => {
        const left = at > 99 ? `calc(${at}% - 1px)` : `${at}%`, right = at > 99 ? "100%" : `calc(${at}% + 1px)`;
        return `transparent ${left},${colour} ${left},${colour} ${right},transparent ${right}`;
    });
    return stops.length ? `linear-gradient(90deg,${stops.join(",")})` : "none";
}

function percent(part) {
    return Math.round(10000 * Math.min(1, Math.max(0, part))) / 100;
}

// The many that a picture leaves out, in bins of one round width.
export function histogramTable(amounts, words, heads) {
    const {unit, book} = words, inUnit = amounts.map(amount => float(over(amount, fraction(unit))));
    const width = roundUp(Math.max(...inUnit) / 8), counts = [];
    inUnit.forEach(amount => {
        const bin = Math.floor(amount / width + 1e-9);
        counts[bin] = (counts[bin] || 0) + 1;
    });
    const fullest = Math.max(...counts.filter(Boolean));
    const edge = k => book.number(fraction(BigInt(Math.round(k * width * 1e6)), 1000000n));
    const rows = Array.from(counts, (count = 0, k) => el("tr", {},
        el("th", {scope: "row"}, book.say("chart.bin", {low: edge(k), high: edge(k + 1)})), el("td", {class: "n strong"}, String(count)),
        el("td", {class: "track", "aria-hidden": "true"}, el("div", {}, count > 0 && el("b", {class: "bar count", style: {left: "0", width: `${100 * count / fullest}%`}})))));
    return el("table", {class: "picture close histogram"}, el("caption", {class: "sr"}, heads.caption),
        el("thead", {}, el("tr", {}, el("th", {scope: "col"}, heads.amount), el("th", {scope: "col", colspan: 2}, heads.count))),
        el("tbody", {}, rows));
}

export function largestFirst(rows) {
    const by = row => (row.base === null ? row.amount : size(minus(row.amount, row.base)));
    return [...rows].sort((a, b) => compare(by(b), by(a)));
}
