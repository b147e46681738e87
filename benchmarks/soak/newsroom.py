"""The newsroom of a soak: it publishes, rolls back and overrides."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.sites.synthetic import NOW, identifier, publish_site, synthetic_articles
from benchmarks.soak.checked_answers import Reference
from recommender.catalogue.store import Catalogue
from recommender.errors import OverrideError
from recommender.home import DataDir
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import load_settings
from recommender.snapshots.store import current_id, prune, snapshot_ids, use

EVENTS = ("override", "override", "publish", "override", "undo", "roll back")
ARRIVING = 20
"""New articles of each snapshot."""

MAX_SNAPSHOTS = 6


class Newsroom:
    """Changes everything that a newsroom changes."""

    def __init__(self, home: Path, url: str, size: int, reference: Reference) -> None:
        self._home, self._size, self._reference = home, size, reference
        self._log = Log(url)
        self._random = random.Random(3)
        self._steps = itertools.count(1)
        # Publishing is another process's work, so that it does not hold up the readers here.
        self._indexer = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))

    def close(self) -> None:
        """Close the database, and end the process that publishes."""
        self._indexer.shutdown()
        self._log.close()

    def act(self, event: str) -> None:
        """Do one of EVENTS; what contradicts an earlier override is refused."""
        with suppress(OverrideError):
            self._actions()[event]()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "override": lambda: self._override(self._drawn()),
            "undo": self._undo,
            "publish": self._publish,
            "roll back": self._roll_back,
        }

    def _drawn(self) -> Override:
        some = [identifier(number) for number in self._random.sample(range(self._size), 2)]
        return self._random.choice(
            [
                Override(kind=Kind.PIN, article=some[0], pick=some[1], place=1, author="ann"),
                Override(kind=Kind.BLOCK, pick=some[1], author="ann"),
                Override(kind=Kind.BOOST, pick=some[1], factor=3.0, author="ann"),
                Override(kind=Kind.HOLD, article=some[0], author="ann"),
                Override(kind=Kind.WITHDRAW, article=some[0], author="ann"),
            ]
        )

    def _override(self, override: Override) -> None:
        self._reference.record_overrides(lambda: self._log.add([override], time.time()))

    def _undo(self) -> None:
        active = [one for one in self._log.active() if one.kind != Kind.WITHDRAW]
        if active:
            last = self._random.choice(active[-20:])
            self._override(Override(kind=Kind.UNDO, undoes=last.id, author="ann"))

    def _publish(self) -> None:
        step = next(self._steps)
        size = self._size + ARRIVING * step
        published = self._indexer.submit(publish_site, self._home, size, step)
        self._reference.record_snapshot(published.result)
        prune(DataDir(self._home), MAX_SNAPSHOTS)

    def _roll_back(self) -> None:
        data = DataDir(self._home)
        other = [one for one in snapshot_ids(data) if one != current_id(data)]

        def activate() -> str:
            use(data, chosen)
            return chosen

        if other:
            chosen = self._random.choice(other)
            self._reference.record_snapshot(activate)


def prepare(home: Path, articles: int, overrides: int) -> str:
    """Publish a site and save overrides; returns the URL of the database."""
    url = load_settings(home, environ={}).catalogue_url
    catalogue = Catalogue(url)
    catalogue.add(synthetic_articles(articles), "synthetic", NOW)
    log = Log(url, catalogue.engine)
    picks = np.random.default_rng(2).permutation(articles).tolist()
    made = [
        Override(kind=Kind.BOOST, pick=identifier(number), factor=1.5, author="ann")
        for number in itertools.islice(picks, overrides)
    ]
    for start in range(0, len(made), 500):
        log.add(made[start : start + 500], NOW.timestamp())
    catalogue.close()
    publish_site(home, articles)
    return url
