"""Stop words: the words of a language that say nothing about a topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
import stopwordsiso
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from models.arrays import Mask, Positions
from models.function_words import FUNCTION_WORDS, SAME_LIST, in_cyrillic
from models.lexical.scripts import fold
from models.lexical.tokenizer import TEXTS_AT_ONCE, Tokens, count_words, text_blocks
from models.measure_words import measure_words
from models.reporting_words import REPORTING_WORDS
from models.sparse import column_sizes

MAX_DOCUMENT_SHARE = 0.5
"""A word of more than this share of the texts of a language is a stop word."""

MIN_TEXTS = 20
"""Texts from which stop words are learned; half of fewer texts is no evidence."""

OTHER_FILLERS = FUNCTION_WORDS | {"en": frozenset({"https", "told"})}
"""Words that the lists of stopwordsiso lack, by language."""

SAMPLE = 5_000
"""Texts of a language, evenly from all, from which stop words are learned."""


def stop_tokens(
    tokens: Tokens, languages: Sequence[str], frequent: Mapping[str, frozenset[str]]
) -> Iterator[Mask]:
    """Yield which tokens are stop words in the language of their text.

    A stop word is in the list of the language, or in most of its texts. Languages are kept apart:
    "die" is an article in German and a verb in English.

    Parameters
    ----------
    tokens : of n texts.
    languages : ISO 639 code of the language of each text.
    frequent : words of most texts by language, see :func:`frequent_words`.

    Yields
    ------
    bool, one for each token of a block, see :func:`models.lexical.tokenizer.text_blocks`.
    """
    names, codes = np.unique(np.array(languages, dtype=object), return_inverse=True)
    stop = np.zeros((len(names), len(tokens.words)), dtype=bool)
    for code, name in enumerate(names.tolist()):
        listed = listed_words(name) | frequent.get(name, frozenset())
        stop[code] = np.fromiter((word in listed for word in tokens.words), bool, stop.shape[1])
    for number, block in enumerate(text_blocks(tokens)):
        own = codes[number * TEXTS_AT_ONCE :][block.owner()]
        yield stop[own, block.word_ids]


def frequent_words(tokens: Tokens, languages: Sequence[str]) -> dict[str, frozenset[str]]:
    """Find the words that most texts of a language have, by language.

    Parameters
    ----------
    tokens : of n texts.
    languages : ISO 639 code of the language of each text.
    """
    names, codes = np.unique(np.array(languages, dtype=object), return_inverse=True)
    found = {}
    for code, name in enumerate(names.tolist()):
        frequent = np.flatnonzero(_frequent(tokens, np.flatnonzero(codes == code)))
        found[name] = frozenset(tokens.words[word] for word in frequent.tolist())
    return found


def listed_words(language: str) -> frozenset[str]:
    """Return the stop words of a language in lower case; none for a language without a list.

    In other languages than English, numbers and units are among them. The English list is that of
    scikit-learn: the longer one has "million" and "university".
    """
    if language == "en":
        return frozenset(ENGLISH_STOP_WORDS)
    return filler_words(language) | amount_words(language)


@lru_cache(maxsize=256)
def amount_words(language: str) -> frozenset[str]:
    """Return the folded words that count or measure in a language (BCP 47): numbers and units."""
    return frozenset(map(fold, measure_words(language)))


@lru_cache(maxsize=256)
def filler_words(language: str) -> frozenset[str]:
    """Return the words that texts on any topic have, such as "said".

    They are no reasons why two articles are related. For English the list is longer than that of
    :func:`listed_words`.
    """
    listed = SAME_LIST.get(language, language)
    words = OTHER_FILLERS.get(language, frozenset()) | REPORTING_WORDS.get(language, frozenset())
    if stopwordsiso.has_lang(listed):
        words = words | stopwordsiso.stopwords(listed)
    if SAME_LIST.get(language) == "hr":
        words = words.union(map(in_cyrillic, words))
    return frozenset(map(fold, words))


def _frequent(tokens: Tokens, texts: Positions) -> Mask:
    """Return which words are in most of some texts: shape (v,)."""
    if len(texts) < MIN_TEXTS:
        return np.zeros(len(tokens.words), dtype=bool)
    sample = texts[:: max(len(texts) // SAMPLE, 1)]
    counts = count_words(tokens.take(sample))
    return np.asarray(column_sizes(counts) > MAX_DOCUMENT_SHARE * len(sample))
