"""What every peer shares: the site it is filled with, and the way it answers.

Each keeps finished texts of cards, as ours does, so that what differs is the search and not the
writing of JSON. Each gives the nearest six and no more: no freshness, no diversity, nobody's pins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from flask import Flask, Response
from numpy.typing import NDArray

from models.rerank.rerank import VECTOR_SCALE
from recommender.serving.responses import open_current
from recommender.snapshots import cards

CARDS = 6

Find = Callable[[str], list[bytes] | None]
"""From an article's id to its finished cards, best first; None for an unknown article."""


class Entry(NamedTuple):
    """An article as a peer stores it."""

    id: str
    card: str
    vector: NDArray[np.float32]


def entries(home: Path) -> Iterator[Entry]:
    """List the articles of a published site, with the very cards and vectors that ours serves."""
    snapshot = open_current(home)
    for row in range(len(snapshot)):
        card = cards.finish_card(snapshot.cards[row], "related").decode()
        vector = snapshot.diversity_vectors[row].astype(np.float32) / VECTOR_SCALE
        yield Entry(snapshot.identifier(row), card, vector / np.linalg.norm(vector))


def application(find: Find) -> Flask:
    """Make a Flask application that answers as ours does, by what ``find`` finds."""
    app = Flask(__name__, static_folder=None)

    @app.get("/healthz")
    def alive() -> Response:
        return Response("alive")

    @app.get("/v1/articles/<path:article>/related")
    def related(article: str) -> Response:
        found = find(article)
        if found is None:
            return Response(status=404)
        body = cards.related_response(article, "peer", found)
        headers = {"Content-Type": "application/json", "Cache-Control": "public, max-age=60"}
        return Response(body, headers=headers)

    return app
