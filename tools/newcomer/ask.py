"""Tasks that ask something of a scenario: compare, why, a target, corrections."""

from __future__ import annotations

import re

import browser

from newcomer.begin import title_of
from newcomer.reader import Reader

REASON = {"zh": "会议决定", "en": "Decided by the meeting"}


def zone_of(reader: Reader) -> str:
    """The name of the recipient with the most money."""
    return str(reader.book.text(browser.luzhou().recipients[-1].name))


# --- compare ---------------------------------------------------------------------------------------


def compares(reader: Reader) -> None:
    """Two scenarios, A and the one held against it."""
    reader.turn("app.nav.compare")
    reader.pick("compare.choose", reader.book.text(browser.luzhou("jobs-first").title))
    reader.page.keyboard.press("Escape")
    reader.page.get_by_text("A", exact=False).first.wait_for()


def holds_against(reader: Reader) -> None:
    """Both against what was issued."""
    before = title_of(reader)
    reader.pick("compare.choose_base", re.compile(f"^{reader.book.say('base.name.published')}$"))
    reader.hold(title_of(reader) != before, "the base changes nothing")


def reads_title(reader: Reader) -> None:
    """The finding, and pictures below it."""
    reader.hold(bool(re.search(r"\d", title_of(reader))), "the title names no figure")
    reader.page.locator(browser.inside.placed(".streamlit-chart")).first.wait_for()


def takes_edits_in(reader: Reader) -> None:
    """What was changed on the screen and not saved, taken in."""
    reader.go("app.nav.allocate")
    slider = reader.page.get_by_role("slider").first
    slider.focus()
    slider.press("PageUp")
    reader.visit.settle()
    reader.go("app.nav.compare")
    reader.press("compare.add_screen")
    reader.hold(reader.control("compare.add_screen").count() == 0, "it was not taken in")


COMPARE = (compares, holds_against, reads_title, takes_edits_in)

# --- why -------------------------------------------------------------------------------------------


def asks_how(reader: Reader) -> None:
    """The steps to one amount."""
    reader.see("app.nav.allocate")
    reader.page.locator("button[data-row]", has_text=zone_of(reader)).first.click()
    reader.visit.settle()
    reader.page.get_by_text(reader.book.say("app.why.minutes")).wait_for()
    reader.hold(
        reader.page.get_by_text(reader.book.say("waterfall.title")).bounding_box()["y"] < 200,
        "the steps are out of sight",
    )
    reader.shot()


def asks_why(reader: Reader) -> None:
    """What a change of weights brings, item by item."""
    reader.press("app.weights.chip_equal")
    reader.control("app.why.title").first.wait_for()
    reader.press("app.why.title")
    reader.shot(reader.page.get_by_text(reader.book.say("app.why.minutes")))


def copies(reader: Reader) -> None:
    """The sentence for the minutes."""
    reader.see("app.why.minutes")
    code = reader.page.locator("code", has_text=zone_of(reader))
    reader.hold(code.count() > 0, "there is no sentence to be copied")


def asks_between(reader: Reader) -> None:
    """Why one recipient differs between two scenarios."""
    reader.turn("app.nav.compare")
    reader.press("compare.why")
    reader.pick("compare.why_whose", zone_of(reader))


def reads_method(reader: Reader) -> None:
    """The whole rule with these figures, and what follows from the split alone."""
    reader.turn("app.nav.more", "app.nav.method")
    reader.page.get_by_text(zone_of(reader)).first.wait_for()
    reader.turn("app.nav.more", "app.nav.published")


WHY = (asks_how, asks_why, copies, asks_between, reads_method)

# --- a target --------------------------------------------------------------------------------------


def turns_to_targets(reader: Reader) -> None:
    """The page for targets."""
    reader.turn("app.nav.more", "app.nav.seek")


def sets_target(reader: Reader) -> None:
    """Each relation once, a figure, and a second row that is taken off again."""
    reader.field("app.seek.who").wait_for()  # the one with the most money is chosen already
    reader.page.get_by_text(zone_of(reader)).first.wait_for()
    for key in ("app.seek.exactly", "app.seek.least", "app.seek.most"):
        reader.pick("app.seek.is", reader.named(key))
    reader.fill("app.seek.figure", "4800" if reader.book.chinese else "4,800")
    reader.press("app.seek.add")
    reader.page.get_by_role("button", name=reader.book.say("app.edit.remove", number="2")).click()
    reader.visit.settle()


def says_what_may_change(reader: Reader) -> None:
    """A department's money, and then the weights."""
    departments = reader.book.say("app.seek.by_reservation", name="", amount="")[:4]
    reader.pick("app.seek.by", re.compile(re.escape(departments)))
    reader.pick("app.seek.by", reader.book.say("app.seek.by_weights"))


def searches(reader: Reader) -> None:
    """The least change, before and after."""
    reader.press("app.seek.go")
    take = reader.page.get_by_role("button", name=reader.book.say("app.seek.take"))
    take.wait_for()
    reader.shot(take)


def takes_it(reader: Reader) -> None:
    """The change on the screen, and taken back."""
    reader.press("app.seek.take")
    reader.heading("app.nav.allocate")
    before = reader.visit.amounts()
    reader.press("app.toolbar.undo")
    reader.hold(before != reader.visit.amounts(), "nothing was undone")


def gives_more(reader: Reader) -> None:
    """Three ways to give one recipient more."""
    reader.page.locator(".st-key-pages-more button").first.click()
    reader.page.get_by_role("link", name=reader.book.say("app.nav.seek"), exact=True).click()
    reader.heading("app.nav.seek")
    reader.pick("app.seek.more_who", reader.book.text(browser.luzhou().recipients[0].name))
    reader.fill("app.seek.more_figure", "20")
    reader.pick("app.seek.more_payer", zone_of(reader))
    reader.press("app.seek.more_go")
    reader.page.get_by_role("button", name=reader.book.say("app.seek.more_take"), exact=True).first.wait_for()
    reader.visit.settle()
    reader.hold(reader.page.locator("h4").count() == 3, "three ways do not stand side by side")


def reads_weights(reader: Reader) -> None:
    """What a percentage point brings whom."""
    reader.turn("app.nav.more", "app.nav.sensitivity")


TARGET = (turns_to_targets, sets_target, says_what_may_change, searches, takes_it, gives_more, reads_weights)

# --- corrections -----------------------------------------------------------------------------------


def turns_to_rule(reader: Reader) -> None:
    """The page for the whole rule."""
    reader.turn("app.nav.more", "app.nav.rule")


def deducts(reader: Reader) -> None:
    """Money held already."""
    corrects(reader, "app.rule.deductions_title", "app.rule.add_deduction", "20")


def adjusts(reader: Reader) -> None:
    """Less for one, with a minus, and with a reason."""
    corrects(reader, "app.rule.adjustments_title", "app.rule.add_adjustment", "-10")


def corrects(reader: Reader, folded: str, add: str, amount: str) -> None:
    """Opens what is folded, adds a row, and fills in recipient, amount and reason."""
    reader.press(folded)
    reader.press(add)
    within = reader.page.locator("details").filter(has_text=reader.book.say(folded))
    reader.chosen(within.get_by_role("combobox").first, zone_of(reader))
    fields = within.locator("input:not([role=combobox]):not([type=checkbox])")
    for at, text in enumerate((amount, REASON[reader.book.language])):
        reader.write(fields.nth(at), text)


def says_who_pays(reader: Reader) -> None:
    """A reason that is missing is said at its field; who pays is chosen."""
    within = reader.page.locator("details").filter(has_text=reader.book.say("app.rule.adjustments_title"))
    reason = reader.field("app.rule.reason_needed", within)
    reader.write(reason, "")
    reader.page.get_by_text(reader.book.say("app.rule.standing")).wait_for()
    reader.write(reason, REASON[reader.book.language])
    reader.pick("app.rule.paid_by", reader.book.say("app.rule.paid_pro_rata"), within)


def reads_result(reader: Reader) -> None:
    """The table is the new one; with a wrong figure the last right one stands."""
    shown = reader.page.locator(".al-table").first
    now = shown.inner_text()
    within = reader.page.locator("details").filter(has_text=reader.book.say("app.rule.adjustments_title"))
    field = within.locator("input:not([role=combobox]):not([type=checkbox])").first
    reader.write(field, "-9999999")
    reader.page.get_by_text(reader.book.say("app.rule.standing")).wait_for()
    reader.hold(shown.inner_text() == now, "the last right result does not stand")
    reader.write(field, "-10")
    reader.shot(reader.page.get_by_role("button", name=reader.book.say("app.rule.add_adjustment")))


def goes_back(reader: Reader) -> None:
    """Back to the result, and a save."""
    reader.page.get_by_text(reader.book.say("app.rule.pools_title")).first.wait_for()
    reader.page.get_by_text(reader.book.say("app.rule.columns_title")).first.wait_for()
    reader.press("app.rule.to_allocate")
    reader.page.locator("h1", has_text=reader.book.say("app.nav.allocate")).wait_for()
    reader.press("app.toolbar.save", reader.page.locator(".st-key-top-acts"))
    with reader.dialog() as form:
        form.get_by_label(reader.book.say("app.saving.name")).fill("2")
        form.get_by_role("button", name=reader.book.say("app.saving.save"), exact=True).click()


CORRECTIONS = (turns_to_rule, deducts, adjusts, says_who_pays, reads_result, goes_back)
