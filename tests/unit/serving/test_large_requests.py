"""Requests that exclude many articles or that few articles pass, in a larger archive."""

import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sites.synthetic import publish_site
from recommender.serving.filters import FEW_CLUSTERS, Query
from recommender.serving.recommend import growing_batches, latest, related
from recommender.serving.responses import open_current
from recommender.snapshots.snapshot import Snapshot

SIZE = 5_000


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home: Path = tmp_path_factory.mktemp("large")
    publish_site(home, SIZE)
    return open_current(home)


def ids(snapshot: Snapshot, count: int) -> list[str]:
    return [snapshot.identifier(row) for row in snapshot.newest_first()[:count].tolist()]


def test_the_latest_after_a_thousand_excluded_ones_keep_their_order(snapshot: Snapshot) -> None:
    newest = ids(snapshot, 1_020)
    cards = latest(snapshot, Query(limit=20, exclude=frozenset(newest[:1_000])), time.time())
    assert [snapshot.identifier(card.row) for card in cards] == newest[1_000:]


def test_an_old_article_is_found_in_a_later_batch(snapshot: Snapshot) -> None:
    section = snapshot.sections[snapshot.section.item(SIZE - 1)]
    oldest = snapshot.latest_of(snapshot.section.item(SIZE - 1))[-3:].tolist()
    newer = snapshot.latest_of(snapshot.section.item(SIZE - 1))[:-3].tolist()
    excluded = frozenset(map(snapshot.identifier, newer))
    cards = latest(snapshot, Query(section=section, exclude=excluded), time.time())
    assert [card.row for card in cards] == oldest
    assert latest(snapshot, Query(section="nowhere", exclude=excluded), time.time()) == []


@pytest.mark.parametrize("count", [1, FEW_CLUSTERS, FEW_CLUSTERS + 1, 60])
def test_excluded_articles_are_left_out_of_the_candidates(snapshot: Snapshot, count: int) -> None:
    now, row = time.time(), int(snapshot.newest_first()[1_000])
    plain = [card.row for card in related(snapshot, row, Query(limit=20), now)]
    # The candidates of an article are of its topic: so few articles of the newest are among them.
    others = [snapshot.identifier(one) for one in range(count) if one not in {row, *plain}]
    excluded = frozenset([snapshot.identifier(plain[0]), *others])
    cards = [card.row for card in related(snapshot, row, Query(limit=19, exclude=excluded), now)]
    assert plain[0] not in cards
    assert {snapshot.identifier(card) for card in cards}.isdisjoint(excluded)
    assert len(cards) == 19


def test_an_archive_is_read_in_few_batches() -> None:
    rows = np.arange(1_000_000, dtype=np.int32)
    batches = list(growing_batches(rows))
    assert len(batches) < 40
    assert len(batches[0]) == 64
    assert np.array_equal(np.concatenate(batches), rows)
    assert list(growing_batches(rows[:0])) == []
