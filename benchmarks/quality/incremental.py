"""Measures how far lists after incremental runs differ from those after a full run.

    python -m benchmarks.quality.incremental FOLDER ... --home DIR [--share 0.02]

The newest articles of each folder are added by one incremental run to a full run over the others.
Then a full run follows over all. Compared are the first six cards: how many are the same, and how
well the lists of the new articles agree with what their editors linked.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from benchmarks import machine
from benchmarks.sites.datasets import link_set_arguments, read_site
from models.ranker.ranking_metrics import ndcg
from recommender.articles.article import Article
from recommender.articles.links import read_link_pairs
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import related
from recommender.settings import Incremental, Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id

RESULTS = Path(__file__).parent / "results"
ALWAYS = Incremental(min_articles=0, max_changed=10_000, max_changed_share=1.0)
NEVER = Incremental(max_changed=0)

Lists = Mapping[str, Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every folder and write the figures."""
    parser = link_set_arguments(__doc__)
    parser.add_argument("--share", type=float, default=0.02, help="share of new articles")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    sites = {
        folder.name: measure(folder, options.home, options.embedding_model, options.share)
        for folder in options.folders
    }
    figures = {"machine": machine.describe("numpy"), "share": options.share, "sites": sites}
    print(json.dumps(figures, indent=2))
    machine.write("incremental", figures, options.results)


def measure(folder: Path, home: Path, model: str, share: float) -> dict[str, Any]:
    """Compare the lists of one site."""
    articles = list(read_site(folder, home, embedding_model=model).as_read)  # newest first
    count = max(round(share * len(articles)), 1)
    with TemporaryDirectory() as temporary:
        settings = Settings(home=Path(temporary) / "home", embedding_model=model)
        settings.home.mkdir()
        shutil.copy(home / "vectors.sqlite3", settings.home)
        _run(settings, ALWAYS, articles[count:], articles)
        incremental = _run(settings, ALWAYS, articles[:count], articles)
        full = _run(settings, NEVER, [], articles)
    new = [article.id for article in articles[:count]]
    targets = _link_targets(folder)
    entries = [_entries(lists, set(new)) for lists in (full, incremental)]
    return {
        "articles": len(articles),
        "new": count,
        "same_cards": _overlap(full, incremental, list(full)),
        "same_cards_of_new": _overlap(full, incremental, new),
        "new_as_cards": {
            "full": len(entries[0]),
            "incremental": len(entries[1]),
            "both": len(entries[0] & entries[1]),
        },
        "ndcg_of_new": {
            name: _ndcg(lists, new, targets)
            for name, lists in (("full", full), ("incremental", incremental))
        },
    }


def _link_targets(folder: Path) -> dict[str, set[str]]:
    """Return the articles that each article links to."""
    targets: dict[str, set[str]] = {}
    for source, target in read_link_pairs(folder / "links.tsv"):
        targets.setdefault(source, set()).add(target)
    return targets


def _run(
    settings: Settings, mode: Incremental, added: Sequence[Article], articles: Sequence[Article]
) -> Lists:
    """Add articles, index, and return the cards of all articles."""
    settings, now = msgspec.structs.replace(settings, incremental=mode), articles[0].published
    catalogue = Catalogue(settings.catalogue_url)
    catalogue.add(added, "benchmark", now)
    index(settings, catalogue, now, lambda *_: None, RunOptions(force=True))
    catalogue.close()
    data_dir = DataDir(settings.home)
    snapshot = Snapshot(data_dir.snapshots / current_id(data_dir))
    rows = [(one.id, snapshot.row(one.id)) for one in articles]
    return {
        identifier: [
            snapshot.identifier(card.row)
            for card in related(snapshot, row, DEFAULT_QUERY, now.timestamp())
            if card.origin == "related"
        ]
        for identifier, row in rows
        if row is not None
    }


def _overlap(one: Lists, other: Lists, identifiers: Sequence[str]) -> float | None:
    """Return the mean share of the cards of the first that the second has."""
    shares = [
        len(set(one[identifier]) & set(other[identifier])) / len(one[identifier])
        for identifier in identifiers
        if one[identifier]
    ]
    return round(fmean(shares), 3) if shares else None


def _entries(lists: Lists, new: set[str]) -> set[tuple[str, str]]:
    """Return the pairs of an earlier article and a new one among its cards."""
    return {(key, card) for key, cards in lists.items() if key not in new for card in cards} & {
        (key, card) for key in lists for card in new
    }


def _ndcg(
    lists: Lists, identifiers: Sequence[str], targets: Mapping[str, set[str]]
) -> float | None:
    """Return the mean nDCG@6 of the lists of articles that link."""
    linking = [one for one in identifiers if targets.get(one, set()) & lists.keys()]
    row_of = {identifier: row for row, identifier in enumerate(lists)}
    values = [
        ndcg(
            [row_of[card] for card in lists[one]],
            frozenset(row_of[target] for target in targets[one] if target in row_of),
        )
        for one in linking
    ]
    return round(fmean(values), 3) if values else None


if __name__ == "__main__":
    main()
