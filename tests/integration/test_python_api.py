"""The Python API: fit, related, partial_fit, save, load and evaluate, without a data directory."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from command_line import run
from models.ranker.linear_ranker import LinearRanker
from paths import ROOT
from recommender import Recommender
from recommender.errors import (
    ArticleError,
    ArticleNotFoundError,
    DataDirError,
    SettingsError,
    SnapshotError,
    SourceError,
)
from recommender.settings import Ranking, Recency, Settings
from sample_site import NOW, publish, records
from small_encoder import SmallEncoder

LINKS = [(f"talks/{n}", f"talks/{n + 1}") for n in range(5)]


class Table:
    """The two members of a data frame that the API uses."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows, self.columns = rows, list(rows[0])

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        assert orient == "records"
        return self.rows


@pytest.fixture(scope="module")
def fitted() -> Recommender:
    return Recommender(SmallEncoder()).fit(records())


def ids(cards: list[dict[str, Any]]) -> list[str]:
    return [card["id"] for card in cards]


def test_related_articles_are_of_the_same_topic(fitted: Recommender) -> None:
    cards = fitted.related("talks/0", limit=4)
    assert len(cards) == 4
    assert {card["id"].split("/")[0] for card in cards} == {"talks"}
    assert ids(fitted.related("talks/0", limit=2)) == ids(cards)[:2]
    assert fitted.n_articles_ == 24
    assert fitted.weights_["embedding_cosine"] > 0


def test_the_setting_is_the_number_of_cards() -> None:
    fitted = Recommender(SmallEncoder(), ranking=Ranking(cards=2)).fit(records())
    assert len(fitted.related("talks/0")) == 2
    assert len(fitted.related("talks/0", limit=4)) == 4


def test_an_explanation_has_reasons(fitted: Recommender) -> None:
    card = fitted.related("talks/0", limit=1, explain=True)[0]
    assert card["why"]["reasons"]
    assert "why" not in fitted.related("talks/0", limit=1)[0]


def test_the_time_of_the_request_decides_visibility(fitted: Recommender) -> None:
    before = NOW - timedelta(days=10)
    shown = fitted.related("talks/7", now=before)
    published = {row["id"]: row["published"] for row in records()}
    assert shown
    assert all(published[card["id"]] <= before.isoformat() for card in shown)
    with pytest.raises(ArticleNotFoundError, match="expected the id of a published article"):
        fitted.related("talks/0", now=before)


def test_partial_fit_adds_and_replaces_articles() -> None:
    encoder = SmallEncoder()
    grown = Recommender(encoder).fit(records()[:20])
    embedded = encoder.encoded
    changed = records()[0] | {"title": "Another title"}
    grown.partial_fit([*records()[20:], changed])
    assert grown.n_articles_ == 24
    assert encoder.encoded == embedded + 5
    assert grown.snapshot_.card(0)["title"] == "Another title"
    grown.fit(records()[:6])
    assert grown.n_articles_ == 6


def test_a_saved_recommender_is_loaded_and_served(fitted: Recommender, tmp_path: Path) -> None:
    fitted.save(tmp_path / "home")
    loaded = Recommender.load(tmp_path / "home", SmallEncoder())
    assert loaded.related("talks/0", now=NOW) == fitted.related("talks/0", now=NOW)
    assert loaded.partial_fit([records()[0] | {"id": "one more"}]).n_articles_ == 25
    printed = run(tmp_path / "home", "related", "talks/0", "--json")
    assert ids(json.loads(printed.stdout)["cards"]) == ids(fitted.related("talks/0"))
    with pytest.raises(DataDirError, match="expected a new or empty folder"):
        fitted.save(tmp_path / "home")
    with pytest.raises(SnapshotError, match="recommender index"):
        Recommender.load(tmp_path / "elsewhere")


def test_a_copy_keeps_the_parameters(tmp_path: Path) -> None:
    ranking = Ranking(minimum_cards=1, recency_by_section={'a "b" ł': Recency(boost=1.5)})
    saved = Recommender(SmallEncoder(), ranking=ranking, languages=["pl"], timezone="Europe/Rome")
    saved.fit(records()).save(tmp_path)
    loaded = Recommender.load(tmp_path, SmallEncoder())
    assert (loaded.ranking, loaded.languages, loaded.timezone) == (ranking, ["pl"], "Europe/Rome")


@pytest.mark.parametrize("value", ["auto", 0.8])
def test_a_copy_keeps_how_the_threshold_was_found(
    settings: Settings, source: Path, value: Any
) -> None:
    """A number from elsewhere than the file, as from the desk, stays a number."""
    publish(msgspec.structs.replace(settings, ranking=Ranking(minimum_relevance=value)), source)
    loaded = Recommender.load(settings.home, SmallEncoder())
    assert loaded.ranking.minimum_relevance == value


def test_a_directory_is_copied_while_it_is_written(tmp_path: Path, fitted: Recommender) -> None:
    fitted.save(tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "catalogue.sqlite3")) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("DELETE FROM articles WHERE id = 'talks/0'")
        database.commit()  # in the write-ahead log alone
        loaded = Recommender.load(tmp_path / "home", SmallEncoder())
    assert loaded.partial_fit([]).n_articles_ == 23


def test_a_database_elsewhere_is_not_touched(tmp_path: Path, fitted: Recommender) -> None:
    fitted.save(tmp_path / "home")
    (tmp_path / "home" / "recommender.toml").write_text("database_url = 'sqlite:///other.sqlite3'")
    with pytest.raises(SettingsError, match="database_url"):
        Recommender.load(tmp_path / "home", SmallEncoder())


def test_many_articles_can_be_withdrawn() -> None:
    rows = [row | {"id": number} for number, row in enumerate(records())]
    shrunk = Recommender(SmallEncoder()).fit(rows)
    shrunk.partial_fit([row | {"status": "withdrawn"} for row in rows[8:]])
    assert shrunk.n_articles_ == 8
    assert shrunk.related(1) == shrunk.related("1")


def test_a_data_frame_is_read_by_its_columns() -> None:
    rows = [{"guid": r["id"], "headline": r["title"], "date": r["published"]} for r in records()]
    recommender = Recommender(SmallEncoder()).fit(Table(rows))
    assert recommender.n_articles_ == 24
    assert recommender.rejected_ == []


def test_what_cannot_be_read_is_rejected_and_named() -> None:
    broken = {"id": "x", "title": "A title", "published": "soon"}
    recommender = Recommender(SmallEncoder()).fit([*records(), broken, records()[0]])
    assert recommender.n_articles_ == 24
    found = [(one.place, one.reason) for one in recommender.rejected_]
    assert [place for place, _ in found] == ["record 25", "Python"]
    assert "published" in found[0][1]
    assert "expected each ID once" in found[1][1]
    with pytest.raises(ArticleError, match="record 1: expected an Article or a mapping"):
        Recommender(SmallEncoder()).fit(["text"])


def test_a_failed_fit_names_the_reason_and_keeps_what_was_fitted() -> None:
    fitted = Recommender(SmallEncoder())
    with pytest.raises(SourceError, match="articles: expected at least one that is public, got n"):
        fitted.fit([])
    with pytest.raises(NotFittedError):
        fitted.related("talks/0")
    fitted.fit(records()[:8])
    before = fitted.related("talks/0")
    with pytest.raises(SourceError, match=r"1 rejected, the first: record 1: .*title"):
        fitted.fit([{"id": "a"}])
    assert fitted.related("talks/0") == before
    with pytest.raises(ArticleError, match="expected a list or a data frame, got str"):
        fitted.partial_fit("articles.csv")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="limit: expected at least 1, got 0"):
        fitted.related("talks/0", limit=0)
    with pytest.raises(SettingsError, match="now: expected a datetime, got str"):
        fitted.related("talks/0", now="today")  # type: ignore[arg-type]


def test_parameters_are_those_of_scikit_learn() -> None:
    ranking = Ranking(recency=Recency(boost=0.0))
    recommender = Recommender("minilm", ranking=ranking, timezone="Europe/Warsaw")
    assert clone(recommender).get_params() == recommender.get_params()
    assert "Europe/Warsaw" in repr(recommender)
    with pytest.raises(NotFittedError):
        recommender.related("talks/0")


def test_links_evaluate_the_ranking(fitted: Recommender) -> None:
    report = fitted.evaluate(LINKS)
    assert report.queries == 5
    assert 0.5 < report.rankings["related posts"].ndcg.mean <= 1
    table = Table([{"from": one, "to": other} for one, other in LINKS])
    assert fitted.evaluate(table) == report
    with pytest.raises(ArticleError, match="link 1: expected a pair of IDs"):
        fitted.evaluate(["talks/0"])
    with pytest.raises(SettingsError, match="limit: expected at least 6, got 3"):
        fitted.evaluate(LINKS, limit=3)


def test_the_encoder_protocol_and_the_ranker_are_usable_alone() -> None:
    ranker = LinearRanker(("a", "b"), (0.1, 0.1), (1.0, 0.5), (0.0, 0.0))
    contributions = ranker.contributions(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert contributions.sum(axis=1).argmax() == 1


def test_the_package_imports_nothing_heavy() -> None:
    code = "import recommender, sys; print('sklearn' in sys.modules, recommender.__version__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"False \d+\.\d+\.\d+(\.dev\d+)?\n", done.stdout)


def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples")
    notebook = json.loads((ROOT / "examples" / "quickstart.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["recommender"].n_articles_ > 40
    assert names["cards"]
