// 现场试算: whom, how much, who pays; everybody's change in one line. Nothing of it is kept.
import {isolated, typed} from "./book.js";
import {el, fill} from "./dom.js";
import {fraction, minus, sign, times} from "./exact.js";
import {refusal} from "./model.js";
import {Refused} from "./refused.js";

export function trialBox(model, at, book, changed, close) {
    const option = model.options[at], names = option.recipients.map(id => [id, model.name(id, book)]);
    const picked = (label, first) => el("select", {"aria-label": label}, first && el("option", {value: ""}, first),
        names.map(([id, name]) => el("option", {value: String(id)}, name)));
    const whom = picked(book.say("whom"), null), payer = picked(book.say("payer"), option.rule ? book.say("payer_rest") : null);
    const size = el("input", {type: "text", inputmode: "decimal", maxlength: 20, "aria-label": book.say("how_much"), value: ""});
    const said = el("p", {class: "said", role: "status"});
    const work = () => {
        const inUnit = typed(size.value);
        model.trial = null;
        if (inUnit === null || !sign(inUnit)) {
            fill(said, size.value.trim() ? book.say("trial_number") : book.say("trial_about"));
        } else {
            try {
                const by = times(inUnit, fraction(model.unit));
                model.tryOut(at, Number(whom.value), by, payer.value === "" ? null : Number(payer.value));
                fill(said, trialLine(model, at, book));
            } catch (error) {
                if (!(error instanceof Refused)) throw error;
                fill(said, refusal(error, option, model, book));
            }
        }
        changed();
    };
    for (const field of [whom, payer]) field.addEventListener("change", work);
    size.addEventListener("input", work);
    const box = el("section", {class: "trial", "aria-label": book.say("trial")},
        el("div", {class: "fields"}, el("strong", {}, book.say("trial")), whom,
            el("label", {}, book.say("how_much"), size, book.text(model.content.unit)), el("label", {}, book.say("payer"), payer),
            el("span", {class: "tag edited"}, book.say("trial_mark")),
            el("button", {type: "button", class: "quiet", on: {click: close}}, book.say("close"))), said);
    work();
    return {box, focus: () => whom.focus()};
}

// Everybody's change in one line, the largest first; of many the largest ten.
export function trialLine(model, at, book) {
    const before = model.result(at).amounts, {amounts} = model.trial;
    const changes = [...amounts].map(([id, amount]) => [id, minus(amount, before.get(id))]).filter(([, by]) => sign(by));
    const weigh = by => Math.abs(Number(by.n / by.d));
    changes.sort(([, a], [, b]) => weigh(b) - weigh(a));
    const said = changes.slice(0, 10).map(([id, by]) => `${isolated(model.name(id, book))}${book.chinese ? "" : " "}${book.money(by, model.currency, true)}`);
    const key = changes.length > 10 ? "trial_line_more" : "trial_line";
    return book.say(key, {changes: book.list(said), count: changes.length - 10});
}
