// What an allocation changes against a base, and the title that says it in one line.
import {ZERO, compare, fraction, minus, over, sign, size, sum} from "./exact.js";
import {isolated} from "./book.js";

const APART = fraction(5n);  // an outlier is at least this many times the next amount
const NAMES = 3;  // the most that a title names

// Amounts by name of recipient (its number in the page) against a base; funds are null where one is not known.
export function find(amounts, base, fund = null, baseFund = null) {
    const changes = new Map();
    for (const id of [...amounts.keys(), ...base.keys()]) {
        if (!changes.has(id)) changes.set(id, minus(amounts.get(id) || ZERO, base.get(id) || ZERO));
    }
    const side = wanted => {
        const ids = [...changes.keys()].filter(id => sign(changes.get(id)) === wanted);
        return {ids, amount: sum(ids.map(id => size(changes.get(id))))};
    };
    return {
        changes,
        gains: side(1),
        losses: side(-1),
        more: minus(sum([...amounts.values()]), sum([...base.values()])),
        fundMore: fund && baseFund ? minus(fund, baseFund) : null,
    };
}

// The few whose amounts are so large that the others would vanish on one axis.
export function outliers(amounts) {
    const order = [...amounts.keys()].sort((a, b) => compare(amounts.get(b), amounts.get(a)));
    let gap = null, above = 0;
    for (let k = 1; order.length > 2 && k <= Math.max(1, order.length >> 2); k++) {
        if (sign(amounts.get(order[k])) <= 0) continue;
        const ratio = over(amounts.get(order[k - 1]), amounts.get(order[k]));
        if (gap === null || compare(ratio, gap) > 0) { gap = ratio; above = k; }
    }
    if (gap === null || compare(gap, APART) < 0) return [];
    const apart = new Set(order.slice(0, above));
    return [...amounts.keys()].filter(id => apart.has(id));
}

// The title on changes; on the amounts where none changes or there is no base.
export function title(amounts, found, {book, names, currency}) {
    const words = {book, name: id => isolated(names(id)), money: (amount, signed) => book.money(amount, currency, signed)};
    if (!found || !(found.gains.ids.length || found.losses.ids.length)) return splitTitle(amounts, words);
    const counts = book.say("finding.counts", {gains: found.gains.ids.length, losses: found.losses.ids.length});
    if (sign(found.more)) return book.say("title.total", {total: totalClause(found, words), counts});
    if (found.losses.ids.length === 1) return fromOne("title.loser", found.losses, found.gains, amounts, found, words);
    if (found.gains.ids.length === 1) return fromOne("title.gainer", found.gains, found.losses, amounts, found, words);
    const said = book.say("title.moved", {amount: words.money(found.gains.amount), counts});
    return found.fundMore && sign(found.fundMore) ? totalClause(found, words) + book.say("title.join") + said : said;
}

function totalClause(found, {book, money}) {
    const {fundMore: fund, more} = found;
    const said = [];
    const clause = (kind, by) => said.push(
        book.say(`finding.${kind}_${sign(by) > 0 ? "more" : sign(by) < 0 ? "less" : "same"}`, {amount: money(size(by))}));
    if (!fund || compare(fund, more) === 0) {
        if (sign(more)) clause(fund ? "fund" : "sum", more);
    } else {
        clause("fund", fund);
        clause("sum", more);
    }
    return said.join(book.say("finding.clause_join"));
}

function fromOne(key, one, others, amounts, found, words) {
    const {book, name, money} = words, id = one.ids[0];
    const every = others.ids.length === found.changes.size - 1;
    const whom = others.ids.length === 1 ? name(others.ids[0])
        : book.say(every ? "title.rest" : "title.some", {count: others.ids.length});
    const said = book.say(key, {
        name: name(id), amount: money(amounts.get(id) || ZERO), by: money(found.changes.get(id), true), whom,
    });
    const first = foremost(others, found.changes);
    if (others.ids.length === 1 || !first.length) return said;
    const figures = first.map(other => book.say("title.one", {name: name(other), by: money(found.changes.get(other), true)}));
    return said + book.say(others.ids.length > first.length ? "title.foremost" : "title.others", {figures: book.list(figures)});
}

// The one or two with the largest changes, where no other's is as large.
function foremost(side, changes) {
    const of = id => size(changes.get(id));
    const order = [...side.ids].sort((a, b) => compare(of(b), of(a)));
    for (const count of [2, 1]) {
        if (order.length === count || (order.length > count && compare(of(order[count - 1]), of(order[count])) > 0)) {
            return order.slice(0, count);
        }
    }
    return [];
}

function splitTitle(all, words) {
    const {book, name, money} = words;
    const amounts = new Map([...all].filter(([, amount]) => sign(amount)));
    if (!amounts.size) return book.say("title.nothing");
    const whole = sum([...all.values()]), above = outliers(amounts);
    if (above.length && above.length <= NAMES) {
        const sumAbove = sum(above.map(id => amounts.get(id)));
        return book.say(above.length === 1 ? "title.apart" : "title.apart_each", {
            names: book.list(above.map(name)), amount: money(sumAbove), share: book.share(over(sumAbove, whole)),
            count: all.size - above.length, rest: money(minus(whole, sumAbove)),
        });
    }
    const extreme = (of, way) => [...of.values()].reduce((a, b) => (compare(b, a) * way > 0 ? b : a));
    const most = extreme(amounts, 1), least = extreme(all, -1);
    if (!compare(most, least) && amounts.size > 1) return book.say("title.each", {count: amounts.size, amount: money(most)});
    const end = amount => {
        const ids = [...all.keys()].filter(id => !compare(all.get(id), amount));
        const named = ids.length > NAMES ? book.say("title.some", {count: ids.length}) : book.list(ids.map(name));
        return book.say(ids.length === 1 ? "title.end" : "title.end_each", {names: named, amount: money(amount)});
    };
    return compare(most, least) ? book.say("title.between", {most: end(most), least: end(least)}) : end(most);
}
