// What can be moved: the weights, and the floors and caps. Each change is a new rule for the option.
import {typed} from "./book.js";
import {el, named} from "./dom.js";
import {HUNDRED, compare, float, fraction, minus, over, plus, read, sign, sum, times, written} from "./exact.js";
import {limitWords} from "./model.js";


export function controls(model, at, book, changed) {
    const option = model.options[at];
    if (!option.rule) return el("p", {class: "note"}, fixedWords(option, book));
    const box = el("div", {class: "controls"});
    const set = rule => { model.change(at, {...option.rule, ...rule}); changed(); };
    box.append(weightsBox(option, book, set), limitsBox(model, option, book, set, () => redraw()), el("div", {class: "acts"}));
    const back = el("button", {type: "button", class: "quiet", on: {click: () => { model.change(at, null); changed(); redraw(); }}}, book.say("back"));
    box.lastChild.append(back);
    const redraw = () => box.replaceWith(controls(model, at, book, changed));
    return box;
}

export function fixedWords(option, book) {
    return option.rejected ? book.say("check_apart_option") : book.text(option.fixed);
}

// ---- weights

function weightsBox(option, book, set) {
    const shares = option.rule.kind === "shares";
    const box = el("fieldset", {}, el("legend", {}, book.say(shares ? "weights" : "multipliers")));
    const total = el("p", {class: "pill", role: "status"});
    const said = () => {
        if (!shares) return;
        const weights = option.rule.weights.map(read), all = sum(weights);
        const whole = compare(all, HUNDRED) === 0;
        total.className = whole ? "pill ok" : "pill scaled";
        const parts = weights.map(weight => (sign(all) ? book.percent(times(over(weight, all), HUNDRED)) : "—"));
        total.textContent = book.say(whole ? "total_ok" : "total_scaled", {total: book.percent(all), parts: book.list(parts)});
    };
    option.rule.factors.forEach((factor, j) => {
        const name = book.text(factor.name);
        box.append(slider({
            name: [named(name), factor.assumed && el("span", {class: "ring", title: book.say("assumed")})],
            label: name,
            value: read(option.rule.weights[j]),
            most: shares ? HUNDRED : plus(times(read(option.file.weights[j]), fraction(2n)), fraction(1n)),
            step: stepOf(read(option.file.weights[j]), shares),
            after: shares ? "%" : "",
            heard: value => {
                set({weights: option.rule.weights.map((weight, k) => (k === j ? written(value) : weight))});
                said();
            },
        }, book));
    });
    said();
    if (shares) box.append(total);
    return box;
}

// So fine that the weight as written lies on a step.
function stepOf(weight, shares) {
    if (weight.d === 1n) return shares || weight.n > 20n ? fraction(1n) : fraction(1n, 10n);
    return weight.d <= 10n ? fraction(1n, 10n) : fraction(1n, 100n);
}

// ---- floors and caps

function limitsBox(model, option, book, set, redraw) {
    const box = el("fieldset", {}, el("legend", {}, book.say("limits")));
    const each = (limit, n, end) => {
        const bound = limit[end], words = () => limitWords(option.rule.limits[n], end, option, model, book);
        const label = el("span", {}, words());
        const rate = bound.rate !== undefined;
        const size = rate ? times(read(bound.rate), HUNDRED) : over(read(bound.amount), fraction(model.unit));
        const money = over(read(option.rule.distributable), fraction(model.unit));
        const heard = value => {
            if (sign(value) < 0) return;
            const put = rate ? {rate: written(over(value, HUNDRED))} : {amount: written(times(value, fraction(model.unit)))};
            set({limits: option.rule.limits.map((one, k) => (k === n ? {...one, [end]: put} : one))});
            label.textContent = words();
        };
        const drop = el("button", {type: "button", class: "drop", "aria-label": book.say("remove", {what: words()}), on: {click: () => {
            const {[end]: _, ...rest} = option.rule.limits[n];
            const left = rest.floor || rest.cap ? [rest] : [];
            set({limits: [...option.rule.limits.slice(0, n), ...left, ...option.rule.limits.slice(n + 1)]});
            redraw();
        }}}, "×");
        const wide = limit.by || limit.of === "previous" ? fraction(200n) : HUNDRED;
        box.append(slider({
            name: label, label: words(), value: size, drop, after: rate ? "%" : book.text(model.content.unit),
            most: rate ? wide : limit.added ? read(limit.added) : money, step: fraction(1n), heard,
        }, book));
    };
    option.rule.limits.forEach((limit, n) => ["floor", "cap"].forEach(end => limit[end] && each(limit, n, end)));
    box.append(adding(model, option, book, limit => { set({limits: [...option.rule.limits, limit]}); redraw(); }));
    return box;
}

// A new limit starts at what its recipient gets now, so that nothing changes until it is moved.
function adding(model, option, book, put) {
    const whom = el("select", {"aria-label": book.say("whom")}, option.rule.members.map(i => el("option", {value: String(i)}, model.name(option.recipients[i], book))));
    const add = end => () => {
        const i = Number(whom.value), now = model.result(model.options.indexOf(option)).amounts.get(option.recipients[i]);
        const own = minus(now, read(option.rule.earmarks[i])), inUnit = over(own, fraction(model.unit));
        const most = fraction(roundedUp(times(inUnit, fraction(2n))) + 10n);
        put({who: [i], [end]: {amount: written(own)}, added: written(most)});
    };
    return el("div", {class: "adding"}, whom,
        el("button", {type: "button", on: {click: add("cap")}}, book.say("add_cap")),
        el("button", {type: "button", on: {click: add("floor")}}, book.say("add_floor")));
}

const roundedUp = ({n, d}) => (n + d - 1n) / d;

// ---- a slider with its figure

function slider({name, label, value, most, step, after, heard, drop}, book) {
    const plain = number => book.number(number).replace(/,/g, "").replace("−", "-");
    const range = el("input", {type: "range", min: 0, max: float(most), step: float(step), "aria-label": label});
    const figure = el("input", {type: "text", inputmode: "decimal", class: "figure", "aria-label": label, maxlength: 24});
    const show = number => {
        range.value = String(float(number));
        range.setAttribute("aria-valuetext", `${plain(number)}${after}`);
    };
    show(value);
    figure.value = plain(value);
    range.addEventListener("input", () => {
        const number = read(range.value);
        figure.value = plain(number);
        range.setAttribute("aria-valuetext", `${figure.value}${after}`);
        heard(number);
    });
    figure.addEventListener("change", () => {
        const number = typed(figure.value);
        if (number === null || sign(number) < 0) { figure.setAttribute("aria-invalid", "true"); return; }
        figure.removeAttribute("aria-invalid");
        show(number);
        heard(number);
    });
    return el("div", {class: "slider"}, el("div", {class: "name"}, el("span", {class: "what"}, name),
        el("span", {class: "size"}, figure, after), drop), range);
}
