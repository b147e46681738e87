"""Odd articles and broken encoders give a result or a clear error."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recommender.cli import recommender
from recommender.errors import EncoderError
from recommender.home import DataDir
from sample_site import ENCODER, NOW, records, write_jsonl

Rows = list[dict[str, Any]]
DEFAULT = "Ranking weights: default ("


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def index(home: Path, rows: Rows, encoder: str = ENCODER) -> str:
    """Run ``recommender index``; what it says."""
    source = write_jsonl(home.parent / "rows.jsonl", rows)
    environment = {"RECOMMENDER_EMBEDDING_MODEL": encoder}
    done = CliRunner().invoke(
        recommender, ["index", str(source), "--home", str(home)], env=environment
    )
    if done.exception:
        raise done.exception
    return done.output


def cards(home: Path, article: str) -> list[str]:
    """Run ``recommender related``; the ids of its cards, each with a reason."""
    arguments = ["related", article, "--json", "--explain", "--home", str(home)]
    done = CliRunner().invoke(recommender, arguments, catch_exceptions=False)
    found = json.loads(done.stdout)["cards"]
    for card in found:
        assert abs(card["why"].get("score", 0.0)) < 1e6  # NaN is not
    return [card["id"] for card in found]


def test_one_article_has_no_cards_and_two_recommend_each_other(home: Path) -> None:
    index(home, records()[:1])
    assert cards(home, "talks/0") == []
    index(home, records()[:2])
    assert cards(home, "talks/0") == ["reactor/0"]
    assert cards(home, "reactor/0") == ["talks/0"]


def test_copies_of_one_text_do_not_recommend_each_other(home: Path) -> None:
    same = {key: records()[0][key] for key in ("title", "teaser", "body")}
    index(home, [row | same for row in records()])
    assert cards(home, "talks/0") == cards(home, "football/7") == []
    index(home, [row | same for row in records()[:12]] + records()[12:])
    assert len(set(cards(home, "talks/0"))) == 6
    assert (
        sum(card in {row["id"] for row in records()[:12]} for card in cards(home, "talks/7")) == 1
    )


def test_without_bodies_titles_decide(home: Path) -> None:
    index(home, [row | {"body": "", "teaser": ""} for row in records()])
    assert set(cards(home, "talks/0")) == {f"talks/{number}" for number in range(1, 7)}


def test_a_section_of_one(home: Path) -> None:
    index(home, [records()[0] | {"section": "alone"}, *records()[1:]])
    found = cards(home, "talks/0")
    assert len(found) == 6
    assert all(card.startswith("talks/") for card in found)


def test_ten_thousand_articles_on_one_day(home: Path) -> None:
    rows = [
        row | {"id": f"{row['id']}/{copy}", "title": f"{row['title']} of {copy} v{copy}w{number}"}
        for copy in range(417)
        for number, row in enumerate(records())
    ][:10_000]
    index(home, [row | {"published": NOW.isoformat(), "body": ""} for row in rows])
    found = cards(home, "talks/0/0")
    assert len(set(found)) == 6
    assert all(card.startswith("talks/") for card in found)


def test_links_to_nowhere_to_itself_and_in_a_circle(home: Path) -> None:
    links = {
        "talks/0": ["talks/0", "nowhere", "https://elsewhere.example/x", "talks/1"],
        "talks/1": ["talks/2"],
        "talks/2": ["talks/0", "talks/2"],
    }
    assert DEFAULT in index(home, [row | {"links": links.get(row["id"], [])} for row in records()])
    found = cards(home, "talks/0")
    assert found[0] == "talks/2"
    assert len(set(found) - {"talks/0", "talks/1"}) == 6


def test_without_links_the_default_weights_are_reported(home: Path) -> None:
    assert DEFAULT in index(home, records())
    assert len(cards(home, "talks/0")) == 6


@pytest.mark.parametrize("encoder", ["NaN", "Narrow", "Short", "Nothing"])
def test_a_broken_encoder_is_one_error_line_and_no_snapshot(home: Path, encoder: str) -> None:
    with pytest.raises(EncoderError) as caught:
        index(home, records(), f"broken_encoders:{encoder}")
    assert f"encoder {encoder.lower()}: expected " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not DataDir(home).current.exists()


def test_an_encoder_may_return_lists(home: Path) -> None:
    index(home, records(), "broken_encoders:Lists")
    assert len(cards(home, "talks/0")) == 6


def test_an_encoder_with_other_dimensions_embeds_again(home: Path) -> None:
    index(home, records())
    assert "24 embeddings computed" in index(home, records(), "broken_encoders:Wider")
    assert len(cards(home, "talks/0")) == 6
