"""The algorithm card in plain sentences, for the page and for the terminal."""

from __future__ import annotations

from recommender.about.card import AlgorithmCard, Signal
from recommender.about.rules import left_out_section, recency_section, variety_section
from recommender.about.section import Item, Section
from recommender.about.translator import Translator
from recommender.about.weights import weights_section
from recommender.messages import gettext_noop

SIGNALS = {
    "text": (gettext_noop("Words"), gettext_noop("rare words and names that both texts use")),
    "semantic": (gettext_noop("Meaning"), gettext_noop("how close the two texts are in meaning")),
    "title match": (
        gettext_noop("Title"),
        gettext_noop("whether this article is about what the other one's title and opening say"),
    ),
    "tags": (gettext_noop("Tags"), gettext_noop("tags that both articles have")),
    "links": (
        gettext_noop("Links"),
        gettext_noop("links on this site to the other article, most of all from similar ones"),
    ),
    "date distance": (
        gettext_noop("Time between them"),
        gettext_noop("how far apart the two articles were published"),
    ),
    "newest on topic": (
        gettext_noop("Newest on the topic"),
        gettext_noop("whether newer articles cover the same topic"),
    ),
    "freshness": (
        gettext_noop("Recency"),
        gettext_noop("the preference for new articles, at the time of the measurement"),
    ),
}
"""Name and description of each signal; :mod:`models.features.feature_names` has the features."""


def title(t: Translator) -> str:
    """Return the heading of the card."""
    return t.gettext("How the related posts are chosen")


def sections(card: AlgorithmCard, t: Translator) -> list[Section]:
    """Write the card in sentences."""
    return [
        _summary(t),
        _signals(card, t),
        weights_section(card.weights, t),
        recency_section(card.ranking, t),
        variety_section(card.ranking, t),
        left_out_section(card.ranking, card.fallback_rate, t),
        _readers(t),
        _editors(card, t),
        _version(card, t),
    ]


def _summary(t: Translator) -> Section:
    return Section(
        t.gettext("In short"),
        [
            t.gettext(
                "Under an article this site lists other articles of its own. A program chooses "
                "them by topic: by what the texts say, and by the links between them. Editors can "
                "change its choice."
            ),
            t.gettext(
                "The list depends on the article and on the time. It does not depend on who reads "
                "it."
            ),
            t.gettext(
                "This page names the main parameters of that choice, as Article 27 of the Digital "
                "Services Act, Regulation (EU) 2022/2065, asks for."
            ),
        ],
    )


def _signals(card: AlgorithmCard, t: Translator) -> Section:
    heading = t.gettext("What decides")
    if not card.signals:
        return Section(
            heading, [t.gettext("So far no list has a related article, so nothing is measured.")]
        )
    return Section(
        heading,
        [
            t.gettext(
                "An article that may be listed gets a score. The score estimates how likely an "
                "editor is to link to it. These signals make the score, the weightiest first:"
            )
        ],
        [_signal(one, t) for one in card.signals],
        [
            t.ngettext(
                "A percentage says how much a signal contributed to raising the listed articles "
                "above the average candidate. It was measured over %(num)s list.",
                "A percentage says how much a signal contributed to raising the listed articles "
                "above the average candidate. It is the mean over %(num)s lists.",
                card.lists,
            )
        ],
    )


def _signal(signal: Signal, t: Translator) -> Item:
    label, text = SIGNALS.get(signal.name, (signal.name, ""))
    value = t.percent(signal.share)
    if signal.mean_contribution < 0:
        value = t.gettext("rather lowered the listed articles")
    return Item(t.gettext(label), t.gettext(text) if text else "", signal.share, value)


def _readers(t: Translator) -> Section:
    return Section(
        t.gettext("Data about readers"),
        [
            t.gettext(
                "None. The choice uses no profile, no clicks, no reading history, no place and no "
                "device. The program sets no cookies for readers and does not store their IP "
                "addresses."
            ),
            t.gettext(
                "So there is no personal version of the list, and nothing to switch on or off."
            ),
        ],
    )


def _editors(card: AlgorithmCard, t: Translator) -> Section:
    shown = [Item(text) for kind, text in _counts(card, t).items() if card.overrides.get(kind)]
    when = (
        t.gettext("Active now:")
        if card.is_live
        else t.gettext("Active when these lists were computed:")
    )
    none = (
        t.gettext("No such decision is active now.")
        if card.is_live
        else t.gettext("No such decision was active when these lists were computed.")
    )
    explained = t.gettext(
        "Editors can put an article at a place, keep it out, raise or lower it, and remove a list. "
        "Each decision is recorded with the name of the editor."
    )
    return Section(t.gettext("Decisions of editors"), [explained, when if shown else none], shown)


def _counts(card: AlgorithmCard, t: Translator) -> dict[str, str]:
    """Return how many overrides of each kind are active, as sentences."""
    return {
        "pin": t.ngettext(
            "%(num)s article put at a fixed place of a list",
            "%(num)s articles put at a fixed place of a list",
            card.overrides.get("pin", 0),
        ),
        "block": t.ngettext(
            "%(num)s article kept out of a list or of all lists",
            "%(num)s articles kept out of a list or of all lists",
            card.overrides.get("block", 0),
        ),
        "boost": t.ngettext(
            "%(num)s article, section, tag or author raised or lowered",
            "%(num)s articles, sections, tags or authors raised or lowered",
            card.overrides.get("boost", 0),
        ),
        "hold": t.ngettext(
            "%(num)s article, section, tag or author without a list",
            "%(num)s articles, sections, tags or authors without a list",
            card.overrides.get("hold", 0),
        ),
        "withdraw": t.ngettext(
            "%(num)s article withdrawn", "%(num)s articles withdrawn",
            card.overrides.get("withdraw", 0),
        ),
    }  # fmt: skip


def _version(card: AlgorithmCard, t: Translator) -> Section:
    items = [
        Item(t.gettext("Program"), f"Related posts {card.program}".strip()),
        Item(t.gettext("Snapshot of the lists"), card.snapshot),
        Item(t.gettext("Computed"), t.moment(card.created)),
        Item(t.gettext("Articles, public or not"), t.number(card.articles)),
        Item(t.gettext("Language model for the meaning"), card.encoder),
        Item(t.gettext("Checksum (SHA-256)"), card.checksum),
    ]
    return Section(t.gettext("Version"), [], items)
