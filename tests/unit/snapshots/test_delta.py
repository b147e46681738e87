"""A base and a delta present the same articles, lists and look-ups as one whole snapshot."""

import random
from datetime import timedelta
from typing import Any

import pytest

from placements import placements_of
from recommender.home import DataDir
from recommender.reports.snapshot_stats import snapshot_stats
from recommender.serving.filters import Query
from recommender.serving.responses import latest_answer, public_ids, row_answer
from recommender.settings import Ranking
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id
from sample_site import NOW, records
from sample_snapshot import site
from service.desk.presenters.article.candidates import list_candidates
from service.desk.presenters.search_index import SearchIndex, newest
from split_snapshot import Split, body_of

LATER = NOW + timedelta(minutes=5)
SECONDS = LATER.timestamp()


def changes() -> list[dict[str, Any]]:
    """Links, duplicates, former IDs, a second language, a new section and series."""
    rows = records()
    for number, row in enumerate(rows):
        row["tags"] = [row["id"].partition("/")[0]]
        row["links"] = [rows[(number * 7 + 3) % 24]["id"], rows[(number * 5 + 1) % 24]["id"]]
        row["formerly"] = [f"old/{number}"]
    for number in range(0, 12, 2):  # the same text again, longer, a few hours later
        again = rows[number] | {"id": f"again/{number}", "url": f"https://site.example/b/{number}"}
        again["body"] += f" Correction number {number}: see above."
        again["published"] = (NOW - timedelta(days=number + 1, hours=-5)).isoformat()
        again["formerly"], again["title"] = [], f"{rows[number]['title']}, corrected"
        rows.append(again)
    for number in range(8):
        weather = rows[number] | {"id": f"weather/{number}", "section": "weather", "formerly": []}
        weather["title"] = f"Forecast for {number + 1} May"
        weather["body"] = f"Rain n{number} clouds m{number} sunshine wind k{number} coast." * 3
        weather["url"] = f"https://site.example/weather/{number}"
        rows.append(weather)
    rows[-1]["section"] = "storms"
    rows[-2]["language"] = rows[-3]["language"] = "de"
    return rows


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """All articles in one snapshot."""
    ranking = Ranking(
        newest_only_sections=("weather",), exclude_linked=True, minimum_relevance=0.01
    )
    return site(tmp_path_factory.mktemp("every"), *changes(), ranking=ranking)


def split(every: Snapshot, seed: int | str) -> Split:
    """A random choice of later, removed and changed articles; seed 0 has most of all."""
    rows = list(range(len(every)))
    if isinstance(seed, str):
        return {
            "later": Split(every, rows[1:], []),
            "removed": Split(every, [], rows[4:]),
            "replaced": Split(every, rows[::2], rows[1::2], {row: row + 1 for row in rows[::2]}),
        }[seed]
    draw = random.Random(seed)
    rows = draw.sample(rows, 16 if seed else 30)
    half = len(rows) // 2
    later, removed = rows[:half], rows[half:]
    pairs = list(zip(later, removed, strict=True))[: half // 2]
    return Split(every, later, removed, dict(pairs))


@pytest.fixture(scope="module", params=[0, 1, "later", "removed", "replaced"])
def both(
    every: Snapshot, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Snapshot, Snapshot, Split]:
    """A whole snapshot, and a delta on its base."""
    parts, folder = split(every, request.param), tmp_path_factory.mktemp("split")
    whole = parts.publish_whole(DataDir(folder / "whole"), LATER)
    home = DataDir(folder / "delta")
    base = parts.publish_base(home, NOW)
    manifest = parts.publish_delta(home, base, LATER)
    assert current_id(home) == manifest.id
    assert manifest.base == base.id
    return whole, Snapshot(home.snapshots / manifest.id, verify=True), parts


def ids(snapshot: Snapshot, rows: Any) -> list[str]:
    return [snapshot.identifier(int(row)) for row in rows]


Both = tuple[Snapshot, Snapshot, Split]


def test_the_same_articles_are_public_in_the_same_order(both: Both) -> None:
    whole, delta, _ = both
    assert list(public_ids(delta, SECONDS)) == list(public_ids(whole, SECONDS))
    assert delta.manifest.articles == whole.manifest.articles == len(delta.newest_first())
    query = Query(limit=20)
    latest = [body_of(latest_answer(one, query, SECONDS).body) for one in (whole, delta)]
    assert latest[0] == latest[1]


@pytest.mark.parametrize(
    "query", [Query(), Query(limit=20, section="politics"), Query(fill="none")]
)
def test_every_list_is_the_same_with_its_explanations(both: Both, query: Query) -> None:
    whole, delta, _ = both
    for row in range(len(whole)):
        other = delta.row(whole.identifier(row))
        assert other is not None
        expected, found = (
            body_of(row_answer(one, r, query, SECONDS, explain=True).body)
            for one, r in ((whole, row), (delta, other))
        )
        assert found == expected


def test_every_look_up_is_the_same(both: Both) -> None:
    whole, delta, _ = both
    for row in range(len(whole)):
        name = whole.identifier(row)
        other = delta.row(name)
        assert other is not None
        assert delta.own_row(name) == other
        assert delta.card(other) == whole.card(row)
        url = whole.card(row)["url"]
        assert ids(delta, delta.rows_of_url(url)) == ids(whole, whole.rows_of_url(url))
        for look_up in (
            Snapshot.duplicates_of, Snapshot.linkers_of, Snapshot.linked_from,
        ):  # fmt: skip
            assert ids(delta, look_up(delta, other)) == ids(whole, look_up(whole, row)), look_up
        assert set(ids(delta, delta.copies_of(name))) == set(ids(whole, whole.copies_of(name)))
    for code, section in enumerate(whole.sections):
        other = delta.sections.index(section)
        assert ids(delta, delta.latest_of(other)) == ids(whole, whole.latest_of(code))


def test_former_ids_name_the_articles_that_are_left(both: Both) -> None:
    whole, delta, parts = both
    for number in range(24):
        found = [(one, one.row(f"old/{number}")) for one in (whole, delta)]
        names = [None if row is None else one.identifier(row) for one, row in found]
        assert names[0] == names[1]
    gone = {parts.every.identifier(r) for r in parts.removed if r not in parts.versions.values()}
    assert gone or not parts.removed or parts.versions
    for name in gone:
        assert delta.row(name) is None
        assert delta.rows_of_url(parts.every.card(parts.every.row(name) or 0)["url"]) == []


def test_the_statistics_are_the_same(both: Both) -> None:
    whole, delta, _ = both
    found = [snapshot_stats(one, SECONDS, lambda *_: None) for one in (whole, delta)]
    assert found[0] == found[1]
    assert found[0].candidate_recall is not None


def test_the_desk_shows_the_same(both: Both) -> None:
    whole, delta, _ = both
    for row in range(0, len(whole), 3):
        other = delta.row(whole.identifier(row)) or 0
        expected, found = (
            [
                (
                    one.card,
                    one.score,
                    one.segments,
                    one.placement.kind,
                    str(one.placement.text),
                    [str(fact) for fact in one.facts],
                )
                for one in list_candidates(placements_of(snapshot, r, SECONDS)).items
            ]
            for snapshot, r in ((whole, row), (delta, other))
        )
        assert found == expected
    for words, section in (("report", ""), ("talks", "politics"), ("", "weather"), ("x", "none")):
        found = [ids(one, SearchIndex(one).find(words, section, 9)) for one in (whole, delta)]
        assert found[0] == found[1]
        assert ids(delta, newest(delta, section, 9)) == ids(whole, newest(whole, section, 9))
