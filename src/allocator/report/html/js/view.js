// What is shown of one option: its finding, its picture and its table.
import {isolated} from "./book.js";
import {el, named} from "./dom.js";
import {HUNDRED, ZERO, compare, fraction, minus, over, plus, read, sign, times} from "./exact.js";
import {largest, totalAmount} from "./model.js";
import {histogramTable, largestFirst, panelsOf, pictureTable, shown} from "./picture.js";

export const DRAWN = 30;  // the most rows of a picture
const BRIEF = 12;  // and of one on a slide, where there are more than that

// The rows of a picture: amount and base of each recipient, those of the base alone with ZERO.
export function rowsOf(model, at, book) {
    const amounts = model.shownAmounts(at), against = model.against(at), option = model.options[at];
    const ids = [...new Set([...amounts.keys(), ...(against ? against.amounts.keys() : [])])];
    return ids.map(id => ({
        id,
        name: model.name(id, book),
        amount: amounts.get(id) || ZERO,
        base: against ? against.amounts.get(id) || ZERO : null,
        hollow: option.assumed,
    }));
}

export function headline(model, at, book) {
    const {refused} = model.result(at);
    return el("h1", {class: refused ? "refused" : ""}, model.title(at, book));
}

export function heads(model, at, book) {
    const base = capital(model.trial ? book.say("before_trial") : model.baseName(book));
    return {
        who: book.text(model.content.who), amount: book.say("amount"), base, change: book.say("change"),
        caption: book.say("picture_caption"), count: book.say("chart.rest_count"),
    };
}

// A name as the heading of a column.
function capital(name) {
    return name.slice(0, 1).toUpperCase() + name.slice(1);
}

export function legend(model, at, rows, book) {
    const compared = rows.some(row => row.base !== null), option = model.options[at];
    return el("ul", {class: "legend"},
        el("li", {}, el("span", {class: option.assumed ? "key ring" : "key dot"}), book.say(option.assumed ? "chart.legend_hollow" : "chart.legend_solid")),
        compared && el("li", {}, el("span", {class: "key tick"}), heads(model, at, book).base),
        el("li", {}, book.say("table.unit", {unit: book.text(model.content.unit)})),
        compared && rows.every(row => !compare(row.amount, row.base)) && el("li", {class: "equal"}, book.say("equal", {name: heads(model, at, book).base})),
        panelsOf(rows).length > 1 && el("li", {}, book.say("chart.scales")));
}

// The picture; of very many recipients the largest changes, and unless ``brief`` how the others' amounts are spread.
export function picture(model, at, book, {brief = false} = {}) {
    const rows = rowsOf(model, at, book), words = {unit: model.unit, book};
    if (rows.length <= DRAWN) return [pictureTable(rows, words, heads(model, at, book))];
    const count = brief ? BRIEF : DRAWN, order = largestFirst(rows), drawn = order.slice(0, count), rest = order.slice(count);
    const said = book.say(rows.some(row => row.base !== null) ? "drawn_changes" : "drawn_amounts", {count});
    const caption = book.say("chart.rest", {count: rest.length});
    const spread = {...heads(model, at, book), amount: book.say("chart.rest_amount", {unit: book.text(model.content.unit)}), caption};
    return [el("p", {class: "note"}, said), pictureTable(drawn, words, heads(model, at, book)),
        !brief && [el("h2", {}, caption), histogramTable(rest.map(row => row.amount), words, spread)]];
}

// ---- the table

export const PAGE = 50;  // rows of a table at once

// The table of an option: {ids} are those shown, all by default.
export function table(model, at, book, {ids = null, first = 0} = {}) {
    const option = model.options[at], amounts = model.shownAmounts(at), against = model.against(at);
    const words = {unit: model.unit, book}, {found} = model.result(at);
    const whole = totalAmount(amounts), every = [...amounts.keys()];
    const wanted = ids || every, some = wanted.slice(first, first + PAGE);
    const notes = found && !model.trial ? notesOf(found, option, book) : new Map();
    const percent = part => book.number(times(part, HUNDRED), 2);
    const head = el("tr", {}, el("th", {scope: "col"}, book.say("table.number")), el("th", {scope: "col"}, book.text(model.content.who)),
        el("th", {scope: "col", class: "n"}, book.say("amount")), el("th", {scope: "col", class: "n"}, book.say("share")),
        against && [heads(model, at, book).base, book.say("change"), book.say("growth")].map(text => el("th", {scope: "col", class: "n"}, text)),
        notes.size > 0 && el("th", {scope: "col"}, book.say("note")));
    const compared = (amount, base) => {
        if (!against) return null;
        const change = minus(amount, base), kind = sign(change) > 0 ? "gain" : sign(change) < 0 ? "loss" : "same";
        return [el("td", {class: "n"}, shown(base, words)), el("td", {class: `n ${kind}`}, shown(change, words, true)),
            el("td", {class: "n"}, sign(base) ? book.number(times(over(change, base), HUNDRED), 1, true) : "—")];
    };
    const position = new Map(every.map((id, i) => [id, i + 1]));
    const body = some.map(id => el("tr", {}, el("td", {}, String(position.get(id))), el("th", {scope: "row"}, named(model.name(id, book))),
        el("td", {class: "n strong"}, shown(amounts.get(id), words)),
        el("td", {class: "n"}, sign(whole) ? percent(over(amounts.get(id), whole)) : "—"),
        compared(amounts.get(id), against && (against.amounts.get(id) || ZERO)),
        notes.size > 0 && el("td", {}, notes.get(id) || "")));
    const line = (kind, name, amount, base) => el("tr", {class: kind}, el("td"), el("th", {scope: "row"}, name),
        el("td", {class: "n"}, shown(amount, words)), el("td", {class: "n"}, base && sign(whole) ? percent(fraction(1n)) : ""),
        against && (base ? compared(amount, base) : [el("td"), el("td"), el("td")]), notes.size > 0 && el("td"));
    const reserved = read(option.reserved);
    const sums = [line("subtotal", book.text(model.content.recipients_sum), whole, against ? totalAmount(against.amounts) : fraction(1n))];
    if (sign(reserved)) {
        sums.push(line("subtotal", book.say("table.departments"), reserved, null), line("total", book.say("table.total"), plus(whole, reserved), null));
    }
    return el("table", {class: "sheet"}, el("caption", {class: "sr"}, book.say("table_caption")), el("thead", {}, head), el("tbody", {}, body, sums));
}

function notesOf(found, option, book) {
    const said = new Map(), tied = new Set(found.tied);
    option.recipients.forEach((id, i) => {
        const words = [];
        if (found.at.get(i)) words.push(book.say(found.at.get(i) === "floor" ? "table.at_floor" : "table.at_cap"));
        if (tied.has(i)) words.push(book.say("table.tied"));
        if (words.length) said.set(id, book.list(words));
    });
    return said;
}

// ---- the options side by side

export function sideBySide(model, book, most = DRAWN) {
    const words = {unit: model.unit, book}, all = model.options.map((_, at) => at);
    const ids = [...new Set(all.flatMap(at => [...model.result(at).amounts.keys()]))];
    const order = ids.length > most ? ids.slice().sort((a, b) => compare(widest(model, b), widest(model, a))).slice(0, most) : ids;
    const head = el("tr", {}, el("th", {scope: "col"}, book.text(model.content.who)), all.map(at => [
        el("th", {scope: "col", class: at === model.content.proposed ? "n chosen" : "n"}, model.letter(at, book),
            at === model.content.proposed && el("span", {class: "tag"}, book.say("proposed"))),
        model.against(at) && el("th", {scope: "col", class: "n"}, book.say("change")),
    ]));
    const rows = order.map(id => el("tr", {}, el("th", {scope: "row"}, named(model.name(id, book))), all.map(at => {
        const amount = model.result(at).amounts.get(id), against = model.against(at);
        const change = against && minus(amount || ZERO, against.amounts.get(id) || ZERO);
        const kind = change && (sign(change) > 0 ? "gain" : sign(change) < 0 ? "loss" : "same");
        return [el("td", {class: "n strong"}, amount ? shown(amount, words) : "—"), against && el("td", {class: `n ${kind}`}, shown(change, words, true))];
    })));
    return [el("table", {class: "sheet side"}, el("caption", {class: "sr"}, book.say("side_caption")), el("thead", {}, head), el("tbody", {}, rows)),
        ids.length > order.length && el("p", {class: "note"}, book.say("table_some", {count: order.length, rest: ids.length - order.length}))];
}

function widest(model, id) {
    const amounts = model.options.map((_, at) => model.result(at).amounts.get(id) || ZERO);
    const least = amounts.reduce((a, b) => (compare(a, b) < 0 ? a : b));
    return minus(largest(new Map(amounts.entries())), least);
}

// A line for each option: its letter, what differs, money moved, who gains and loses.
export function optionLines(model, book) {
    return el("ol", {class: "options-said"}, model.options.map((option, at) => el("li", {class: at === model.content.proposed ? "chosen" : ""},
        el("strong", {}, isolated(model.options.length > 1 ? book.say("report.option", {letter: option.letter, title: book.text(option.title)}) : book.text(option.title))),
        at === model.content.proposed && model.options.length > 1 && el("span", {class: "tag"}, book.say("proposed")),
        model.altered(at) && el("span", {class: "tag edited"}, book.say("edited")),
        el("p", {class: "found"}, model.title(at, book)),
        el("p", {}, book.text(option.described)))));
}
