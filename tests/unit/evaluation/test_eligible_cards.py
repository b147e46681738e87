"""An evaluation ranks what readers can get: their language, public articles, the fallback."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evaluation_run import evaluate_links
from models.arrays import Rows
from recommender.articles.article import Article
from recommender.cli.evaluation_table import evaluation_table
from recommender.errors import SourceError
from recommender.evaluation.baselines import rankings_of
from recommender.evaluation.dataset import build_dataset
from recommender.evaluation.eligible_cards import EligibleCards
from recommender.evaluation.report import ExcludedLinks
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.settings import Ranking, Settings
from sample_site import NOW, records
from small_encoder import SmallEncoder

LINKS = "".join(f"talks/{n}\ttalks/{n + 1}\n" for n in range(4))


def articles(*languages: str, expires: datetime | None = None) -> list[Article]:
    """Articles from the newest, a day apart; ``expires`` is that of the last one."""
    made = [
        Article(id=str(n), title="T", published=NOW - timedelta(days=n), language=language)
        for n, language in enumerate(languages)
    ]
    return [*made[:-1], msgspec.structs.replace(made[-1], expires=expires)]


def query_of(made: list[Article], *targets: int) -> EvaluationQuery:
    """The query of the newest article."""
    return evaluation_queries(made, [(0, target) for target in targets])[0]


def with_ranking(settings: Settings, **values: Any) -> Settings:
    return msgspec.structs.replace(settings, ranking=Ranking(**values))


def test_candidates_have_the_language_and_script_of_the_article() -> None:
    made = articles("sr-Latn", "sr", "en", "sr-Latn-RS", "zh")
    query = query_of(made, 1)
    assert EligibleCards.of(made, Ranking()).candidates(query).tolist() == [3]
    anything = EligibleCards.of(made, Ranking(language="any"))
    assert anything.candidates(query).tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("hours", "expected"), [(-1, [1]), (0, [1]), (1, [1, 2])])
def test_an_article_that_expired_before_the_query_is_no_candidate(
    hours: float, expected: list[int]
) -> None:
    made = articles("en", "en", "en", expires=NOW + timedelta(hours=hours))
    eligible, query = EligibleCards.of(made, Ranking()), query_of(made, 1, 2)
    assert eligible.candidates(query).tolist() == expected
    (kept,), excluded = eligible.restrict([query])
    assert kept.relevant == frozenset(expected)
    assert excluded == ExcludedLinks(not_public=2 - len(expected))


def test_links_to_another_language_are_not_relevant() -> None:
    made = articles("en-GB", "pl", "en", "pl")
    linking = evaluation_queries(made, [(0, 1), (0, 2), (2, 3)])
    kept, excluded = EligibleCards.of(made, Ranking()).restrict(linking)
    assert [(query.row, query.relevant) for query in kept] == [(0, frozenset({2}))]
    assert excluded == ExcludedLinks(other_language=2)
    assert str(excluded) == '2 links left out: 2 to another language (ranking.language = "same")'
    assert EligibleCards.of(made, Ranking(language="prefer")).restrict(linking)[0] == linking


def test_every_baseline_gets_the_same_candidates() -> None:
    made, seen = articles("en", "pl", "en"), []

    def rank(_row: int, candidates: Rows) -> Rows:
        seen.append(candidates.tolist())
        return candidates

    query = query_of(made, 2)
    assert rankings_of([query], rank, 6, EligibleCards.of(made, Ranking())) == [[2]]
    assert rankings_of([query], rank, 6) == [[1, 2]]
    assert seen == [[2], [1, 2]]


def with_others() -> list[dict[str, Any]]:
    """The sample site with a Polish article, a draft and a withdrawn one for each of ``talks``."""
    made = []
    for row in records():
        made.append(row)
        if row["id"].startswith("talks"):
            made.append(row | {"id": f"pl/{row['id']}", "url": "", "language": "pl"})
            made.append(row | {"id": f"draft/{row['id']}", "url": "", "status": "draft"})
            made.append(row | {"id": f"gone/{row['id']}", "url": "", "status": "withdrawn"})
    return made


OTHERS = "talks/0\tpl/talks/1\ntalks/0\tdraft/talks/1\ngone/talks/0\ttalks/2\npl/talks/1\ttalks/2\n"


def test_lists_have_no_card_that_readers_cannot_get(settings: Settings, tmp_path: Path) -> None:
    found = evaluate_links(settings, tmp_path, with_others(), LINKS + OTHERS)
    cards = {card for one in found.picks for card in one.picks}
    assert not {card for card in cards if card.startswith(("pl/", "draft/", "gone/"))}
    assert [one.source for one in found.picks] == [f"talks/{n}" for n in range(4)]
    assert found.report.links == 4
    assert found.report.excluded_links == ExcludedLinks(other_language=2, not_public=2)
    assert (
        '\n4 links left out: 2 to another language (ranking.language = "same"), '
        "2 from or to an article that is not public\n" in evaluation_table(found.report)
    )


def test_other_languages_are_cards_where_the_setting_allows_it(
    settings: Settings, tmp_path: Path
) -> None:
    anything = with_ranking(settings, language="any")
    found = evaluate_links(anything, tmp_path, with_others(), LINKS + OTHERS)
    assert found.report.excluded_links == ExcludedLinks(not_public=2)
    assert any(card.startswith("pl/") for one in found.picks for card in one.picks)


def test_drafts_change_no_figure(settings: Settings, tmp_path: Path) -> None:
    """Neither their words nor their links count, as in an index run."""
    linking = {"links": ["talks/7"]}
    drafts = [
        row | linking | {"id": f"draft/{row['id']}", "status": "draft", "url": ""}
        for row in records()
    ]
    plain = evaluate_links(settings, tmp_path, records(), LINKS)
    assert evaluate_links(settings, tmp_path, [*records(), *drafts], LINKS) == plain
    assert "left out" not in evaluation_table(plain.report)


def test_training_queries_have_eligible_links_only(settings: Settings) -> None:
    made = articles("en", "pl", "en", "en")
    pairs = [("0", "1"), ("0", "2"), ("1", "3")]
    dataset = build_dataset(made, pairs, settings, None, lambda *_: None, SmallEncoder())
    assert {row: query.relevant for row, query in dataset.training_queries.items()} == {
        0: frozenset({2})
    }


def test_the_script_is_that_of_the_text(settings: Settings) -> None:
    """The tag leaves the script open; the first and the last text are in Latin letters."""
    bodies = ("Vlada je usvojila budžet.", "Влада је усвојила буџет.", "Vlada o budžetu i porezu.")
    made = [
        msgspec.structs.replace(article, body=body * 3)
        for article, body in zip(articles("sr", "sr", "sr"), bodies, strict=True)
    ]
    pairs = [("0", "1"), ("0", "2")]
    dataset = build_dataset(made, pairs, settings, None, lambda *_: None, SmallEncoder())
    assert [query.relevant for query in dataset.queries] == [frozenset({2})]
    assert dataset.excluded_links == ExcludedLinks(other_language=1)


@pytest.mark.parametrize(("fallback", "full"), [("latest", True), ("none", False)])
def test_the_latest_follow_only_with_the_fallback(
    settings: Settings, tmp_path: Path, fallback: str, full: bool
) -> None:
    ranking = with_ranking(settings, fallback=fallback, minimum_relevance=0.999)
    found = evaluate_links(ranking, tmp_path, records(), LINKS)
    assert all((len(one.picks) == 6) is full for one in found.picks)
    assert found.report.queries == 4


def test_a_list_with_too_few_related_cards_is_empty(settings: Settings, tmp_path: Path) -> None:
    ranking = with_ranking(settings, minimum_cards=6, minimum_relevance=0.999)
    found = evaluate_links(ranking, tmp_path, records(), LINKS)
    assert [one.picks for one in found.picks] == [[]] * 4


def test_an_error_names_why_no_link_is_left(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"got none; 4 links left out: 2 to another language"):
        evaluate_links(settings, tmp_path, with_others(), OTHERS)
    with pytest.raises(SourceError, match="got none; check that both files use the same ids"):
        evaluate_links(settings, tmp_path, with_others(), "talks/3\ttalks/0\n")
