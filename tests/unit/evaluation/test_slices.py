"""Slices of an evaluation, candidate recall and baselines."""

import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from evaluation_run import evaluate_links
from recommender.articles.article import Article
from recommender.cli.evaluation_table import evaluation_table
from recommender.evaluation.evaluate import OURS
from recommender.evaluation.report import EvaluationReport, measure
from recommender.evaluation.slices import slices
from recommender.learning.queries import EvaluationQuery
from recommender.settings import Settings
from sample_site import NOW, records

LINKS = "".join(
    f"{topic}/{n}\t{topic}/{n + 1}\n" for topic in ("talks", "football") for n in range(4)
)


def article(number: int, days: float, section: str = "news", language: str = "en") -> Article:
    published = NOW - timedelta(days=days)
    return Article(
        id=str(number), title="T", published=published, section=section, language=language
    )


def test_links_are_sliced_by_age_section_and_language() -> None:
    days = [0, 6.9, 7.1, 40, 100, 400]
    articles = [article(number, age) for number, age in enumerate(days)]
    articles += [article(6, 0, "sport", "en-GB"), article(7, 0, "sport", "pl")]
    tested = [
        EvaluationQuery(0, 1, 6, frozenset({1, 2, 3, 4, 5}), 0),
        EvaluationQuery(6, 1, 3, frozenset({1}), 0),
        EvaluationQuery(7, 1, 3, frozenset({2}), 0),
    ]
    picks = [[1, 2], [1], [1]]
    found = slices(articles, tested, {"it": picks})
    assert {name: part.links for name, part in found.age.items()} == {
        "same week": 2,
        "month": 2,
        "quarter": 1,
        "year": 1,
        "older": 1,
    }
    recall = {n: p.rankings["it"].recall.mean for n, p in found.age.items()}
    assert recall == {"same week": 1, "month": 0.5, "quarter": 0, "year": 0, "older": 0}
    assert {name: part.queries for name, part in found.language.items()} == {
        "en": 2,
        "pl": 1,
    }
    assert list(found.section) == ["sport", "news"]
    assert found.section["sport"].rankings["it"] == measure(tested[1:], picks[1:])


def test_every_ranking_has_slices(settings: Settings, tmp_path: Path) -> None:
    measured = evaluate_links(settings, tmp_path, records(), LINKS).report
    names = {OURS, "TF-IDF words", "BM25", "latest in section"}
    assert set(measured.rankings) == names
    for parts in (measured.slices.section, measured.slices.language, measured.slices.age):
        assert sum(part.links for part in parts.values()) == measured.links == 8
        assert all(set(part.rankings) == names for part in parts.values())
    assert set(measured.slices.section) == {"politics", "sport"}
    table = evaluation_table(measured)
    assert "section: politics" in table
    assert "linked: same week" in table
    assert "candidate recall 100.0%" in table
    assert "Ranking weights: default (too few earlier links" in table


def test_a_baseline_that_is_not_installed_is_left_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    measured = evaluate_links(settings, tmp_path, records(), LINKS).report
    assert set(measured.rankings) == {OURS, "TF-IDF words", "latest in section"}


def test_a_link_outside_the_candidate_set_lowers_recall(settings: Settings, tmp_path: Path) -> None:
    """Six hundred articles on one subject, and a link to an old one that shares nothing."""
    rows = [row | {"id": f"{row['id']}-{n}"} for n in range(75) for row in records()[::3]]
    strange = {"id": "odd", "title": "Qwx", "teaser": "Zzz.", "body": "Vvv qqq."}
    old = (NOW - timedelta(days=900)).isoformat()
    oldest = [rows[0] | strange | {"id": f"odd{n}", "published": old} for n in range(200)]
    truth = "talks/0-0\todd150\ntalks/0-0\ttalks/1-0\n"
    measured = evaluate_links(settings, tmp_path, [*rows, *oldest], truth).report
    assert measured.candidate_recall == 0.5
    assert measured.pool_size < 400
    assert measured.exhaustive.queries == 1


def test_boilerplate_does_not_change_the_ranking(settings: Settings, tmp_path: Path) -> None:
    """The same line under every article changes none of our picks; a peer gets it as it is."""
    line = "\nPlease subscribe to the letter about talks and the football reactor of Vilnius."
    with_line = [row | {"body": row["body"] + line} for row in records()]
    plain = evaluate_links(settings, tmp_path, records(), LINKS)
    assert evaluate_links(settings, tmp_path, with_line, LINKS).picks == plain.picks


def test_the_figures_can_be_written_as_json(settings: Settings, tmp_path: Path) -> None:
    measured = evaluate_links(settings, tmp_path, records(), LINKS).report
    text = msgspec.json.encode(measured)
    assert msgspec.json.decode(text, type=EvaluationReport) == measured
    assert b'"ndcg@6":{"mean":' in text
