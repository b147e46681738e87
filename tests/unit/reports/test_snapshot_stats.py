"""Statistics of a snapshot, counted again from the cards that readers get."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from click.testing import CliRunner

from recommender.cli import recommender
from recommender.cli.formatting import stats_lines
from recommender.home import DataDir
from recommender.overrides.active import NO_OVERRIDES
from recommender.reports.snapshot_diff import StatsChange, diff
from recommender.reports.snapshot_stats import fallback_rate, short_list_rate, snapshot_stats
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query
from recommender.serving.recommend import Recommendation, related
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, publish, records, write_jsonl
from sample_snapshot import NOW_SECONDS, recommended_ids, site


def silent(_step: str, _done: int, _total: int | None) -> None:
    pass


@pytest.mark.slow
def test_cards_are_counted(tmp_path: Path) -> None:
    snapshot = site(tmp_path)
    lists = {row["id"]: recommended_ids(snapshot, row["id"]) for row in records()}
    cards = Counter(card for cards in lists.values() for card in cards)
    days = {row["id"]: number + 1 for number, row in enumerate(records())}
    shown = snapshot_stats(snapshot, NOW_SECONDS, silent)
    assert shown.articles == shown.lists == 24
    assert shown.catalog_coverage == round(len(cards) / 24, 4)
    assert shown.top_article is not None
    assert shown.top_article.lists == max(cards.values())
    assert cards[shown.top_article.id] == max(cards.values())
    assert shown.top_1_percent_share == round(max(cards.values()) / 144, 4)
    assert shown.median_age_days == median(days[card] for card in cards.elements())
    assert shown.same_section == 1
    assert (shown.fallback_rate, shown.short_list_rate, shown.candidate_recall) == (0, 0, None)
    assert snapshot.manifest.stats == shown
    parts: dict[str, list[float]] = {name: [] for name in shown.mean_contributions}
    for article, cards in lists.items():
        row = snapshot.row(article)
        assert row is not None
        explainer = Explainer(snapshot, row, NOW_SECONDS, NO_OVERRIDES)
        for card in related(snapshot, row, Query(), NOW_SECONDS):
            why = explainer.why(card)
            for name, value in {**(why.contributions or {}), "freshness": why.freshness}.items():
                parts[name].append(value or 0)
        assert len(cards) == 6
    assert shown.mean_contributions == pytest.approx(
        {name: sum(values) / len(values) for name, values in parts.items()}, abs=1e-3
    )


@pytest.mark.slow
def test_short_lists_are_counted(tmp_path: Path) -> None:
    polish = {"id": "talks/0", "language": "pl"}
    shown = snapshot_stats(site(tmp_path, polish), NOW_SECONDS, silent)
    assert (shown.fallback_rate, shown.short_list_rate) == (0, round(1 / 24, 4))
    six = snapshot_stats(site(tmp_path, *embargoed(records()[6:])), NOW_SECONDS, silent)
    assert (six.articles, six.short_list_rate) == (6, 1)


def test_one_fallback_card_counts_as_fallback() -> None:
    related, late = (
        Recommendation(1, "related", 0.0, 0.0, 0),
        Recommendation(2, "latest", 0.0, 0.0, -1),
    )
    lists = [[related] * 6, [related] * 5 + [late], [late] * 6, [related]]
    assert (fallback_rate(lists), short_list_rate(lists, 6)) == (0.5, 0.25)


def embargoed(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row | {"published": (NOW + timedelta(days=1)).isoformat()} for row in rows]


@pytest.mark.slow
def test_a_site_without_visible_articles(tmp_path: Path) -> None:
    shown = snapshot_stats(site(tmp_path, *embargoed(records())), NOW_SECONDS, silent)
    assert (shown.articles, shown.catalog_coverage, shown.top_article) == (0, 0, None)
    assert shown.same_section is None
    assert "section" not in " ".join(stats_lines(shown))


@pytest.mark.slow
def test_candidate_recall_of_own_links(tmp_path: Path) -> None:
    """Where every article is a candidate of every other, links within a language are found."""
    linking = {"id": "talks/1", "links": ["talks/2", "football/3", "talks/0"]}
    polish = {"id": "talks/0", "language": "pl"}
    snapshot = site(tmp_path, linking, polish, ranking={"minimum_relevance": 0.0})
    assert snapshot_stats(snapshot, NOW_SECONDS, silent).candidate_recall == round(2 / 3, 4)
    row, source = snapshot.row("football/3"), snapshot.row("talks/1")
    assert row is not None
    assert snapshot.linkers_of(row).tolist() == [source]


@pytest.mark.slow
def test_the_fallback_rate_is_given_by_section(tmp_path: Path) -> None:
    alone = {
        "id": "chess/0",
        "title": "Bishops and knights",
        "body": "Opening theory moved on while grandmasters rested.",
        "published": (NOW - timedelta(days=1)).isoformat(),
        "section": "chess",
        "language": "en",
    }
    stats = snapshot_stats(site(tmp_path, alone), NOW_SECONDS, silent)
    assert stats.fallback_rate_by_section == {"chess": 1.0}
    assert "fallback rate 4.0% (chess 100%)" in "\n".join(stats_lines(stats))


def test_large_archives_are_sampled(tmp_path: Path) -> None:
    shown = snapshot_stats(site(tmp_path), NOW_SECONDS, silent, max_lists=6)
    assert (shown.articles, shown.lists, shown.sampled) == (24, 6, True)


@pytest.mark.slow
def test_the_command_prints_and_compares_them(
    settings: Settings, source: Path, tmp_path: Path
) -> None:
    home = ["--home", str(settings.home)]
    first = publish(settings, source)
    second = publish(settings, write_jsonl(tmp_path / "more.jsonl", more()))
    listed = CliRunner().invoke(recommender, ["snapshots", "list", *home]).stdout.splitlines()
    assert all("coverage " in line and "fallback " in line for line in listed)
    printed = CliRunner().invoke(recommender, ["snapshots", "diff", first, second, *home]).stdout
    before, after = (
        Snapshot(DataDir(settings.home).snapshots / name).manifest.stats for name in (first, second)
    )
    assert before is not None
    assert after is not None
    assert f"{before.catalog_coverage:.1%} -> {after.catalog_coverage:.1%}" in printed
    assert f"{before.median_age_days:.0f} days -> {after.median_age_days:.0f} days" in printed
    assert diff(DataDir(settings.home), first, second).stats == StatsChange(before, after)


def more() -> list[dict[str, object]]:
    old = (NOW - timedelta(days=600)).isoformat()
    return [row | {"id": row["id"] + "-old", "published": old} for row in records()]
