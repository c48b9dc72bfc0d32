// 汇报演示: one thing on the whole screen after the other, by keys or a clicker.
import {el, fill, named} from "./dom.js";
import {largestFirst} from "./picture.js";
import {trialBox} from "./trial.js";
import {headline, legend, optionLines, picture, rowsOf, sideBySide, table} from "./view.js";

const FEW = 12;  // the most rows of a table on a slide
const ABREAST = 3;  // the most options whose descriptions stand above their amounts

export class Slides {
    constructor(model, words, leave) {
        Object.assign(this, {model, words, leave, at: 0, trialing: null, dark: false});
        this.list = model.options.flatMap((_, option) => [{kind: "picture", option}, {kind: "table", option}]);
        if (model.options.length > ABREAST) this.list.push({kind: "lines"});
        if (model.options.length > 1) this.list.push({kind: "side"});
        this.box = el("section", {class: "show", tabindex: "-1"});
        this.heard = event => this.key(event);
    }

    open(at = 0) {
        this.at = at;
        document.body.append(this.box);
        document.body.classList.add("showing");
        document.addEventListener("keydown", this.heard);
        this.draw();
        this.box.focus();
    }

    close() {
        this.stopTrial();
        document.removeEventListener("keydown", this.heard);
        document.body.classList.remove("showing");
        this.box.remove();
        if (document.fullscreenElement) document.exitFullscreen();
        this.leave();
    }

    get slide() {
        return this.list[this.at];
    }

    draw() {
        const book = this.words(), {kind} = this.slide;
        this.stage = el("div", {class: `slide ${kind}`});
        this.drawStage();
        fill(this.box, this.top(book), this.stage, this.trialing && this.trialing.box, this.foot(book));
        this.box.setAttribute("aria-label", book.say("show"));
        this.box.classList.toggle("dark", this.dark);
        this.box.classList.toggle("trying", Boolean(this.trialing));
    }

    // The slide alone: the fields of a trial below it keep the focus.
    drawStage() {
        const {model} = this, book = this.words(), {kind, option} = this.slide;
        fill(this.stage, kind === "picture" ? this.drawPicture(option, book) : kind === "table" ? this.drawTable(option, book)
            : [el("h1", {}, book.say("side")), (kind === "lines" || model.options.length <= ABREAST) && optionLines(model, book),
                kind === "side" && sideBySide(model, book, FEW)]);
    }

    top(book) {
        const {option} = this.slide, {model} = this;
        return el("div", {class: "top"}, option !== undefined && el("span", {class: "which"}, named(book.text(model.options[option].title)),
            option === model.content.proposed && model.options.length > 1 && el("span", {class: "tag"}, book.say("proposed"))),
        model.content.assumed && el("span", {class: "chip"}, book.say("assumed")));
    }

    drawPicture(option, book) {
        const {model} = this;
        return [headline(model, option, book), legend(model, option, rowsOf(model, option, book), book), picture(model, option, book, {brief: true})];
    }

    drawTable(option, book) {
        const {model} = this, rows = rowsOf(model, option, book);
        let ids = null, more = null;
        if (rows.length > FEW) {
            ids = largestFirst(rows.filter(row => model.shownAmounts(option).has(row.id))).slice(0, FEW).map(row => row.id);
            more = el("p", {class: "note"}, book.say("table_some", {count: FEW, rest: rows.length - FEW}));
        }
        return [headline(model, option, book), el("p", {class: "unit"}, book.say("table.unit", {unit: book.text(model.content.unit)})),
            table(model, option, book, {ids}), more];
    }

    foot(book) {
        const {model} = this, {option} = this.slide;
        const state = option !== undefined && model.altered(option) ? book.say("not_kept") : book.text(option === undefined ? model.content.made : model.options[option].made);
        return el("div", {class: "foot"}, el("span", {}, named(book.text(model.content.fund)), " · ", state),
            el("span", {class: "keys"}, book.say("keys")),
            el("span", {class: "steps"},
                el("button", {type: "button", "aria-label": book.say("previous"), on: {click: () => this.go(-1)}}, "‹"),
                ` ${this.at + 1} / ${this.list.length} `,
                el("button", {type: "button", "aria-label": book.say("next"), on: {click: () => this.go(1)}}, "›"),
                el("button", {type: "button", class: "quiet", on: {click: () => this.close()}}, book.say("leave"))));
    }

    go(by) {
        this.turnTo(Math.min(this.list.length - 1, Math.max(0, this.at + by)));
    }

    turnTo(at) {
        this.stopTrial();
        this.at = at;
        this.draw();
        this.box.focus();
    }

    // Keys of a keyboard and of a clicker, which sends those for the next and the previous page.
    key(event) {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName), key = event.key;
        const onButton = event.target.tagName === "BUTTON" && (key === " " || key === "Enter");
        if (key === "Escape") {
            if (this.trialing) { this.stopTrial(); this.draw(); this.box.focus(); } else this.close();
        } else if (key === "PageDown" || (!typing && !onButton && ["ArrowRight", "ArrowDown", " ", "Enter"].includes(key))) this.go(1);
        else if (key === "PageUp" || (!typing && ["ArrowLeft", "ArrowUp", "Backspace"].includes(key))) this.go(-1);
        else if (typing || onButton) return;
        else if (key === "Home") this.turnTo(0);
        else if (key === "End") this.turnTo(this.list.length - 1);
        else if (key === "t" || key === "T") this.startTrial();
        else if (key === "f" || key === "F") this.full();
        else if (key === "b" || key === "B" || key === ".") { this.dark = !this.dark; this.box.classList.toggle("dark", this.dark); }
        else return;
        event.preventDefault();
    }

    full() {
        if (document.fullscreenElement) document.exitFullscreen();
        else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
    }

    startTrial() {
        const {option} = this.slide;
        if (option === undefined || this.trialing) return;
        const stop = () => { this.stopTrial(); this.draw(); this.box.focus(); };
        const trial = trialBox(this.model, option, this.words(), () => this.trialing && this.drawStage(), stop);
        this.trialing = trial;
        this.draw();
        trial.focus();
    }

    stopTrial() {
        this.trialing = null;
        this.model.trial = null;
    }
}
