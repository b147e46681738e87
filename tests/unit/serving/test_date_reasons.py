"""Reasons that rest on dates: which candidate is the newest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from recommender.overrides.active import NO_OVERRIDES
from recommender.serving.date_reasons import DateReasons
from recommender.serving.list_context import ListContext
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW
from sample_snapshot import NOW_SECONDS, site

ANYTHING = {"minimum_relevance": 0}
COMING = (NOW + timedelta(days=1)).isoformat()


def test_only_the_newest_public_candidate_is_called_so(tmp_path: Path) -> None:
    coming = {"id": "talks/3", "published": COMING}
    snapshot = site(tmp_path, coming, ranking=ANYTHING)
    candidates = snapshot.candidates.of(snapshot.row("talks/0") or 0)[0]
    assert snapshot.row("talks/3") in candidates
    newest, *_ = by_date(snapshot, public_candidates(snapshot))
    assert called_newest(snapshot) == [newest]


def test_of_two_newest_candidates_none_is_called_so(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ranking=ANYTHING)
    newest, second, *_ = by_date(snapshot, public_candidates(snapshot))
    published = datetime.fromtimestamp(snapshot.published.item(newest), UTC)
    twin = {"id": snapshot.identifier(second), "published": published.isoformat()}
    folder = tmp_path / "twins"
    folder.mkdir()
    assert called_newest(site(folder, twin, ranking=ANYTHING)) == []


def test_a_single_public_candidate_is_not_called_newest(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ranking=ANYTHING)
    _, *others = map(snapshot.identifier, public_candidates(snapshot))
    coming = [{"id": other, "published": COMING} for other in others]
    folder = tmp_path / "single"
    folder.mkdir()
    single = site(folder, *coming, ranking=ANYTHING)
    assert len(public_candidates(single)) == 1
    assert called_newest(single) == []


def public_candidates(snapshot: Snapshot) -> list[int]:
    context = ListContext(snapshot, snapshot.row("talks/0") or 0, NOW_SECONDS, NO_OVERRIDES)
    return list(filter(context.is_public, snapshot.candidates.of(context.row)[0].tolist()))


def by_date(snapshot: Snapshot, rows: list[int]) -> list[int]:
    return sorted(rows, key=snapshot.published.item, reverse=True)


def called_newest(snapshot: Snapshot) -> list[int]:
    context = ListContext(snapshot, snapshot.row("talks/0") or 0, NOW_SECONDS, NO_OVERRIDES)
    said, claim = DateReasons(context), "newer than all other candidates"
    rows = public_candidates(snapshot)
    return [row for row in rows if claim in map(str, said.reasons(row))]
