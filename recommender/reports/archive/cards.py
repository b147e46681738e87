"""Figures about the cards of all lists: coverage, concentration, ages, sections, relevance."""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from models.time_units import SECONDS_PER_DAY
from recommender.reports.archive.lists import Lists

AGES = {
    "1 day": 1,
    "1 week": 7,
    "1 month": 30,
    "3 months": 91,
    "1 year": 365,
    "3 years": 1_096,
    "older": np.inf,
}
"""Classes of age: days until which a card belongs to a class."""

MAX_TOP = 10
"""Most recommended articles that are listed."""

MAX_SECTIONS = 12
"""Sections that are listed, the largest ones."""

BIN = 0.5
"""Width of a class of relevance scores, in log-odds."""

EXTREMES = (-4.0, 12.0)
"""Relevance scores below and above count for the first and the last class."""


class Count(msgspec.Struct, frozen=True):
    """Number of cards of one class."""

    label: str
    cards: int


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Cards at one position of the lists, from 1, by origin."""

    position: int
    related: int
    latest: int


class SectionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One section: its articles, and the cards that show them."""

    name: str
    articles: int
    """Public articles."""
    cards: int
    """Cards that show an article of the section."""
    same_section: float | None
    """Of the cards under its articles, the share that stays in the section; None without any."""
    fallback_rate: float | None
    """Share of the lists under its articles that were filled up; None without any."""


class TopCard(msgspec.Struct, frozen=True, kw_only=True):
    """An article that many lists recommend."""

    title: str
    section: str
    lists: int


class Histogram(msgspec.Struct, frozen=True):
    """Number of cards by relevance score."""

    start: float
    """Where the first class begins; each has the width :data:`BIN`."""
    counts: list[int]


class CardFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures about the cards of all lists. Shares are from 0 to 1."""

    articles: int
    """Public articles."""
    lists: int
    """Lists that were computed: one an article, or a sample of them."""
    cards: int
    coverage: float
    """Share of the public articles that at least one list recommends."""
    positions: list[Position]
    ages: list[Count]
    """Of the related cards, in the classes :data:`AGES`."""
    sections: list[SectionFigures]
    """The largest sections, by articles."""
    concentration: list[float]
    """Share of the cards that the most recommended i % of the articles take, for i from 0 to
    100."""
    top: list[TopCard]
    """The most recommended articles."""
    relevance: Histogram
    """Of the related cards."""


def card_figures(lists: Lists) -> CardFigures:
    """Count the cards of some lists."""
    cards = [card for found in lists.cards for card in found]
    related = [card for card in cards if card.origin == "related"]
    recommended = Counter(card.row for card in cards)
    return CardFigures(
        articles=len(lists.public),
        lists=len(lists.rows),
        cards=len(cards),
        coverage=len(recommended) / max(len(lists.public), 1),
        positions=_positions(lists),
        ages=_ages(lists, [card.row for card in related]),
        sections=_sections(lists),
        concentration=concentration(list(recommended.values()), len(lists.public)),
        top=[
            TopCard(title=lists.title_of(row), section=lists.section_of(row), lists=number)
            for row, number in recommended.most_common(MAX_TOP)
        ],
        relevance=histogram([card.score - card.recency - card.boost for card in related]),
    )


def concentration(counts: list[int], articles: int) -> list[float]:
    """Return the share of the cards that the most recommended i % of the articles take.

    Parameters
    ----------
    counts : cards of each article that has any.
    articles : number of all articles.

    Returns
    -------
    101 shares, for i from 0 to 100: a Lorenz curve that begins with the largest.
    """
    if not counts:
        return [0.0] * 101
    most_first = np.sort(np.array(counts + [0] * (articles - len(counts))))[::-1]
    cumulated = np.concatenate([[0], np.cumsum(most_first)]) / most_first.sum()
    percent = np.linspace(0, len(most_first), 101)
    shares = np.interp(percent, np.arange(len(cumulated)), cumulated)
    return [round(float(share), 4) for share in shares]


def histogram(scores: list[float]) -> Histogram:
    """Count relevance scores, in log-odds, in classes of the width :data:`BIN`."""
    if not scores:
        return Histogram(0.0, [])
    found = np.clip(scores, EXTREMES[0], EXTREMES[1] - BIN / 2)
    start, end = np.floor(found.min()), np.floor(found.max()) + 1
    counts, _ = np.histogram(found, bins=round((end - start) / BIN), range=(start, end))
    return Histogram(float(start), counts.tolist())


def _positions(lists: Lists) -> list[Position]:
    found = Counter(
        (place, card.origin) for cards in lists.cards for place, card in enumerate(cards, start=1)
    )
    return [
        Position(position=n, related=found[n, "related"], latest=found[n, "latest"])
        for n in range(1, lists.snapshot.ranking.cards + 1)
    ]


def _ages(lists: Lists, rows: list[int]) -> list[Count]:
    days = (lists.now - lists.snapshot.published[rows]) / SECONDS_PER_DAY
    classes = np.searchsorted(list(AGES.values()), days, side="left")
    counts = np.bincount(classes, minlength=len(AGES))
    return [Count(label, int(number)) for label, number in zip(AGES, counts, strict=True)]


def _sections(lists: Lists) -> list[SectionFigures]:
    articles = Counter(map(lists.section_of, lists.public.tolist()))
    shown: Counter[str] = Counter()
    own: Counter[str] = Counter()
    under: Counter[str] = Counter()
    number: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    for row, cards in zip(lists.rows, lists.cards, strict=True):
        name = lists.section_of(row)
        names = [lists.section_of(card.row) for card in cards]
        shown.update(names)
        own[name] += names.count(name)
        under[name] += len(names)
        number[name] += 1
        filled[name] += any(card.origin == "latest" for card in cards)
    return [
        SectionFigures(
            name=name,
            articles=size,
            cards=shown[name],
            same_section=_share(own[name], under[name]),
            fallback_rate=_share(filled[name], number[name]),
        )
        for name, size in articles.most_common(MAX_SECTIONS)
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
