// 领导版: the options, to be shown, moved and compared.
import {Book} from "./book.js";
import {controls, fixedWords} from "./controls.js";
import {add, el, fill, named} from "./dom.js";
import {Model, refusal} from "./model.js";
import {compareWithProgram, start} from "./opening.js";
import {Slides} from "./slides.js";
import {stepsBox} from "./steps.js";
import {headline, legend, optionLines, PAGE, picture, rowsOf, sideBySide, table} from "./view.js";

const PRINTED = 20;  // the most recipients whose table stands on the one page

class Leader {
    constructor(content) {
        this.content = content;
        this.books = new Map(content.languages.map(language => [language.key, new Book(language, content.texts[language.key])]));
        this.language = content.first;
        this.model = new Model(content);
        this.checked = compareWithProgram(this.model);
        this.page = 0;
        this.search = "";
        document.getElementById("fixed").remove();
        this.root = el("div", {class: "page"});
        document.body.append(this.root);
        this.draw();
        document.addEventListener("keydown", event => this.key(event));
        // on paper nothing can be unfolded: the table and the sources of a page's worth of recipients stand there
        window.addEventListener("beforeprint", () => {
            for (const fold of this.printed || []) fold();
            document.body.classList.toggle("whole", this.printed.length > 0);
        });
        if (location.hash === "#show") this.show();
    }

    get book() {
        return this.books.get(this.language);
    }

    draw() {
        const {content, book, model} = this, language = content.languages.find(one => one.key === this.language);
        document.documentElement.lang = language.tag;
        document.title = book.text(content.fund);
        this.main = el("div", {});
        this.aside = el("aside", {class: "side-panel", "aria-label": book.say("rule")});
        this.below = el("div", {class: "below"});
        fill(this.root, this.top(), this.tabs(), el("div", {class: "body"}, this.aside, el("main", {class: "right"}, this.main, this.below)), this.foot());
        this.drawControls();
        this.drawMain();
        model.trial = null;
    }

    top() {
        const {content, book} = this, next = content.languages[(content.languages.findIndex(one => one.key === this.language) + 1) % content.languages.length];
        return el("header", {class: "topbar"}, el("p", {class: "fund"}, named(book.text(content.fund))),
            content.assumed && el("details", {class: "why"}, el("summary", {class: "chip"}, book.say("assumed")), el("p", {}, book.text(content.assumed))),
            this.checkBadge(), el("span", {class: "space"}),
            el("button", {type: "button", class: "first", on: {click: () => this.show()}}, book.say("show")),
            el("button", {type: "button", on: {click: () => window.print()}}, book.say("print")),
            el("button", {type: "button", class: "quiet", lang: next.tag, on: {click: () => { this.language = next.key; this.draw(); }}}, next.name));
    }

    // What the check on opening has found, in a few words, and what they mean.
    checkBadge() {
        const {book, model, checked} = this, letters = list => book.list(list.map(at => model.letter(at, book)));
        const said = [];
        if (checked.apart.length) said.push(["bad", "check_apart", "check_apart_about", checked.apart]);
        if (checked.same.length) said.push(["ok", "check_same", "check_same_about", checked.same]);
        if (checked.fixed.length) said.push(["scaled", "check_fixed", "check_fixed_about", checked.fixed]);
        return said.map(([kind, short, about, list]) => el("details", {class: "why"}, el("summary", {class: `pill ${kind}`}, book.say(short)),
            el("p", {}, book.say(about, {options: letters(list)}), kind === "scaled" ? ` ${list.map(at => fixedWords(model.options[at], book))[0]}` : "")));
    }

    tabs() {
        const {book, model} = this;
        if (model.options.length < 2) return null;
        return el("nav", {class: "tabs", "aria-label": book.say("options")}, model.options.map((option, at) => el("button", {
            type: "button", "aria-pressed": String(at === model.chosen), on: {click: () => { model.chosen = at; model.trial = null; this.draw(); }},
        }, named(book.say("report.option", {letter: option.letter, title: book.text(option.title)})),
        at === this.content.proposed && el("span", {class: "tag"}, book.say("proposed")))));
    }

    drawControls() {
        const {model, book} = this;
        fill(this.aside, controls(model, model.chosen, book, () => this.drawMain()));
    }

    drawMain() {
        const {model, book} = this, at = model.chosen, {refused} = model.result(at);
        const rows = rowsOf(model, at, book);
        fill(this.main,
            refused && el("p", {class: "alert", role: "alert"}, refusal(refused, model.options[at], model, book)),
            headline(model, at, book),
            el("div", {class: "line"}, this.baseChoice(), legend(model, at, rows, book),
                model.altered(at) && el("span", {class: "tag edited"}, book.say("not_kept"))),
            el("div", {class: "drawn"}, picture(model, at, book)));
        this.drawBelow(rows);
    }

    baseChoice() {
        const {model, book, content} = this;
        const keys = [...content.bases.map(base => base.key), ...model.options.map((_, at) => at)];
        if (keys.length < 2) return null;
        const select = el("select", {"aria-label": book.say("against"), on: {change: () => {
            model.base = isNaN(Number(select.value)) ? select.value : Number(select.value);
            this.drawMain();
            this.main.querySelector("select").focus();
        }}}, keys.map(key => el("option", {value: String(key)}, book.say("against_name", {name: model.baseName(book, key)}))));
        select.value = String(model.base);
        return select;
    }

    drawBelow(rows) {
        const {model, book} = this, at = model.chosen;
        const open = name => (this.opened || {})[name];
        this.printed = [];
        // what is folded away is drawn when it is opened
        const fold = (name, draw) => {
            const made = el("details", {open: open(name), on: {toggle: () => {
                this.opened = {...this.opened, [name]: made.open};
                if (made.open && !made.drawn) put();
            }}}, el("summary", {}, book.say(name)));
            const put = () => { made.drawn = true; add(made, draw()); };
            if (rows.length <= PRINTED && (name === "table" || name === "basis")) {
                this.printed.push(() => { if (!made.drawn) put(); made.open = true; });
            }
            if (open(name)) put();
            return made;
        };
        const scroll = (name, ...inside) => el("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": book.say(name)}, inside);
        fill(this.below,
            fold("table", () => {
                const holder = scroll("table"), redraw = () => fill(holder, this.tablePart(at));
                redraw();
                return [rows.length > PAGE && this.pager(rows.length, redraw), el("p", {class: "unit"}, book.say("table.unit", {unit: book.text(this.content.unit)})), holder];
            }),
            model.result(at).found && fold("steps", () => stepsBox(model, at, book)),
            model.options.length > 1 && fold("side", () => [optionLines(model, book), scroll("side", sideBySide(model, book))]),
            fold("basis", () => [el("ul", {}, this.content.trace.map(line => el("li", {}, book.text(line))))]));
    }

    tablePart(at) {
        const {model, book} = this;
        const wanted = this.search.trim().toLowerCase();
        const ids = wanted ? [...model.shownAmounts(at).keys()].filter(id => Object.values(this.content.recipients[id]).some(name => name.toLowerCase().includes(wanted))) : null;
        if (ids && !ids.length) return el("p", {class: "note"}, book.say("chart.find_none"));
        return table(model, at, book, {ids, first: ids ? 0 : this.page * PAGE});
    }

    pager(count, redraw) {
        const {book} = this, pages = Math.ceil(count / PAGE), where = el("span", {role: "status"});
        const turn = by => { this.page = Math.min(pages - 1, Math.max(0, this.page + by)); say(); redraw(); };
        const say = () => fill(where, book.say("rows", {first: this.page * PAGE + 1, last: Math.min(count, (this.page + 1) * PAGE), count}));
        const field = el("input", {type: "search", maxlength: 40, value: this.search, placeholder: book.say("chart.find"), "aria-label": book.say("chart.find"),
            on: {input: event => { this.search = event.target.value; redraw(); }}});
        say();
        return el("div", {class: "pager"}, field, el("button", {type: "button", on: {click: () => turn(-1)}}, book.say("previous")), where,
            el("button", {type: "button", on: {click: () => turn(1)}}, book.say("next")));
    }

    foot() {
        return el("footer", {}, el("span", {}, this.book.text(this.content.shown)), el("span", {}, this.book.text(this.content.contains)));
    }

    show() {
        if (this.slides) return;
        const chosen = 2 * this.model.chosen;
        this.slides = new Slides(this.model, () => this.book, () => { this.slides = null; this.drawMain(); });
        this.slides.open(this.model.chosen === this.content.proposed ? 0 : chosen);
    }

    key(event) {
        if (this.slides || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
        if (event.key === "p" || event.key === "P") { this.show(); event.preventDefault(); }
    }
}

start(Leader);
