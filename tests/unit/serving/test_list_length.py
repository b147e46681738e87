"""How long a list is: the beginning of a longer one, a least number of cards, nothing to fill."""

from pathlib import Path

from models.rerank.mmr import MAX_SCORE_LOSS
from recommender.serving.filters import Query
from recommender.serving.recommend import related
from sample_site import records
from sample_snapshot import NOW_SECONDS, recommended_ids, site


def test_a_shorter_list_is_the_beginning_of_a_longer_one(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ranking={"minimum_relevance": 0.0, "diversity_penalty": 20.0})
    for row in records():
        longest = recommended_ids(snapshot, row["id"], limit=20)
        assert len(longest) == 20
        for limit in range(1, 20):
            assert recommended_ids(snapshot, row["id"], limit=limit) == longest[:limit]


def test_no_card_displaces_one_that_scores_much_more(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ranking={"minimum_relevance": 0.0, "diversity_penalty": 100.0})
    for row in range(len(snapshot)):
        everything = related(snapshot, row, Query(limit=20), NOW_SECONDS)
        for limit in (4, 6, 9):
            shown = min(card.score for card in everything[:limit])
            assert shown >= max(card.score for card in everything[limit:]) - MAX_SCORE_LOSS - 1e-6


def test_fewer_cards_than_the_minimum_are_none(tmp_path: Path) -> None:
    for minimum, length in ((7, 7), (8, 0)):
        ranking = {"fallback": "none", "minimum_cards": minimum}
        snapshot = site(tmp_path, ranking=ranking)
        assert len(recommended_ids(snapshot, "talks/0", limit=20)) == length
        assert len(recommended_ids(snapshot, "talks/0", limit=2)) == min(length, 2)


def test_the_site_decides_what_fills_a_list_and_a_request_overrides_it(tmp_path: Path) -> None:
    for fill, length in (("latest", 12), ("none", 7)):
        snapshot = site(tmp_path, ranking={"fallback": fill})
        assert len(recommended_ids(snapshot, "talks/0", limit=12)) == length
        assert len(recommended_ids(snapshot, "talks/0", limit=12, fill="none")) == 7
        assert len(recommended_ids(snapshot, "talks/0", limit=12, fill="latest")) == 12
