"""Computes the embeddings of articles with the configured model and the cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from models.arrays import Vectors
from models.dense.encoders import Encoder
from models.storage import IN_MEMORY, Storage
from recommender.articles.article import Article
from recommender.articles.model_inputs import for_encoder
from recommender.embeddings.cache import EmbeddingCache
from recommender.embeddings.languages import AUTO, best_model, setting_of
from recommender.embeddings.registry import load_encoder
from recommender.errors import ModelChangedError
from recommender.settings import Settings

Report = Callable[[str, int, int | None], None]
"""Receives progress: name of the step, items done, and the total or None where it is unknown."""


def embed_articles(
    articles: Sequence[Article],
    settings: Settings,
    report: Report,
    *,
    full: bool = False,
    encoder: Encoder | None = None,
    known: tuple[str, int] | None = None,
    storage: Storage = IN_MEMORY,
) -> tuple[Vectors, str, int]:
    """Embed articles; texts in the cache are not computed again.

    Parameters
    ----------
    full : clears the cache of this model first.
    encoder : used in place of the one that the settings name.
    known : name and dimensions of the model, which is then loaded only for texts without a vector.
    storage : where the embeddings are kept.

    Returns
    -------
    embeddings : float32, (len(articles), d), rows of length 1.
    name : of the model.
    computed : number of texts that were not in the cache.
    """
    if known is not None:
        given, setting = encoder, _setting_of(known[0], settings)
        encoder = _LazyEncoder(*known, lambda: given or _loaded_once(setting))
    elif encoder is None:
        report("loading the embedding model", 0, 1)
        encoder = load_encoder(_chosen(articles, settings))
        report("loading the embedding model", 1, 1)
    cache = EmbeddingCache(settings.data_dir.vectors)
    try:
        if full:
            cache.clear(encoder.name)
        vectors, computed = cache.embed(
            encoder,
            articles,
            lambda done, total: report("embedding", done, total),
            for_encoder,
            storage,
        )
    finally:
        cache.close()
    return vectors, encoder.name, computed


def _chosen(articles: Sequence[Article], settings: Settings) -> str:
    """Return the model of the settings, where "auto" is replaced by the one for these articles."""
    if settings.embedding_model != AUTO:
        return settings.embedding_model
    return best_model(Counter(article.language for article in articles))


def _setting_of(name: str, settings: Settings) -> str:
    """Return the setting of a model that was chosen before."""
    if settings.embedding_model != AUTO:
        return settings.embedding_model
    return setting_of(name) or "minilm"


@lru_cache(maxsize=1)
def _loaded_once(setting: str) -> Encoder:
    """Load a model once, so that ``index --watch`` need not load it again."""
    return load_encoder(setting)


class _LazyEncoder:
    """A model that is loaded when a text has no vector yet."""

    def __init__(self, name: str, dimensions: int, load: Callable[[], Encoder]) -> None:
        self.name = name
        self.dimensions = dimensions
        self._load = load

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts with the model of this name; raises ModelChangedError for another one."""
        encoder = self._load()
        if encoder.name != self.name:
            raise ModelChangedError(f"embedding_model: expected {self.name}, got {encoder.name}")
        return encoder.encode(texts)
