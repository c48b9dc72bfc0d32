// 区县版: one recipient's own check, step by step, and what a corrected figure of its own would come to.
import {Book, isolated, typed} from "./book.js";
import {el, fill, named} from "./dom.js";
import {fraction, over, read, sign} from "./exact.js";
import {start} from "./opening.js";
import {agrees, corrected} from "./own.js";

class Draft {
    constructor(content) {
        this.content = content;
        this.books = new Map(content.languages.map(language => [language.key, new Book(language, content.texts[language.key])]));
        this.language = content.first;
        this.fixed = document.getElementById("fixed");
        this.bar = el("header", {class: "topbar"});
        this.form = el("section", {class: "correct"});
        document.body.prepend(this.bar);
        this.fixed.append(this.form);
        this.right = content.own ? agrees(content.own) : null;
        this.draw();
    }

    draw() {
        const {content} = this, book = this.books.get(this.language), at = content.languages.findIndex(one => one.key === this.language);
        const language = content.languages[at], next = content.languages[(at + 1) % content.languages.length];
        document.documentElement.lang = language.tag;
        for (const section of this.fixed.querySelectorAll("section[lang]")) section.hidden = section.lang !== language.tag;
        const [kind, short, about] = this.right === null ? ["scaled", "check_fixed", "own_fixed_about"]
            : this.right ? ["ok", "own_same", "own_same_about"] : ["bad", "check_apart", "own_apart_about"];
        const badge = el("details", {class: "why"}, el("summary", {class: `pill ${kind}`}, book.say(short)), el("p", {}, book.say(about)));
        fill(this.bar, el("p", {class: "fund"}, named(book.text(content.name))), badge, el("span", {class: "space"}),
            el("button", {type: "button", on: {click: () => window.print()}}, book.say("print")),
            el("button", {type: "button", class: "quiet", lang: next.tag, on: {click: () => { this.language = next.key; this.draw(); }}}, next.name));
        fill(this.form);
        if (this.right && content.own.correct) this.drawForm(book);
    }

    drawForm(book) {
        const {own} = this.content, said = el("p", {class: "said", role: "status"}, book.say("correct_about"));
        const which = el("select", {"aria-label": book.say("correct")}, own.factors.map((factor, j) => el("option", {value: String(j)}, book.text(factor.name))));
        const size = el("input", {type: "text", inputmode: "decimal", maxlength: 40, "aria-label": book.say("corrected_to")});
        const unit = el("span", {});
        const put = () => {
            const factor = own.factors[Number(which.value)];
            size.value = book.number(read(factor.value)).replace(/,/g, "");
            unit.textContent = book.text(factor.unit);
            said.textContent = book.say("correct_about");
        };
        const work = () => {
            const at = Number(which.value), value = typed(size.value);
            said.textContent = value === null || sign(value) < 0 ? book.say("correct_number") : this.sentence(at, value, book);
        };
        which.addEventListener("change", put);
        size.addEventListener("input", work);
        put();
        fill(this.form, el("h2", {}, book.say("correct")), el("div", {class: "fields"}, which, el("label", {}, book.say("corrected_to"), " ", size), unit), said);
    }

    sentence(at, value, book) {
        const {own, name} = this.content, factor = own.factors[at], found = corrected(own, at, value);
        if (found === null) return book.say("correct_none");
        return book.say("correct_said", {
            name: isolated(book.text(name)), factor: isolated(book.text(factor.name)),
            before: this.value(read(factor.value), factor, book), after: this.value(value, factor, book),
            old: this.money(read(own.entitlement), book), new: this.money(found, book),
        });
    }

    value(value, factor, book) {
        return book.number(value) + (book.chinese ? "" : " ") + isolated(book.text(factor.unit));
    }

    // With two decimals, since an entitlement is hardly ever whole: Chinese in the page's unit, others in full.
    money(amount, book) {
        const {content} = this, scale = book.chinese ? BigInt(content.scale) : 1n;
        const value = over(amount, fraction(scale)), figure = book.number(value, value.d === 1n ? 0 : 2);
        return book.chinese ? figure + book.text(content.unit) : book.amount(figure, content.currency, scale);
    }
}

start(Draft);
