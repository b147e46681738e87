"""Terms of texts, English unless named, without a vocabulary to compare later texts with."""

from collections.abc import Sequence

from scipy.sparse import csr_matrix

from models.lexical.stop_words import frequent_words
from models.lexical.tfidf import Terms, count_shared_terms, without_stop_words
from models.lexical.tokenizer import Tokens, tokenize


def count_terms(texts: Sequence[str]) -> csr_matrix:
    """Count the words and word pairs of each text."""
    return count_named_terms(tokenize(texts))[0]


def count_named_terms(
    tokens: Tokens, languages: Sequence[str] | None = None
) -> tuple[csr_matrix, Terms]:
    """Count the words and word pairs of each text; also returns the terms."""
    languages = languages or ["en"] * (len(tokens.starts) - 1)
    frequent = frequent_words(tokens, languages)
    counted = count_shared_terms(without_stop_words(tokens, languages, frequent))
    return counted.counts, counted.names
