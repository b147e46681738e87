"""Keywords of an article: the terms of its TF-IDF vector with the highest weights.

The vectors have lower-case words and word pairs. Keywords are written as in the article, and of the
pairs only names are kept: "ceasefire", "Vilnius", "Rasa Jonutytė".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Vectors
from models.lexical.scripts import fold, is_letter_pair, runs
from models.lexical.stop_words import amount_words, filler_words
from models.lexical.tfidf import (
    Terms,
    document_frequency,
    idf,
    tfidf_weighted,
    top_terms,
    weigh_by_count,
)
from recommender.articles.article import Article
from recommender.articles.model_inputs import for_words
from recommender.language_tags import primary_language
from recommender.text.calendar_names import is_calendar_name
from recommender.text.phrases import phrases
from recommender.urls import url_key

MAX_KEYWORDS = 40
"""Keywords of an article: about half a kilobyte."""

CANDIDATE_TERMS = 120
"""Terms by weight from which keywords are chosen; most of them are pairs."""

MAX_TEXT = 8_000
"""Characters of the text in which the spelling of a term is searched."""

NAME_FACTOR = 2.0
"""Factor on the weight of a name, which is more informative to readers."""

MIN_LETTERS = 3
"""Letters of a term. Shorter ones are function words of rare languages."""

MIN_HOST_SHARE = 0.05
"""Share of the articles with a host from which its name is that of the publication."""

MIN_NAME_LETTERS = 4
"""Letters of the name of a publication. Shorter labels of hosts may be words, such as "sun", so
that only texts in capitals mean the publication: "BBC"."""

ARTICLES = ("the", "der", "die", "das", "le", "la", "les", "el", "il", "de", "het")
"""Articles before names, which keywords lack."""

SENTENCE_ENDS = '.!?:;"“”„«»–-\n'
"""Characters before a capitalised word that need not be a name."""

BLOCK_ROWS = 10_000
"""Articles whose terms are weighted at a time: those of all take gigabytes in a large archive."""

JOINER = "\u200c"
"""The zero-width non-joiner, between the parts of Persian words."""

RUN = re.compile(r"[^\W_]+")
"""A run of letters and digits."""

AMOUNT = re.compile(r"\d+\w{0,2}")
"""A number, also with a unit or an ending: "240", "12km", "4th"."""

ADDRESS_CHARACTERS = re.compile(r"[\w.:/@%&?=#+~$-]+", re.ASCII)
"""What may be an address, see :func:`_is_address`."""

NUMERIC_DATE = re.compile(r"\b\d{1,2}\.\d{1,2}\.(?:\d{4})?(?!\d)")
"""A date as of German: "15.09.", "15.09.2026". Its day is no part of a name before it."""

KeywordList = list[tuple[str, float]]
"""Keywords with their weights, by descending weight."""


class TermWeights(NamedTuple):
    """What an archive says about v terms.

    Attributes
    ----------
    idf : float32, shape (v,), see :func:`models.lexical.tfidf.idf`.
    frequency : shape (v,), number of articles with each term.
    """

    idf: Vectors
    frequency: NDArray[np.int64]


class TextParts(NamedTuple):
    """The beginning of an article, with what avoids searching it.

    Attributes
    ----------
    text : at most :data:`MAX_TEXT` characters.
    runs : its runs of letters and digits.
    has_joiner : whether it has :data:`JOINER`.
    addresses : folded words that the whole article has in addresses only.
    """

    text: str
    runs: frozenset[str]
    has_joiner: bool
    addresses: frozenset[str]


def keywords_of(
    articles: Sequence[Article],
    counts: csr_matrix,
    names: Terms,
    weights: TermWeights | None = None,
    publications: frozenset[str] | None = None,
) -> Iterator[KeywordList]:
    """Yield the keywords of each article.

    Parameters
    ----------
    articles : n articles.
    counts : term counts, shape (n, v).
    names : the v terms.
    weights : of the terms; those of the n articles if not given.
    publications : see :func:`publication_names`; those of the n articles if not given.
    """
    if weights is None:
        everything = np.ones(len(articles), dtype=bool)
        weights = TermWeights(idf(counts, everything), document_frequency(counts, everything))
    lettered = np.fromiter(map(is_letter_pair, names.words), bool, len(names.words))[names.firsts]
    is_letters = lettered & (names.seconds < 0)
    publications = publication_names(articles) if publications is None else publications
    for first in range(0, len(articles), BLOCK_ROWS):
        block = counts[first : first + BLOCK_ROWS]
        words = weigh_by_count(tfidf_weighted(block, weights.idf), block)
        for row, article in enumerate(articles[first : first + BLOCK_ROWS]):
            language = primary_language(article.language)
            columns, values = top_terms(words, row, CANDIDATE_TERMS)
            parts = _text_parts(for_words(article))
            whole = ~lettered[columns]
            terms = zip(names.take(columns[whole]), values[whole].tolist(), strict=True)
            keywords = [_weighed(parts, language, *term) for term in terms]
            own = slice(words.indptr[row], words.indptr[row + 1])
            columns, values = words.indices[own], words.data[own]
            if is_letters[columns].any():
                numbers = zip(weights.frequency[columns].tolist(), values.tolist(), strict=True)
                pairs = dict(zip(names.take(columns), numbers, strict=True))
                found = phrases(parts.text, pairs, filler_words(language))
                keywords += [(phrase, round(weight, 4)) for phrase, weight in found.items()]
            yield _best(keywords, article.language, publications)


def _text_parts(whole: str) -> TextParts:
    """Prepare a text for searches, without addresses and numeric dates."""
    kept = ADDRESS_CHARACTERS.sub(
        lambda one: " " if _is_address(one.group()) else one.group(), whole
    )
    only = _folded_runs(whole) - _folded_runs(kept) if len(kept) < len(whole) else frozenset()
    text = NUMERIC_DATE.sub(" ", kept[:MAX_TEXT])
    return TextParts(text, frozenset(RUN.findall(text)), JOINER in text, only)


def _is_address(word: str) -> bool:
    """Return whether a word is a URL, an e-mail address or a path; "booking.com" is a name."""
    word = word.rstrip(".:?")
    if "://" in word or word[:4].lower() == "www.":
        return True
    return "." in word.partition("@")[2] or (word.count("/") > 1 and "." in word)


def _folded_runs(text: str) -> frozenset[str]:
    return frozenset(map(fold, runs(text)))


def _best(
    keywords: Sequence[tuple[str, float] | None], language: str, publications: frozenset[str]
) -> KeywordList:
    """Keep those of the greatest weight that name no date, amount or publication."""
    ranked = sorted(filter(None, keywords), key=lambda keyword: keyword[1], reverse=True)
    usable = (
        keyword
        for keyword in ranked
        if _names_a_topic(keyword[0], language) and not _is_publication(keyword[0], publications)
    )
    return list(islice(usable, MAX_KEYWORDS))


def _names_a_topic(keyword: str, language: str) -> bool:
    """Return whether a keyword is more than a date or an amount: "March 15", "4th", "12 Poles"."""
    words = keyword.replace("-", " ").split(" ")
    return not AMOUNT.fullmatch(words[0]) and not all(
        AMOUNT.fullmatch(word)
        or is_calendar_name(word, language)
        or fold(word) in amount_words(language)
        for word in words
    )


def publication_names(articles: Sequence[Article], site_name: str = "") -> frozenset[str]:
    """Return the names of the publications of some articles, as their hosts spell them.

    One of them is the name of the site, if the settings have it. The host
    ``news.le-phare.example`` belongs to "Le Phare". Of several labels the longest one is the name.
    Those of registries and services are short.
    """
    keys = (url_key(article.url) for article in articles if article.url)
    hosts = Counter(host for key in keys if key and (host := key.partition("/")[0]))
    least = MIN_HOST_SHARE * hosts.total()
    labels = [host.split(".")[:-1] for host, number in hosts.items() if number >= least]
    names = {as_host(max(one, key=len)) for one in labels if one} | {as_host(site_name)}
    names |= {name.removeprefix(a) for name in names for a in ARTICLES if name.startswith(a)}
    return frozenset(names - {""})


def _is_publication(keyword: str, publications: frozenset[str]) -> bool:
    name = as_host(keyword)
    return name in publications and (len(name) >= MIN_NAME_LETTERS or keyword.isupper())


def as_host(name: str) -> str:
    """Write a name as a host does: lower-case letters and digits, without accents and spaces."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold())))


def _weighed(parts: TextParts, language: str, term: str, weight: float) -> tuple[str, float] | None:
    """Return the term as the text writes it, and its weight; None if it is no keyword."""
    if len(term) < MIN_LETTERS or not any(map(str.isalpha, term)) or term in parts.addresses:
        return None
    if " " in term:  # of pairs only names and joined words are kept
        name = _written_pair(parts, term)
        return (name, round(NAME_FACTOR * weight, 4)) if name else None
    spelled = term if _occurs(parts, term) else _spelled(parts.text, term)
    if spelled != term and _within_a_sentence(parts.text, spelled):
        return spelled, round(NAME_FACTOR * weight, 4)
    return None if term in filler_words(language) else (spelled, round(weight, 4))


def _written_pair(parts: TextParts, pair: str) -> str:
    """Return a pair of words as a text writes a name or joins them; "" if it does neither."""
    name = pair.title()
    if _occurs(parts, name):
        return name
    hyphenated = name.replace(" ", "-")
    if parts.runs.issuperset(name.split(" ")) and _place(parts.text, hyphenated) >= 0:
        return hyphenated
    joined = pair.replace(" ", JOINER)
    return joined if parts.has_joiner and _place(parts.text, joined) >= 0 else ""


def _occurs(parts: TextParts, part: str) -> bool:
    """Return whether a text has a part at word boundaries; a search is rarely needed."""
    first, space, _ = part.partition(" ")
    if first.isalnum() and (first not in parts.runs or not space):
        return first in parts.runs
    return _place(parts.text, part) >= 0


def _spelled(text: str, term: str) -> str:
    """Return how a text writes a word that it always capitalises: "Vilnius" before "VILNIUS"."""
    name = term.title()
    if _place(text, name) >= 0:
        return name
    lower = text.lower()
    place = _place(lower, term)
    # Lower-casing may change the length, as of "İ", and shift positions.
    return text[place : place + len(term)] if place >= 0 and len(lower) == len(text) else term


def _within_a_sentence(text: str, word: str) -> bool:
    """Return whether a word also occurs inside a sentence, where only names are capitalised."""
    place = _place(text, word)
    while place >= 0:
        if place > 1 and text[place - 1] == " " and text[place - 2] not in SENTENCE_ENDS:
            return True
        place = _place(text, word, place + 1)
    return False


def _place(text: str, part: str, start: int = 0) -> int:
    """Find a part at word boundaries; -1 if there is none."""
    place = text.find(part, start)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(part) : place + len(part) + 1]
        if not (before.isalnum() or after.isalnum() or JOINER in before + after):
            return place
        place = text.find(part, place + 1)
    return -1
