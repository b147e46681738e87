"""What the alternatives share: the articles of a published site, and the HTTP application.

Each stores finished cards, as the service does, so that the search makes the difference and not the
writing of JSON. Each returns the nearest six, without recency, diversity or overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from flask import Flask, Response
from numpy.typing import NDArray

from benchmarks.sites.synthetic import TOPIC
from models.rerank.rerank import VECTOR_SCALE
from recommender.serving.responses import open_current
from recommender.snapshots import cards

CARDS = 6

Find = Callable[[str], list[bytes] | None]
"""From the id of an article to finished cards, best first; None for an unknown article."""

VOCABULARY = 50_000
TOPIC_VOCABULARY = 500
LENGTH = 300
"""Words of a generated article."""


class Entry(NamedTuple):
    """An article as the alternatives store it."""

    id: str
    card: str
    vector: NDArray[np.float32]


def entries(home: Path) -> Iterator[Entry]:
    """List the articles of a published site, with the cards and vectors of its snapshot."""
    snapshot = open_current(home)
    for row in range(len(snapshot)):
        card = cards.finish_card(snapshot.cards[row], "related").decode()
        vector = snapshot.vectors_of([row])[0].astype(np.float32) / VECTOR_SCALE
        yield Entry(snapshot.identifier(row), card, vector / np.linalg.norm(vector))


def application(find: Find) -> Flask:
    """Make a Flask application with the endpoint of the service."""
    app = Flask(__name__, static_folder=None)

    @app.get("/healthz")
    def alive() -> Response:
        return Response("alive")

    @app.get("/v1/articles/<path:article>/related")
    def related(article: str) -> Response:
        found = find(article)
        if found is None:
            return Response(status=404)
        body = cards.related_response(article, "benchmark", found)
        headers = {"Content-Type": "application/json", "Cache-Control": "public, max-age=60"}
        return Response(body, headers=headers)

    return app


def texts(size: int, seed: int = 5) -> list[list[str]]:
    """Generate the words of ``size`` articles, with topics as in the published site.

    Half of the words come from the whole vocabulary and half from that of the topic, each by Zipf's
    law: the n-th most frequent word is 1/n as frequent.
    """
    random = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(VOCABULARY)]
    topics = random.integers(0, VOCABULARY, (size // TOPIC + 1, TOPIC_VOCABULARY))
    found = []
    for number in range(size):
        anywhere = _zipf(random, VOCABULARY, LENGTH // 2)
        own = topics[number // TOPIC][_zipf(random, TOPIC_VOCABULARY, LENGTH // 2)]
        found.append([words[word] for word in np.concatenate([anywhere, own])])
    return found


def _zipf(random: np.random.Generator, most: int, count: int) -> NDArray[np.int64]:
    """Draw ranks below ``most`` by Zipf's law: the inverse of its cumulated weights."""
    cumulated = np.exp(random.random(count) * np.log(most + 1))
    return np.asarray(np.minimum(cumulated.astype(np.int64) - 1, most - 1))
