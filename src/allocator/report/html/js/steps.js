// How one amount comes about: the steps of a recipient, as the page has worked them out.
import {stepsOf} from "./allocate.js";
import {el, fill, named} from "./dom.js";
import {fraction, minus, over, read, sign} from "./exact.js";

export function stepsBox(model, at, book) {
    const option = model.options[at], {found} = model.result(at), holder = el("div");
    const whom = el("select", {"aria-label": book.say("whom")},
        option.rule.members.map((i, place) => el("option", {value: String(place)}, model.name(option.recipients[i], book))));
    const draw = () => fill(holder, stepsTable(option, found, Number(whom.value), model, book));
    whom.addEventListener("change", draw);
    draw();
    return [whom, el("p", {class: "unit"}, book.say("table.unit", {unit: book.text(model.content.unit)})), holder];
}

function stepsTable(option, found, place, model, book) {
    const {factors, entitlement, limited} = stepsOf(found, place), i = option.rule.members[place];
    const earmark = read(option.rule.earmarks[i]), amount = found.amounts[i], size = one => about(over(one, fraction(model.unit)), 2, book);
    const row = (name, figure, kind = "") => el("tr", {class: kind}, el("th", {scope: "row"}, name), el("td", {class: "n"}, figure));
    const rows = option.rule.factors.map((factor, j) => row(named(book.text(factor.name)), size(factors[j])));
    rows.push(row(book.say("html.step.entitlement"), size(entitlement)));
    if (found.bounds.any) {
        rows.push(row(book.say("html.step.multiplier"), about(found.multiplier, 6, book)), row(book.say("html.step.limited"), size(limited)));
    }
    rows.push(row(book.say("html.step.rounded"), size(minus(minus(amount, earmark), limited))));
    if (sign(earmark)) rows.push(row(book.say("html.step.earmark"), size(earmark)));
    rows.push(row(book.say("html.step.amount"), size(amount), "total"));
    return el("table", {class: "sheet"}, el("caption", {class: "sr"}, book.say("steps")), el("tbody", {}, rows));
}

// With so many decimals, marked where that is not the exact figure.
function about(value, places, book) {
    const exact = 10n ** BigInt(places) % value.d === 0n;
    return exact ? book.number(value) : `≈${book.number(value, places)}`;
}
