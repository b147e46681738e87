"""``semantic_search`` of sentence-transformers over stored vectors; no text is encoded.

Configured as its documentation recommends for speed: unit vectors in float32 and ``dot_score``. The
search is exact, over all vectors.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from flask import Flask

from benchmarks.systems.site import CARDS, application, entries

FOLDER = "RECOMMENDER_BENCHMARK_FOLDER"


def fill(home: Path, folder: Path) -> None:
    """Write the ids, cards and vectors of a site."""
    found = list(entries(home))
    np.save(folder / "vectors.npy", np.stack([entry.vector for entry in found]))
    for name, lines in (("ids", [e.id for e in found]), ("cards", [e.card for e in found])):
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")


def create_app() -> Flask:
    """Make the application; an environment variable names the folder."""
    import torch  # noqa: PLC0415 - seconds and 300 MB that the others must not pay
    from sentence_transformers import util  # noqa: PLC0415

    folder = Path(os.environ[FOLDER])
    vectors = torch.from_numpy(np.load(folder / "vectors.npy"))
    ids = (folder / "ids.txt").read_text(encoding="utf-8").split("\n")
    cards = [card.encode() for card in (folder / "cards.txt").read_bytes().decode().split("\n")]
    rows = {identifier: row for row, identifier in enumerate(ids)}

    def find(article: str) -> list[bytes] | None:
        row = rows.get(article)
        if row is None:
            return None
        hits = util.semantic_search(
            vectors[row : row + 1], vectors, top_k=CARDS + 1, score_function=util.dot_score
        )[0]
        return [cards[int(hit["corpus_id"])] for hit in hits if hit["corpus_id"] != row][:CARDS]

    return application(find)
