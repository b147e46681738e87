"""Find and remove boilerplate: sentences that many articles repeat word for word.

Examples are reuse notices, calls to subscribe, recurring sub-headings and the default description
of a site, in any language. The catalogue keeps them. Models and teasers get the text without them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Mask, Positions, Timestamps
from models.editions import came_out_together
from models.lexical import scripts
from recommender.articles.article import Article
from recommender.text.sentences import CLOSING, MARKS, join_sentences
from recommender.text.teaser import MIN_WORDS, make_teaser
from recommender.text.word_count import word_count

MIN_SHARE = 0.01
"""Share of the distinct texts from which on a repeated sentence is boilerplate."""

MIN_TEXTS = 6
"""Number of texts from which on it is, in a small archive: a series of five may share a line."""

MIN_TEASER_TEXTS = 3
"""Number of texts from which on a whole teaser is: it describes the site or a series."""

MAX_BODY_SHARE = 0.1
"""Bodies with a sentence of such a teaser, at most, as a share of the texts with the teaser. The
page about the site may describe it, too."""

MIN_SENTENCE_WORDS = 6
"""Words of a sentence that is compared. Shorter ones are often cut at an abbreviation: "The U.S."

A whole line, such as a sub-heading, may be shorter."""

MIN_CALL_WORDS = 3
"""The same of a sentence without a full stop at its end: "Have a story for us?"."""

MIN_COPY_SHARE = 0.6
"""Share of the sentences of the shorter text, by weight, that copies have in common."""

MIN_STORY_SHARE = 0.5
"""Share of a text, at least, that it has in common with the other editions of its story."""

MIN_STORY_SENTENCES = 4
"""Sentences of that part, at least: a promotion may be most of a short text, too."""

RAREST = 4
"""Shared sentences of a text, the rarest first, by which earlier copies of it are found."""

MAX_COMPARED = 4
"""Texts with such a sentence that are compared, the latest first."""

_FULL_STOP = re.compile(rf"[.{''.join(set(MARKS) - set('؟፧！？'))}][{CLOSING}]*$")

_LETTER = rf"[\w{scripts.MARKS}]"

# Sentences need the same boundaries in every article, not the correct ones, so one rule serves all
# languages. Three letters or vowel signs before the full stop: "hl. m. Prahy" and "U.S." do not end
# a sentence.
# The pattern begins with the characters that can end one: a search skips all others quickly.
_END = re.compile(
    rf"[.!?…{MARKS}\n]"
    rf"(?:(?<={_LETTER}{_LETTER}{_LETTER}[.!?…])[{CLOSING}]*\s+|(?<=[{MARKS}])[{CLOSING}]*\s*|(?<=\n)\n*)"
)


def strip_boilerplate(articles: Sequence[Article]) -> list[Article]:
    """Remove boilerplate from bodies and teasers.

    Parameters
    ----------
    articles : all articles; the boilerplate is found in their bodies and teasers.

    Returns
    -------
    list of Article
        In the order of ``articles``. A teaser that becomes too short is replaced.
    """
    repeated = find_boilerplate(articles)
    return [without_boilerplate(article, repeated) for article in articles]


def find_boilerplate(articles: Sequence[Article]) -> frozenset[str]:
    """Return the sentences that many distinct texts have in body or teaser, or as whole teaser.

    Copies of a text count once: editions of several cities, agency reports, repeated imports.
    """
    if not articles:
        return frozenset()
    hashed = [_hashed([a.title, *_all_sentences(a.body)]) for a in articles]
    texts = distinct_texts(hashed)
    sizes = np.array([hashed[row].sizes.sum() for row in texts])
    del hashed
    chosen = (articles[row] for row in texts)
    read = [(*_read(one), int(one.published.timestamp())) for one in chosen]
    candidates, teasers, times = zip(*read, strict=True)
    dates = np.array(times, dtype=np.int64)
    many = set(_repeated(candidates, sizes, dates).tolist())
    shared = _shared_teasers(np.array(teasers, dtype=np.int64), dates)
    return _sentences_of(articles, many, shared)


def _sentences_of(articles: Sequence[Article], many: set[int], shared: set[int]) -> frozenset[str]:
    """Return the sentences behind hashes: repeated ones, and those of teasers that texts share.

    A teaser that bodies have, too, is the lead of a story to which others lead.
    """
    teasers = Counter(a.teaser for a in articles if hash(a.teaser) in shared)
    parts = {teaser: frozenset(_candidates(teaser)) for teaser in teasers}
    any_part: frozenset[str] = frozenset().union(*parts.values())
    found, in_bodies = set[str](), Counter[str]()
    for article in articles if many or teasers else ():
        body = list(_candidates(article.body))
        found.update(s for s in (*body, *_candidates(article.teaser)) if hash(s) in many)
        in_bodies.update(any_part.intersection(body))
    for teaser, number in teasers.items():
        if all(in_bodies[part] <= MAX_BODY_SHARE * number for part in parts[teaser]):
            found |= parts[teaser]
    return frozenset(found)


def _read(article: Article) -> tuple[HashedText, int]:
    """Return the sentences of an article, and the hash of its teaser; 0 if that is in the body."""
    body, teaser = list(_candidates(article.body)), list(_candidates(article.teaser))
    is_own = set(teaser).isdisjoint(body)
    return _hashed([*body, *teaser]), hash(article.teaser) if is_own else 0


def _shared_teasers(teasers: NDArray[np.int64], dates: Timestamps) -> set[int]:
    """Return the teasers of several texts, without those of editions, as hashes.

    Parameters
    ----------
    teasers : shape (n,), hashes of those of n texts; 0 for none.
    dates : shape (n,), see :func:`_repeated`.
    """
    values, ids, counts = np.unique(teasers, return_inverse=True, return_counts=True)
    together = came_out_together(ids, dates, len(values), dates)
    shared = (counts >= MIN_TEASER_TEXTS) & ~together & (values != 0)
    return set(values[shared].tolist())


def _repeated(
    texts: Sequence[HashedText], sizes: NDArray[np.int64], dates: Timestamps
) -> NDArray[np.int64]:
    """Return the sentences of many texts, without those of editions, as hashes.

    Editions come out together, and the story is most of each. A notice stays for longer, or it is
    less of a text; see :mod:`models.editions`.

    Parameters
    ----------
    texts : the sentences of n texts that can be boilerplate.
    sizes : shape (n,), letters of each whole text.
    dates : shape (n,), when each was published, in seconds since 1970 UTC.
    """
    hashes = np.concatenate([text.hashes for text in texts])
    values, counts = np.unique(hashes, return_counts=True)
    repeated = counts >= max(MIN_TEXTS, MIN_SHARE * len(texts))
    values, counts = values[repeated], counts[repeated]
    if not len(values):
        return values
    ids = np.minimum(np.searchsorted(values, hashes), len(values) - 1)
    kept = np.flatnonzero(values[ids] == hashes)  # few: all other arrays have their size
    owner = np.repeat(np.arange(len(texts)), [len(text.hashes) for text in texts])[kept]
    letters = np.concatenate([text.sizes for text in texts])[kept]
    is_story = _are_of_editions(_Sentences(ids[kept], owner, letters), sizes, dates)
    return np.asarray(values[~is_story])


class _Sentences(NamedTuple):
    """Repeated sentences in texts: their numbers, the rows of the texts, and their letters."""

    ids: Positions
    owner: Positions
    letters: NDArray[np.int32]


def _are_of_editions(found: _Sentences, sizes: NDArray[np.int64], dates: Timestamps) -> Mask:
    """Return which sentences editions share: bool, one for each; see :func:`_repeated`."""
    ids, owner, letters = found
    counts = np.bincount(ids)
    is_brief = came_out_together(ids, dates[owner], len(counts), dates)
    shared = np.bincount(owner, is_brief[ids], len(sizes))
    shares = np.bincount(owner, letters * is_brief[ids], len(sizes)) / np.maximum(sizes, 1)
    shares[shared < MIN_STORY_SENTENCES] = 0
    return is_brief & (np.bincount(ids, shares[owner]) >= MIN_STORY_SHARE * counts)


class HashedText(NamedTuple):
    """The distinct sentences of a text.

    Attributes
    ----------
    hashes : int64, shape (s,).
    sizes : int32, shape (s,), number of letters of each.
    """

    hashes: NDArray[np.int64]
    sizes: NDArray[np.int32]


def _hashed(sentences: Iterable[str]) -> HashedText:
    sizes = {hash(sentence): len(sentence) for sentence in sentences}
    return HashedText(
        np.array(list(sizes), dtype=np.int64), np.array(list(sizes.values()), dtype=np.int32)
    )


def _all_sentences(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield from _sentences(line)


def without_boilerplate(article: Article, repeated: frozenset[str]) -> Article:
    """Remove the given sentences from body and teaser; see :func:`find_boilerplate`."""
    if not repeated:
        return article
    body = _remove(article.body, repeated) or article.body
    teaser = _remove(article.teaser, repeated)
    if body == article.body and teaser == article.teaser:
        return article
    if teaser != article.teaser and word_count(teaser) < MIN_WORDS:
        teaser = (
            make_teaser(body, article.title, article.language, article.authors)
            or teaser
            or article.title
        )
    return msgspec.structs.replace(article, body=body, teaser=teaser)


def _remove(text: str, repeated: frozenset[str]) -> str:
    if repeated.isdisjoint(_candidates(text)):
        return text
    lines = (
        join_sentences(sentence for sentence in _sentences(line) if sentence not in repeated)
        for line in text.split("\n")
    )
    return "\n".join(line for line in lines if line)


def _candidates(text: str) -> Iterator[str]:
    """Yield the sentences that can be boilerplate: long ones and whole lines."""
    for line in text.split("\n"):
        sentences = list(_sentences(line))
        if len(sentences) == 1:
            yield sentences[0]
        else:
            yield from filter(_is_long, sentences)


def _is_long(sentence: str) -> bool:
    least = MIN_SENTENCE_WORDS if _FULL_STOP.search(sentence) else MIN_CALL_WORDS
    return word_count(sentence) >= least


def _sentences(text: str) -> Iterator[str]:
    """Split a text into sentences with normalised white space."""
    start = 0
    for end in _END.finditer(text):
        if sentence := " ".join(text[start : end.end()].split()):
            yield sentence
        start = end.end()
    if sentence := " ".join(text[start:].split()):
        yield sentence


def distinct_texts(texts: Sequence[HashedText]) -> list[int]:
    """Return the positions of texts of which none is a copy of another one.

    The weight of a sentence is its length times ``log(1 + n / df)``, so that neither a notice in
    all texts nor many short lines make copies. The time is linear in the number of sentences.
    """
    hashes, sizes = (np.concatenate(part) for part in zip(*texts, strict=True))
    _, first, ids, counts = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    weights = sizes[first] * np.log1p(len(texts) / counts)
    starts = np.cumsum([0, *(len(text.hashes) for text in texts)])
    distinct: list[int] = []
    having: defaultdict[int, list[int]] = defaultdict(list)
    for row in range(len(texts)):
        own = ids[starts[row] : starts[row + 1]]
        shared = own[counts[own] > 1]
        rarest = shared[np.argsort(counts[shared], kind="stable")[:RAREST]].tolist()
        others = {text for one in rarest for text in having[one][-MAX_COMPARED:]}
        if any(_are_copies(own, ids[starts[o] : starts[o + 1]], weights) for o in others):
            continue
        distinct.append(row)
        for one in shared.tolist():
            having[one].append(row)
    return distinct


def _are_copies(one: Positions, other: Positions, weights: Floats) -> bool:
    """Compare two texts by the ids of their sentences."""
    common = weights[np.intersect1d(one, other, assume_unique=True)].sum()
    smaller = min(weights[one].sum(), weights[other].sum())
    return bool(common >= MIN_COPY_SHARE * smaller)
