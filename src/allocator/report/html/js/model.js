// The options of the page: the program's own amounts, the rule as it stands on the screen, and what that comes to.
import {allocate} from "./allocate.js";
import {isolated} from "./book.js";
import {ZERO, compare, fraction, minus, over, plus, read, sign, sum, times, written} from "./exact.js";
import {find, title} from "./finding.js";
import {openRule} from "./opened.js";
import {Refused} from "./refused.js";
import {columnsOf} from "./score.js";


export class Model {
    constructor(content) {
        this.content = content;
        this.currency = content.currency;
        this.unit = BigInt(content.scale);
        this.options = content.options.map(option => {
            const rule = option.rule ? openRule(option.rule, content.columns) : null;
            return {
                ...option,
                amounts: content.columns[option.amounts].map(read),
                file: rule,
                rule,
                columns: rule ? columnsOf(rule) : null,
                result: null,
            };
        });
        this.bases = content.bases.map(base => ({...base, amounts: this.byName(base.recipients, content.columns[base.amounts].map(read))}));
        this.chosen = content.proposed;
        this.base = content.base;
        this.trial = null;
    }

    byName(recipients, amounts) {
        return new Map(recipients.map((name, at) => [name, amounts[at]]));
    }

    // The amounts on the screen of an option, by number of recipient, and what the rule gave them; or why it cannot.
    result(at) {
        const option = this.options[at];
        if (option.result) return option.result;
        let found = null, refused = null, amounts = option.amounts;
        if (option.rule && option.rule !== option.file) {
            try {
                found = allocate(option.rule, option.columns);
                amounts = found.amounts;
            } catch (error) {
                if (!(error instanceof Refused)) throw error;
                refused = error;
            }
        } else if (option.rule) {
            found = option.found = option.found || allocate(option.rule, option.columns);
        }
        option.result = {amounts: this.byName(option.recipients, amounts), found, refused};
        return option.result;
    }

    // An option with another rule: the one of its file stands for "not changed".
    change(at, rule) {
        const option = this.options[at];
        option.rule = rule && same(rule, option.file) ? option.file : rule || option.file;
        option.result = null;
        this.trial = null;
    }

    altered(at) {
        return this.options[at].rule !== this.options[at].file;
    }

    // What amounts are held against: {key, amounts, fund}; null where the option is the base itself.
    against(at) {
        if (this.trial) return {amounts: this.result(at).amounts, fund: null, trial: true};
        if (typeof this.base === "number") {
            if (this.base === at) return null;
            return {amounts: this.result(this.base).amounts, fund: read(this.options[this.base].fund)};
        }
        const base = this.bases.find(one => one.key === this.base);
        return base ? {amounts: base.amounts, fund: null} : null;
    }

    shownAmounts(at) {
        return this.trial && this.trial.at === at ? this.trial.amounts : this.result(at).amounts;
    }

    finding(at) {
        const against = this.against(at);
        if (!against) return null;
        const fund = against.fund ? read(this.options[at].fund) : null;
        return find(this.shownAmounts(at), against.amounts, fund, against.fund);
    }

    title(at, book) {
        return title(this.shownAmounts(at), this.finding(at), {book, names: id => this.name(id, book), currency: this.currency});
    }

    name(id, book) {
        return book.text(this.content.recipients[id]);
    }

    baseName(book, key = this.base) {
        if (typeof key === "number") return this.letter(key, book);
        const base = this.bases.find(one => one.key === key);
        return base ? book.text(base.name) : "";
    }

    letter(at, book) {
        return this.options.length > 1 ? book.say("report.option_short", {letter: this.options[at].letter}) : book.text(this.options[at].title);
    }

    // 现场试算: so much more for one, paid by all others as the rule has it, or by one of them. Throws Refused.
    tryOut(at, id, by, payer) {
        const option = this.options[at], before = this.result(at).amounts, unit = read(option.unit);
        const wanted = plus(before.get(id), by);
        if (sign(wanted) < 0) throw new Refused("trial_below_zero", {id});
        if (over(by, unit).d !== 1n) throw new Refused("trial_unit", {unit});
        let amounts = new Map(before);
        if (payer === null) {
            const position = option.recipients.indexOf(id);
            if (!option.rule || !option.rule.members.includes(position)) throw new Refused("trial_apart", {id});
            const own = minus(wanted, read(option.rule.earmarks[position]));
            if (sign(own) < 0) throw new Refused("trial_below_zero", {id});
            const found = allocate({...option.rule, pinned: {position, amount: written(own)}}, option.columns);
            amounts = this.byName(option.recipients, found.amounts);
        } else {
            const left = minus(before.get(payer), by);
            if (sign(left) < 0) throw new Refused("trial_below_zero", {id: payer});
            amounts.set(id, wanted).set(payer, left);
        }
        this.trial = {at, id, by, payer, amounts};
    }
}

function same(rule, file) {
    return JSON.stringify([rule.weights, rule.limits]) === JSON.stringify([file.weights, file.limits]);
}

// What a limit is for, in words, and what it says of one end.
export function limitWords(limit, end, option, model, book) {
    const names = limit.who.map(i => isolated(model.name(option.recipients[i], book)));
    let whom = book.list(names.slice(0, 4));
    if (limit.everybody) whom = book.say("rule.each");
    else if (limit.called) whom = book.say("rule.each_kind", {kind: isolated(book.text(limit.called))});
    else if (names.length > 4) whom = book.say("rule.and_more", {names: whom, count: names.length});
    const bound = limit[end];
    let size;
    if (bound.amount !== undefined) size = book.money(read(bound.amount), model.currency);
    else {
        let base = book.say({fund: "rule.of_fund", distributable: "rule.of_distributable", previous: "rule.of_previous"}[limit.of]);
        if (limit.by) base = book.say("rule.by", {base, name: isolated(book.text(limit.by_name))});
        size = book.say("rule.rate", {rate: book.percent(times(read(bound.rate), fraction(100n))), base});
    }
    const many = !limit.everybody && !limit.called && names.length > 1;
    return book.say(`rule.${end}${many ? "s" : ""}`, {whom, size});
}

// Why a rule cannot be worked out, as a sentence.
export function refusal(error, option, model, book) {
    const {details: d} = error, unit = read(option.unit);
    const money = units => book.money(times(fraction(units), unit), model.currency);
    const name = place => isolated(model.name(option.recipients[option.rule.members[place]], book));
    const said = {
        floor_above_cap: () => ({name: name(d.place), floor: money(d.floor), cap: money(d.cap)}),
        floors_above_money: () => ({sum: money(d.sum), money: money(d.money), more: money(d.sum - d.money)}),
        caps_below_money: () => ({sum: money(d.sum), money: money(d.money), less: money(d.money - d.sum)}),
        rest_breaks_limit: () => ({name: name(d.place), amount: money(d.amount), limit: money(d.limit)}),
        factor_zero: () => ({name: isolated(book.text(option.rule.factors[d.factor].name))}),
        trial_below_zero: () => ({name: isolated(model.name(d.id, book))}),
        trial_apart: () => ({name: isolated(model.name(d.id, book))}),
        trial_unit: () => ({unit: book.money(d.unit, model.currency)}),
    }[error.key];
    return book.say(`refused.${error.key}`, said ? said() : {});
}

export function largest(amounts) {
    return [...amounts.values()].reduce((a, b) => (compare(b, a) > 0 ? b : a), ZERO);
}

export const totalAmount = amounts => sum([...amounts.values()]);
