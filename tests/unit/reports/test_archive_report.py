"""Figures of the report, against counts made by hand on a small site."""

import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from recommender.cli import recommender
from recommender.errors import ReportError
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.reports.archive.cards import card_figures, concentration, histogram
from recommender.reports.archive.changes import changes
from recommender.reports.archive.history import Agreement, link_agreement
from recommender.reports.archive.lists import Lists, hidden_only, lists_of
from recommender.reports.archive.report import ArchiveReport, archive_report
from recommender.reports.page.inline_svg import inline_svg, xml_text
from recommender.serving.recommend import Recommendation
from recommender.serving.responses import open_current
from recommender.settings import load_settings
from sample_site import ENCODER, NOW, records, write_jsonl
from sample_snapshot import NOW_SECONDS, recommended_ids, site

HARD = 'Costs of $x^2$ & "quoted"'


def silent(_step: str, _done: int, _total: int | None) -> None:
    pass


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot and a delta a day later; a new article, a withdrawn one, a pin and a block."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "home").mkdir()
    incremental = "[incremental]\nmin_articles = 0\nmax_changed_share = 1\n"
    (folder / "home" / "recommender.toml").write_text(incremental, encoding="utf-8")
    rows = records()
    rows[3] |= {"title": HARD, "section": "A $ & <b>B</b>", "links": ["talks/0"]}
    new = rows[0] | {"id": "talks/new", "title": "New talks", "published": NOW.isoformat()}
    call(folder, "index", str(write_jsonl(folder / "a.jsonl", rows)), "--now", NOW.isoformat())
    call(folder, "articles", "withdraw", "reactor/7")
    later = (NOW + timedelta(hours=23)).isoformat()
    call(folder, "index", str(write_jsonl(folder / "b.jsonl", [new])), "--now", later, "--force")
    call(folder, "override", "pin", "talks/2", "talks/new", "--place", "1", "--reason", "big")
    call(folder, "override", "block", "talks/2", "football/0", "--reason", "off topic")
    return folder / "home"


def call(folder: Path, *arguments: str) -> str:
    environment = {"RECOMMENDER_HOME": str(folder / "home"), "RECOMMENDER_EMBEDDING_MODEL": ENCODER}
    done = CliRunner().invoke(recommender, arguments, env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def found(home: Path) -> ArchiveReport:
    return archive_report(load_settings(home, environ={}), NOW + timedelta(days=2), silent)


def test_the_most_recommended_take_their_share() -> None:
    shares = concentration([1, 3], 4)
    assert (len(shares), shares[0], shares[10], shares[25], shares[50], shares[100]) == (
        *(101, 0.0, 0.3, 0.75, 1.0, 1.0),
    )
    assert concentration([], 4) == [0.0] * 101


def test_relevance_scores_are_counted_in_classes() -> None:
    found = histogram([0.1, 0.4, 0.5, 1.2])
    assert (found.start, found.counts) == (0.0, [2, 1, 1, 0])
    extremes = histogram([-99.0, 99.0])
    assert (extremes.start, extremes.counts[0], extremes.counts[-1]) == (-4.0, 1, 1)
    assert histogram([]).counts == []


def test_cards_are_counted_by_hand(published: Path) -> None:
    """Row n of the small site is n + 1 days old; every third row is in the section sport."""
    snapshot = open_current(published)
    lists = [
        [Recommendation(3, "related", 2.5, 0.5, 0, 0.25), Recommendation(6, "related", 1.0)],
        [Recommendation(3, "related", 0.2), Recommendation(2, "latest")],
        [],
    ]
    made = card_figures(Lists(snapshot, NOW_SECONDS, np.arange(24), [0, 1, 2], lists))
    assert (made.articles, made.lists, made.cards) == (24, 3, 4)
    assert [(one.related, one.latest) for one in made.positions[:3]] == [(2, 0), (1, 1), (0, 0)]
    assert {one.label: one.cards for one in made.ages if one.cards} == {"1 week": 3}
    assert [(one.title, one.section, one.lists) for one in made.top[:1]] == [
        ("Talks report 1", "politics", 2)
    ]
    assert (made.relevance.start, made.relevance.counts) == (0.0, [1, 0, 1, 1])
    politics, sport = made.sections
    assert (politics.name, politics.articles, politics.cards) == ("politics", 16, 3)
    assert (politics.same_section, politics.fallback_rate) == (0.75, 0.5)
    assert (sport.name, sport.articles, sport.cards) == ("sport", 8, 1)
    assert (sport.same_section, sport.fallback_rate) == (None, 0.0)


def test_texts_of_a_figure_are_escaped_and_its_colours_are_variables() -> None:
    hard = "</title><script>alert(1)</script> $x^2$ \u0007\uffff سلام 🎉 𠮷"
    figure = Figure()
    axes = figure.add_subplot()
    axes.set_xlabel(xml_text(hard))
    axes.scatter([1, 2], [1, 2], color="#2a78d6", gid="points")
    svg = inline_svg(figure, "map", "A map", {"points": [hard, "two"]})
    assert svg.count("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; $x^2$  سلام 🎉 𠮷") == 2
    assert svg.count('fill="var(--c1)"') == 2
    assert not {"style", "id="} & {part.partition("=")[0] for part in svg.split()}
    named = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert named <= set(re.findall(r' id="([^"]+)"', svg))
    assert all(name.startswith("map-") for name in named)


@pytest.mark.slow
def test_links_count_although_lists_leave_them_out(tmp_path: Path) -> None:
    snapshot = site(tmp_path, {"id": "talks/1", "links": ["talks/0", "football/3"]})
    assert "talks/0" not in recommended_ids(snapshot, "talks/1")
    assert link_agreement(snapshot, NOW_SECONDS, NO_OVERRIDES) == Agreement(2, 1)
    hidden = hidden_only(snapshot, ActiveOverrides(withdrawn=frozenset({0})))
    assert snapshot.identifier(0) == "talks/0"
    assert link_agreement(snapshot, NOW_SECONDS, hidden) == Agreement(1, 0)


def test_withdrawn_articles_are_in_no_list(published: Path) -> None:
    snapshot = open_current(published)
    lists = lists_of(
        snapshot, NOW_SECONDS, hidden_only(snapshot, ActiveOverrides(withdrawn=frozenset({0, 3})))
    )
    assert set(lists.rows) == set(range(24)) - {0, 3}
    assert not {card.row for cards in lists.cards for card in cards} & {0, 3}


def test_a_snapshot_has_no_changes_to_itself(published: Path) -> None:
    snapshot = open_current(published)
    same = changes(snapshot, snapshot, NO_OVERRIDES, NO_OVERRIDES)
    assert (same.added, same.removed, same.compared, same.changed, same.lists) == (0, 0, 24, 0, [])


@pytest.mark.slow
def test_two_snapshots_are_compared(found: ArchiveReport, home: Path) -> None:
    assert [one.is_delta for one in found.history] == [False, True]
    assert [one.articles for one in found.history] == [24, 25]
    assert [one.links for one in found.history] == [Agreement(1, 1), Agreement(1, 1)]
    # The first snapshot lacks the pinned article.
    assert [one.pins for one in found.history] == [Agreement(0, 0), Agreement(1, 1)]
    assert [one.blocks for one in found.history] == [Agreement(1, 1), Agreement(1, 1)]
    assert found.changes is not None
    assert (found.changes.added, found.changes.removed, found.changes.compared) == (1, 0, 23)
    assert 0 < found.changes.changed <= 23
    kept = [one.kept for one in found.changes.lists]
    assert kept == sorted(kept)
    for one in found.changes.lists:
        assert sum(card.is_kept for card in one.before) == one.kept
        assert sum(card.is_kept for card in one.after) == one.kept
    new = [card for one in found.changes.lists for card in one.after if card.is_new]
    assert {card.title for card in new} == {"New talks"}
    assert len(found.map) == 24
    assert found.site == "site.example"
    steps = [usage.step for usage in found.steps]
    assert steps[0] == "reading sources"
    assert "embedding" in steps
    assert all(usage.seconds >= 0 < usage.peak_mb for usage in found.steps)


@pytest.mark.slow
def test_the_command_writes_one_file(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "a" / "page.html"
    arguments = ["report", "--home", str(home), "--output"]
    missing = CliRunner().invoke(recommender, [*arguments, str(page)])
    assert isinstance(missing.exception, ReportError)
    assert f"expected a folder at {page.parent}" in str(missing.exception)
    page.parent.mkdir()
    done = CliRunner().invoke(recommender, [*arguments, str(page)])
    assert done.exit_code == 0, done.output
    assert "24 articles, 2 snapshots" in done.stdout
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "Costs of $x^2$ &amp;" in text
    assert " style=" not in text
    empty = CliRunner().invoke(recommender, ["report", "--home", str(tmp_path / "none")])
    assert empty.exit_code == 1
