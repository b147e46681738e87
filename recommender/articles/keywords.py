"""What an article is about, in its own words: the heaviest of its word vector, as it spells them.

Word vectors know lower case alone, and more pairs than words, most of them no name of anything.
People want to read "ceasefire", "Vilnius" and "Rasa Jonutytė".
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.lexical.tfidf import idf, tfidf_weighted, top_terms, weigh_by_count
from recommender.articles.article import Article
from recommender.articles.model_inputs import for_words

MOST = 40
"""Terms kept of an article, half a kilobyte."""

LOOKED_AT = 120
"""Heaviest terms among which they are found: most are pairs."""

LONGEST = 8_000
"""Characters in which a spelling is looked for."""

NAME_WORTH = 2.0
"""What a name counts against a word of the same weight: it says more to a person."""

SHORTEST = 3
"""Letters of a term; shorter ones are the small words of a language that few articles are in."""

SENTENCE_ENDS = '.!?:;"“”„«»–-\n'
"""Before a word that is written large without being a name."""

KeywordList = list[tuple[str, float]]
"""Words and names with their weights, heaviest first."""


def keywords_of(
    articles: Sequence[Article], counts: csr_matrix, names: NDArray[np.object_]
) -> list[KeywordList]:
    """Name what each article is about, of the words ``names`` that were counted, (n, v)."""
    rarity = idf(counts, np.ones(len(articles), dtype=bool))
    words = weigh_by_count(tfidf_weighted(counts, rarity), counts)
    found = []
    texts = (for_words(article) for article in articles)
    for row, text in enumerate(texts):
        looked_at = top_terms(words, names, row, LOOKED_AT)
        beginning = text[:LONGEST]
        weighed = (_weighed(beginning, term, weight) for term, weight in looked_at)
        found.append(nlargest(MOST, (term for term in weighed if term), key=lambda term: term[1]))
    return found


def _weighed(text: str, term: str, weight: float) -> tuple[str, float] | None:
    """Spell a term as a text does, and weigh it for people; None for what says nothing to them."""
    if len(term) < SHORTEST or term.isdigit():
        return None
    name = term.title()
    if " " in term:  # only a name holds two words together
        return (name, round(NAME_WORTH * weight, 4)) if _place(text, name) >= 0 else None
    if _place(text, term) >= 0:
        return term, round(weight, 4)
    spelled = _spelled(text, term)
    worth = NAME_WORTH if _within_a_sentence(text, spelled) else 1.0
    return spelled, round(worth * weight, 4)


def _spelled(text: str, term: str) -> str:
    """Find how a text spells a word that it never writes small: "Vilnius" before "VILNIUS"."""
    name = term.title()
    if _place(text, name) >= 0:
        return name
    lower = text.lower()
    place = _place(lower, term)
    # A letter that has two in lower case moves all places behind it.
    return text[place : place + len(term)] if place >= 0 and len(lower) == len(text) else term


def _within_a_sentence(text: str, word: str) -> bool:
    """Tell whether a word also stands where nothing but its being a name makes it large."""
    place = _place(text, word)
    while place >= 0:
        if place > 1 and text[place - 1] == " " and text[place - 2] not in SENTENCE_ENDS:
            return True
        place = _place(text, word, place + 1)
    return False


def _place(text: str, part: str, start: int = 0) -> int:
    """Find a part that begins and ends with a word; -1 where there is none."""
    place = text.find(part, start)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(part) : place + len(part) + 1]
        if not (before.isalnum() or after.isalnum()):
            return place
        place = text.find(part, place + 1)
    return -1
