"""Embeddings of articles: the encoder of the settings, and the cache beside the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Article
from recommender.articles.model_inputs import for_encoder
from recommender.embeddings.cache import VectorStore
from recommender.embeddings.registry import load_encoder
from recommender.home import DataDir
from recommender.settings import Settings

Report = Callable[[str, int, int | None], None]
"""Told the step, how much of it is done, and of how much where that is known."""


def embed_articles(
    articles: Sequence[Article], settings: Settings, report: Report, *, full: bool = False
) -> tuple[NDArray[np.float32], str, int]:
    """Embed articles, each distinct text once in its life; ``full`` forgets what is cached.

    Returns unit vectors, float32, shape (len(articles), d), the encoder's name, and how many
    texts had to be embedded.
    """
    report("loading the encoder", 0, 1)
    encoder = load_encoder(settings.encoder)
    report("loading the encoder", 1, 1)
    store = VectorStore(DataDir(settings.home).vectors)
    try:
        if full:
            store.forget(encoder.name)
        vectors, embedded = store.embed(
            encoder,
            [for_encoder(article) for article in articles],
            lambda done, total: report("embedding", done, total),
        )
    finally:
        store.close()
    return vectors, encoder.name, embedded
