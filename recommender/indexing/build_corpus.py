"""Turns articles into the numeric corpus that the models work on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from models.arrays import Codes, Floats, Mask, Vectors
from models.dense.unrelated import random_similarity, unrelated_cosine
from models.features.corpus import Corpus
from models.features.link_graph import LinkGraph
from models.lexical.prefixes import FittedPrefixes
from models.lexical.shingles import KeySets, key_sets, shingles_of
from models.lexical.stop_words import frequent_words
from models.lexical.tfidf import Terms, count_shared_terms, without_stop_words
from models.lexical.vocabulary import Columns, Vocabulary
from models.storage import IN_MEMORY, Storage
from recommender.articles.article import Article
from recommender.articles.fields import named_passages_of, tokenized_fields
from recommender.articles.links import Link
from recommender.articles.model_inputs import publication_times
from recommender.embeddings.languages import is_trained_on, setting_of
from recommender.language_tags import language_and_script, primary_language
from recommender.names import name_key
from recommender.settings import Ranking
from recommender.snapshots.snapshot import NEVER
from recommender.text.word_count import word_count

TAG_COLUMNS = 2**16
"""Hash buckets of tags; a site has a few thousand, so that collisions are rare."""


def build_corpus(
    articles: Sequence[Article],
    embeddings: Vectors,
    links: Sequence[Link],
    encoder: str = "",
) -> Corpus:
    """Build the corpus without the names of its terms; see :func:`build_named_corpus`."""
    return build_named_corpus(articles, embeddings, links, encoder).corpus


class NamedCorpus(NamedTuple):
    """A corpus, and what the models do not need."""

    corpus: Corpus
    terms: Terms
    """The words and word pairs behind the columns of ``corpus.counts``."""
    hidden_shingles: csr_matrix
    """Shingles of hidden articles, with the columns of ``corpus.shingles``."""
    vocabulary: Vocabulary
    prefixes: FittedPrefixes
    """Those that words of later articles lose."""
    shingle_keys: KeySets
    """Shingles of the articles, as hashes."""
    hidden_keys: KeySets
    """Shingles of hidden articles, as hashes."""


def build_named_corpus(
    articles: Sequence[Article],
    embeddings: Vectors,
    links: Sequence[Link],
    encoder: str = "",
    hidden: Sequence[Article] = (),
    storage: Storage = IN_MEMORY,
) -> NamedCorpus:
    """Build the corpus of a site.

    Parameters
    ----------
    articles : newest first.
    embeddings : float32, (n, d), rows of length 1.
    links : pairs of rows, from the linking article to the linked one.
    encoder : name of the embedding model; "" if it is not known.
    hidden : articles that are not part of the corpus and may have copies in it.
    storage : where the large parts are kept.
    """
    all_fields = tokenized_fields(chain(articles, hidden), storage=storage)
    shingles = shingles_of(all_fields.full_text, storage)
    keys = key_sets(all_fields.full_text, storage)
    fields = all_fields.part(0, len(articles))
    tokens = fields.full_text
    passages, stems = named_passages_of(fields, storage)
    languages = [primary_language(article.language) for article in articles]
    stop_words = frequent_words(tokens, languages)
    tokens = without_stop_words(tokens, languages, stop_words, storage)
    del all_fields, fields  # whose tokens take as much space as the counts
    counted = count_shared_terms(tokens, storage)
    codes, understood = language_codes(articles), _is_understood(articles, encoder)
    floor = unrelated_cosine(embeddings, codes, understood)
    published = publication_times(articles)
    corpus = Corpus(
        counts=counted.counts,
        passages=passages,
        shingles=shingles[: len(articles)] if hidden else shingles,
        tags=tags_of(articles),
        embeddings=embeddings,
        language=codes,
        unrelated_cosine=floor,
        random_similarity=random_similarity(embeddings, codes, floor),
        published=published,
        length_log=length_logs(articles),
        graph=_graph(links, published),
    )
    terms, stem_columns = Columns.of(counted.folded), Columns.of(stems)
    return NamedCorpus(
        corpus=corpus,
        terms=counted.names,
        hidden_shingles=shingles[len(articles) :],
        vocabulary=Vocabulary(terms, stem_columns, stop_words),
        prefixes=FittedPrefixes.of(tokens.words, tokens.rest_ids, terms),
        shingle_keys=_part_of(keys, 0, len(articles)),
        hidden_keys=_part_of(keys, len(articles), len(articles) + len(hidden)),
    )


def _part_of(keys: KeySets, start: int, stop: int) -> KeySets:
    """Return the shingles of some consecutive texts."""
    starts = keys.starts[start : stop + 1]
    return KeySets(keys.keys[starts[0] : starts[-1]], starts - starts[0])


def length_logs(articles: Sequence[Article]) -> Floats:
    """Return the log of one plus the number of words of each body: shape (n,)."""
    return np.log1p([word_count(article.body) for article in articles])


def tags_of(articles: Sequence[Article]) -> csr_matrix:
    """Return which tags each article has, as a sparse binary matrix."""
    tags = HashingVectorizer(
        analyzer=_tags, n_features=TAG_COLUMNS, binary=True, norm=None, alternate_sign=False
    )
    return tags.transform(articles).astype(np.float32).tocsr()


def expiry_times(articles: Sequence[Article]) -> NDArray[np.int64]:
    """Return when each article expires, in seconds since 1970 UTC, or NEVER: shape (n,)."""
    ends = [NEVER if a.expires is None else int(a.expires.timestamp()) for a in articles]
    return np.array(ends, dtype=np.int64)


def language_codes(articles: Sequence[Article]) -> NDArray[np.int32]:
    """Give each article a code of its language and script: int32, (n,)."""
    return named_language_codes(articles)[1]


def language_groups(languages: Codes, ranking: Ranking) -> Codes:
    """Return the groups within which articles are listed under each other: int32, (n,).

    These are the languages if only the same one is listed, and one group otherwise.

    Parameters
    ----------
    languages : int32, (n,), see :func:`language_codes`.
    """
    return languages if ranking.language == "same" else np.zeros_like(languages)


def named_language_codes(articles: Sequence[Article]) -> tuple[list[str], NDArray[np.int32]]:
    """Return the languages in the order of their codes, and the codes, int32, (n,)."""
    languages = np.array([language_and_script(article.language) for article in articles])
    names, codes = np.unique(languages, return_inverse=True)
    return names.tolist(), codes.astype(np.int32)


def _is_understood(articles: Sequence[Article], encoder: str) -> Mask | None:
    """Return whether the encoder was trained on the language of each; None if unknown."""
    if not setting_of(encoder):
        return None
    return np.array([is_trained_on(encoder, a.language) for a in articles], dtype=bool)


def recency_times(
    articles: Sequence[Article], ranking: Ranking, now: datetime
) -> NDArray[np.int64]:
    """Return the date from which the age of each article counts, in seconds since 1970 UTC: (n,).

    An update that is dated after ``now`` counts as made now.
    """
    if ranking.recency_from == "published":
        dates = [article.published for article in articles]
    else:
        dates = [max(a.published, min(a.updated or a.published, now)) for a in articles]
    return np.array([int(date.timestamp()) for date in dates], dtype=np.int64)


def _tags(article: Article) -> list[str]:
    return [name_key(tag) for tag in article.tags]


def _graph(links: Sequence[Link], published: NDArray[np.int64]) -> LinkGraph:
    """Build the link graph; a link is known once both of its articles are published."""
    pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
    known_at = published[pairs].max(axis=1) if len(pairs) else np.zeros(0, dtype=np.int64)
    return LinkGraph(pairs[:, 0], pairs[:, 1], known_at, len(published))
