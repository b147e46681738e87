"""Settings that admins change at the desk: their log, who wins, and what a request uses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from recommender.catalogue.database import open_database
from recommender.catalogue.setting_changes import SettingLog, load_setting_changes
from recommender.cli import recommender
from recommender.errors import SettingsError
from recommender.settings import Ranking, Recency, Settings
from recommender.settings.desk import (
    NAMES,
    SettingChange,
    locked_names,
    served_ranking,
    value_of,
    with_desk_settings,
)
from recommender.settings.listing import list_settings
from sample_site import NOW
from service.state.state_updater import StateUpdater

SPORT = {"sport": {"boost": 2.0, "half_life_days": 1.0}}


@pytest.fixture
def log(settings: Settings, snapshot_id: str) -> Iterator[SettingLog]:
    assert snapshot_id
    engine = open_database(settings.catalogue_url)
    yield SettingLog(engine)
    engine.dispose()


@pytest.fixture
def stored(database: str) -> Iterator[SettingLog]:
    """An empty log, in both databases."""
    engine = open_database(database)
    yield SettingLog(engine)
    engine.dispose()


def change(name: str, value: Any, number: int = 1) -> SettingChange:
    return SettingChange(id=number, name=name, value=value, author="ann")


def test_the_log_keeps_every_change(stored: SettingLog) -> None:
    stored.add({"ranking.cards": 4, "heading": "Read on"}, "ann", 100, seen=0)
    stored.add({"ranking.cards": None}, "bob", 200, seen=2)
    found = [(one.name, one.value, one.author, one.created) for one in stored.changes()]
    assert found == [
        ("ranking.cards", 4, "ann", 100),
        ("heading", "Read on", "ann", 100),
        ("ranking.cards", None, "bob", 200),
    ]
    assert stored.version() == 3
    with pytest.raises(SettingsError, match="bob has changed settings"):
        stored.add({"heading": "x"}, "ann", 300, seen=2)
    assert stored.version() == 3


def test_an_undo_returns_to_the_value_before(stored: SettingLog) -> None:
    stored.add({"ranking.cards": 4}, "ann", 100, seen=0)
    stored.add({"ranking.cards": 3}, "ann", 200, seen=1)
    with pytest.raises(SettingsError, match="changed again since, by ann"):
        stored.undo(1, "bob", 300)
    assert stored.undo(2, "bob", 300).value == 4
    assert stored.undo(3, "bob", 400).value == 3  # an undo can be undone
    with pytest.raises(SettingsError, match="got 99"):
        stored.undo(99, "bob", 500)
    assert stored.undo(4, "bob", 600).undoes == 4


def test_a_database_from_before_has_no_changes(settings: Settings, log: SettingLog) -> None:
    engine = open_database(settings.catalogue_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE setting_changes")
    assert load_setting_changes(engine) == []
    updater = StateUpdater(settings.home, settings.catalogue_url, settings)
    updater.poll_overrides()
    assert (updater.override_watcher.error, updater.override_watcher.setting_changes) == ("", ())
    engine.dispose()


def test_every_setting_of_the_desk_exists(settings: Settings) -> None:
    listed = {one.name for one in list_settings(settings.home, {})[0]}
    assert listed.issuperset(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_desk_wins_over_the_file_and_the_environment_over_the_desk(
    tmp_path: Path, name: str
) -> None:
    ours: Any = {"heading": "Read on", "ranking.recency_by_section": SPORT}.get(name, 0.9)
    if name in {"ranking.cards", "ranking.minimum_cards"}:
        ours = 3
    made = with_desk_settings(Settings(home=tmp_path), [change(name, ours)], locked=())
    assert value_of(made, name) == ours
    variable = "RECOMMENDER_" + name.upper().replace(".", "__")
    locked = locked_names({variable: "1", "RECOMMENDER_HOME": "x"})
    assert locked == {name: variable}
    kept = with_desk_settings(Settings(home=tmp_path), [change(name, ours)], locked)
    assert kept == Settings(home=tmp_path)


def test_a_variable_of_a_table_locks_what_is_in_it() -> None:
    assert locked_names({"RECOMMENDER_RANKING": "{}"}).keys() == set(NAMES) - {"heading"}
    of_section = {"RECOMMENDER_RANKING__RECENCY_BY_SECTION__SPORT__BOOST": "1"}
    assert list(locked_names(of_section)) == ["ranking.recency_by_section"]


def test_what_a_request_uses() -> None:
    """The ranking of the index run, with what the desk has changed."""
    built, ours = Ranking(diversity_penalty=3, minimum_relevance=0.6), Settings()

    def served(*changes: SettingChange) -> Ranking:
        return served_ranking(built, ours, changes, locked=())

    assert served() == built
    assert served(change("heading", "x")) == built
    assert served(change("ranking.cards", 4)) == msgspec.structs.replace(built, cards=4)
    recency = served(change("ranking.recency_by_section", SPORT)).recency_of("Sport")
    assert recency == Recency(2, 1)
    assert served(change("ranking.minimum_relevance", 0.8)).minimum_relevance == 0.8
    assert served(change("ranking.minimum_relevance", 0.2)).minimum_relevance == 0.6
    assert served(change("ranking.minimum_relevance", "auto")).minimum_relevance == 0.6
    assert served(change("ranking.minimum_relevance", None)).minimum_relevance == 0.6
    # Taken back at the desk: the value of the other sources, and not that of the index run.
    gone = served(change("ranking.diversity_penalty", 1), change("ranking.diversity_penalty", None))
    assert gone.diversity_penalty == ours.ranking.diversity_penalty
    # A newer version of the program may have stored other settings.
    assert served(change("ranking.unknown", 1)) == built
    assert served(change("ranking.cards", 99), change("heading", 3)) == built


def test_a_change_is_served_at_once_and_indexed_later(
    client: FlaskClient, settings: Settings, log: SettingLog
) -> None:
    address = "/v1/articles/talks/0/related"

    def cards() -> list[str]:
        updater = client.application.extensions["state_updater"]
        updater.poll_overrides()
        updater.refresh()
        return [card["id"] for card in client.get(address).json["cards"]]

    before = cards()
    assert len(before) == 6
    log.add({"ranking.cards": 3, "heading": "Read <on>"}, "ann", 100, seen=0)
    assert cards() == before[:3]
    assert len(client.get(address + "?limit=5").json["cards"]) == 5
    assert len(client.get("/v1/latest").json["cards"]) == 3
    assert "Read &lt;on&gt;" in client.get(address + ".html").text
    assert "A list has 3 articles" in client.get("/v1/about.html").text
    shown = CliRunner().invoke(
        recommender, ["related", "talks/0", "--json", "--home", str(settings.home)]
    )
    assert [card["id"] for card in json.loads(shown.stdout)["cards"]] == before[:3]
    log.undo(1, "ann", 200)
    assert cards() == before


def test_a_higher_threshold_drops_candidates_at_once(
    client: FlaskClient, log: SettingLog, settings: Settings
) -> None:
    def origins() -> set[str]:
        updater = client.application.extensions["state_updater"]
        updater.poll_overrides()
        updater.refresh()
        cards = client.get("/v1/articles/talks/0/related").json["cards"]
        return {card["origin"] for card in cards}

    assert "related" in origins()
    log.add({"ranking.minimum_relevance": 1 - 1e-12}, "ann", 100, seen=0)
    assert origins() == {"latest"}


def test_an_index_run_uses_the_settings_of_the_desk(
    settings: Settings, log: SettingLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.add({"ranking.cards": 4, "ranking.minimum_relevance": 0.1}, "ann", 100, seen=0)
    for name in ("DIVERSITY_PENALTY", "CARDS"):
        monkeypatch.setenv(f"RECOMMENDER_RANKING__{name}", "5")
    monkeypatch.setenv("RECOMMENDER_EMBEDDING_MODEL", settings.embedding_model)
    run = ["index", "--home", str(settings.home), "--now", NOW.isoformat()]
    done = CliRunner().invoke(recommender, run)
    assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(recommender, ["snapshots", "--json", "--home", str(settings.home)])
    ranking = json.loads(listed.stdout)[-1]["ranking"]
    assert (ranking["minimum_relevance"], ranking["cards"]) == (0.1, 5)


def test_the_list_of_settings_names_the_editor(settings: Settings, log: SettingLog) -> None:
    log.add({"ranking.recency_by_section": SPORT}, "ann", 1790000000, seen=0)
    done = CliRunner().invoke(recommender, ["settings", "ranking", "--home", str(settings.home)])
    assert "ranking.recency_by_section.sport.boost = 2.0  (desk (ann, 2026-09-21))" in done.output
    assert "ranking.cards = 6  (default)" in done.output


def test_a_worker_that_starts_without_the_database_knows_the_settings(
    settings: Settings, log: SettingLog
) -> None:
    log.add({"ranking.cards": 2}, "ann", 100, seen=0)
    updater = StateUpdater(settings.home, settings.catalogue_url, settings)
    updater.poll_overrides()
    broken = f"sqlite:///{settings.home / 'gone' / 'catalogue.sqlite3'}"
    later = StateUpdater(settings.home, broken, settings)
    later.poll_overrides()
    later.refresh()
    assert later.state is not None
    assert later.state.snapshot.ranking.cards == 2
    stored = (settings.home / "decisions.json").read_text(encoding="utf-8")
    assert "ann" not in stored
