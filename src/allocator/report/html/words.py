"""The sentences that the page's script says, as they are written, by key."""

from __future__ import annotations

from allocator.text import LANGUAGES, Phrasebook

# sentences of other places that the page says too, under the same keys
SHARED = (
    "chart.bin", "chart.find", "chart.find_none", "chart.legend_hollow", "chart.legend_solid",
    "chart.rest", "chart.rest_amount", "chart.rest_count", "chart.scales",
    "finding.clause_join", "finding.counts", "finding.fund_less", "finding.fund_more", "finding.fund_same",
    "finding.percent", "finding.sum_less", "finding.sum_more", "finding.sum_same", "finding.tiny_share",
    "html.step.amount", "html.step.earmark", "html.step.entitlement", "html.step.limited",
    "html.step.multiplier", "html.step.rounded",
    "money.amount", "money.foreign", "money.hundred_million", "money.one", "money.ten_thousand",
    "place.list", "report.option", "report.option_short",
    "rule.about_percent", "rule.and_more", "rule.by", "rule.cap", "rule.caps", "rule.each",
    "rule.each_kind", "rule.floor", "rule.floors", "rule.of_distributable", "rule.of_fund",
    "rule.of_previous", "rule.percent", "rule.rate",
    "table.at_cap", "table.at_floor", "table.departments", "table.number", "table.tied", "table.total",
    "table.unit",
    "title.apart", "title.apart_each", "title.between", "title.each", "title.end", "title.end_each",
    "title.foremost", "title.gainer", "title.join", "title.loser", "title.moved", "title.nothing",
    "title.one", "title.others", "title.rest", "title.some", "title.total",
)  # fmt: skip


def sentences(book: Phrasebook) -> dict[str, str]:
    """Every sentence of the script in one language; those of its own by their keys below html.script."""
    own = dict(book.words("html.script"))
    refused = own.pop("refused")
    found = own | {f"refused.{key}": sentence for key, sentence in refused.items()}
    for key in SHARED:
        table, _, name = key.rpartition(".")
        found[key] = book.words(table)[name]
    return found


def languages() -> list[dict[str, object]]:
    """The languages of the page, as the script needs to know them."""
    books = map(Phrasebook, LANGUAGES)
    return [
        {
            "key": book.language,
            "tag": book.say("language.tag"),
            "name": book.say("language.name"),
            "chinese": book.chinese,
        }
        for book in books
    ]
