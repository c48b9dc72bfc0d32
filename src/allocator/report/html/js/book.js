// Sentences, numbers and money in a reader's language, as the program writes them.
import {fraction, minus, over, read, sign, size, times} from "./exact.js";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const HUNDREDTH = fraction(1n, 100n);

// A name within a sentence: one that is written from right to left does not turn what stands beside it.
export function isolated(name) {
    return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

// Whether a name ends in a figure and what stands right behind it begins with one.
function touch(name, next = "") {
    return /^\d[+−×≈约]?\d/.test(String(name).slice(-1) + String(next).slice(0, 2));
}

export class Book {
    constructor(language, texts) {
        this.key = language.key;
        this.chinese = language.chinese;
        this.texts = texts;
    }

    // The sentence with this key, its details filled in; figures that would run together are set off.
    say(key, details = {}) {
        const sentence = this.texts[key];
        if (sentence === undefined) throw new Error(`no sentence ${key}`);
        return sentence.replace(/\{(\w+)\}(?=\{(\w+)\}|)/g, (_, name, next) =>
            touch(details[name], details[next]) ? `${details[name]} ` : details[name]);
    }

    // A name given in every language of the page.
    text(named) {
        return named[this.key];
    }

    list(parts) {
        return parts.join(this.say("place.list"));
    }

    // A number with so many decimals, halves to even; without places exactly up to six.
    number(value, places = null, signed = false) {
        const digits = places === null ? 6 : places;
        const units = halvesToEven(times(value, fraction(10n ** BigInt(digits))));
        const below = units < 0n, all = String(below ? -units : units).padStart(digits + 1, "0");
        let whole = digits ? all.slice(0, -digits) : all, decimals = digits ? all.slice(-digits) : "";
        if (places === null) decimals = decimals.replace(/0+$/, "");
        if (!this.chinese) whole = whole.replace(/\B(?=(\d{3})+$)/g, ",");
        const text = decimals ? `${whole}.${decimals}` : whole;
        return !units ? text : below ? `−${text}` : signed ? `+${text}` : text;
    }

    // An amount in a sentence: Chinese in 万元 where that is short, English in full.
    money(amount, currency, signed = false) {
        const absolute = size(amount);
        if (currency.code !== "CNY") {
            let value = this.number(amount, null, signed);
            if (this.chinese && sign(minus(absolute, fraction(10n ** 8n))) >= 0 && amount.d === 1n && !(amount.n % 1000000n)) {
                value = this.say("money.hundred_million", {value: this.number(over(amount, fraction(10n ** 8n)), null, signed)});
            }
            return this.amount(value, currency, 1n);
        }
        const short = this.chinese && sign(minus(absolute, fraction(10000n))) >= 0 && amount.d === 1n && !(amount.n % 100n);
        const scale = short ? 10000n : 1n;
        return this.amount(this.number(over(amount, fraction(scale)), null, signed), currency, scale);
    }

    // A figure and its unit.
    amount(value, currency, scale) {
        const unit = currency.code === "CNY"
            ? this.say(scale === 10000n ? "money.ten_thousand" : "money.one") : currency.names[this.key];
        return this.say(currency.bare ? "money.foreign" : "money.amount", {value, unit});
    }

    // A part of some money in percent to one decimal; a part above zero never shows as 0 %.
    share(part) {
        if (sign(part) > 0 && sign(minus(part, fraction(1n, 1000n))) < 0) return this.say("finding.tiny_share");
        return this.say("finding.percent", {value: this.number(times(part, fraction(100n)), part.n ? 1 : 0)});
    }

    // A percentage with at most two decimals, and a mark where that rounds it.
    percent(value) {
        const units = halvesToEven(over(value, HUNDREDTH));
        const rounded = fraction(units, 100n), same = rounded.n === value.n && rounded.d === value.d;
        return this.say(same ? "rule.percent" : "rule.about_percent", {value: this.number(rounded)});
    }
}

function halvesToEven({n, d}) {
    const below = n < 0n, above = below ? -n : n;
    let whole = above / d;
    const twice = 2n * (above - whole * d);
    if (twice > d || (twice === d && whole % 2n)) whole += 1n;
    return below ? -whole : whole;
}

// A number that a person has typed: null where it is none. Full-width signs and separators count as others do.
export function typed(text) {
    const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace("−", "-").replace(/^\+/, "");
    return /^-?\d{1,20}(\.\d{1,10})?$/.test(plain) ? read(plain) : null;
}
