"""Active overrides change the cards, for commands and in the running service."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.read_once import read_overrides
from recommender.reports.card_counts import count_cards
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import latest, related
from recommender.serving.responses import open_current
from recommender.settings import Settings
from sample_site import NOW, publish, records, write_jsonl

AT = NOW.timestamp()
DAY = 86_400


class Desk:
    """Decides, and looks at what follows."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = Log(settings.catalogue_url)
        self.snapshot = open_current(settings.home)

    def close(self) -> None:
        self.log.close()

    def decide(self, kind: str, article: str = "", pick: str = "", **fields: Any) -> int:
        added = Override(kind=Kind(kind), article=article, pick=pick, author="ann", **fields)
        return self.log.add([added], AT)[0].id

    def cards(
        self, article: str = "talks/0", at: float = AT, **query: Any
    ) -> list[tuple[str, str]]:
        read = read_overrides(self.settings.catalogue_url, self.snapshot, at)
        assert not read.error
        row = self.snapshot.row(article)
        assert row is not None
        picks = related(self.snapshot, row, Query(**query), at, read.active)
        return [(self.snapshot.identifier(pick.row), pick.origin) for pick in picks]

    def ids(self, *given: Any, **query: Any) -> list[str]:
        return [identifier for identifier, _ in self.cards(*given, **query)]


@pytest.fixture
def desk(settings: Settings, snapshot_id: str) -> Iterator[Desk]:
    assert snapshot_id
    with closing(Desk(settings)) as desk:
        yield desk


@pytest.fixture
def log(settings: Settings) -> Iterator[Log]:
    with closing(Log(settings.catalogue_url)) as log:
        yield log


def test_overrides_of_every_kind_are_active_after_an_index_run(desk: Desk) -> None:
    desk.decide("pin", "talks/0", "football/5", place=2)
    desk.decide("boost", pick="sport", scope=Scope.SECTION, factor=3.0)
    desk.decide("block", pick="reactor/1")
    held = desk.decide("hold", "talks/2")
    before = desk.cards("talks/0")
    publish(desk.settings)
    desk.snapshot = open_current(desk.settings.home)
    assert desk.cards("talks/0") == before
    assert before[1] == ("football/5", "editor")
    assert "reactor/1" not in desk.ids("reactor/0", limit=20)
    assert desk.cards("talks/2") == []
    desk.decide("undo", undoes=held)
    assert len(desk.cards("talks/2")) == 6
    assert desk.cards("talks/0") == before, "nothing was decided about this one"
    desk.decide("block", pick="sport", scope=Scope.SECTION)
    assert "football/5" not in desk.ids("talks/0")


def test_a_pin_takes_its_position_and_moves_the_others_down(desk: Desk) -> None:
    before = desk.ids()
    desk.decide("pin", "talks/0", "football/5", place=3)
    desk.decide("pin", "talks/0", "reactor/1", place=1)
    after = desk.cards()
    assert after[0] == ("reactor/1", "editor")
    assert after[2] == ("football/5", "editor")
    assert [i for i, origin in after if origin == "related"] == before[:4]


def test_a_pin_of_a_listed_card_moves_it(desk: Desk) -> None:
    before = desk.ids()
    desk.decide("pin", "talks/0", before[4], place=1)
    after = desk.ids()
    assert after[0] == before[4]
    assert len(set(after)) == len(after) == 6


def test_pins_respect_limit_exclude_and_fallback(desk: Desk) -> None:
    desk.decide("pin", "talks/0", "football/5", place=3)
    assert "football/5" not in desk.ids(limit=2)
    assert "football/5" not in desk.ids(exclude=frozenset({"football/5"}))
    assert "football/5" not in desk.ids(section="politics")
    assert desk.cards(section="sport")[2] == ("football/5", "editor")
    assert desk.cards(section="sport", fill="none") == [("football/5", "editor")]


def test_an_invisible_pin_is_skipped(desk: Desk) -> None:
    desk.decide("pin", "talks/0", "football/5", place=1)
    withdraw(desk.log, "football/5", "ann", "", AT)
    cards = desk.cards()
    assert len(cards) == 6
    assert "football/5" not in [identifier for identifier, _ in cards]
    restore(desk.log, "football/5", "ann", "", AT)
    assert desk.cards()[0] == ("football/5", "editor")
    # The newest article at a moment at which the pinned one is not out yet.
    assert "football/5" not in desk.ids(at=AT - 18.5 * DAY)


def test_blocks_under_one_article_and_global_blocks(desk: Desk) -> None:
    before = desk.ids()
    desk.decide("block", "talks/0", before[0])
    desk.decide("block", "", before[1])
    assert not {before[0], before[1]} & set(desk.ids())
    assert before[0] in desk.ids(before[2])
    assert before[1] not in desk.ids(before[2])
    force = read_overrides(desk.settings.catalogue_url, desk.snapshot, AT).active
    everything = latest(desk.snapshot, Query(limit=20), AT, force)
    assert before[1] not in [desk.snapshot.identifier(pick.row) for pick in everything]


def test_the_overview_counts_the_present_cards(desk: Desk) -> None:
    desk.decide("pin", "talks/0", "football/5", place=1)
    desk.decide("block", "", "talks/1")
    force = read_overrides(desk.settings.catalogue_url, desk.snapshot, AT).active
    found = count_cards(desk.snapshot, force, AT)
    every = [desk.snapshot.identifier(row) for row in range(len(desk.snapshot))]
    cards = Counter(card for article in every for card in desk.ids(article))
    assert found.articles == len(every)
    assert found.counts.tolist() == [cards[article] for article in every]
    assert [every[row] for row in found.never] == [one for one in every if not cards[one]]
    assert not cards["talks/1"]


def test_a_blocked_article_still_has_related_posts(desk: Desk) -> None:
    desk.decide("block", "", "talks/0")
    assert len(desk.ids("talks/0")) == 6


def test_a_held_article_shows_nothing(desk: Desk) -> None:
    number = desk.decide("hold", "talks/0")
    assert desk.cards() == []
    desk.decide("undo", undoes=number)
    assert len(desk.cards()) == 6


def test_a_withdrawn_article_disappears(desk: Desk) -> None:
    withdraw(desk.log, "talks/1", "ann", "", AT)
    force = read_overrides(desk.settings.catalogue_url, desk.snapshot, AT).active
    row = desk.snapshot.row("talks/1")
    assert row is not None
    assert not is_public(desk.snapshot, row, AT, force)
    assert "talks/1" not in desk.ids()


def test_overrides_start_and_end(desk: Desk) -> None:
    noon = int(AT)
    desk.decide("pin", "talks/0", "football/5", place=1, starts=noon + DAY, ends=noon + 2 * DAY)
    desk.decide("block", "", "talks/1", starts=noon + DAY, ends=noon + 2 * DAY)
    for at, holds in ((AT, False), (AT + DAY, True), (AT + 2 * DAY, False)):
        ids = desk.ids(at=at)
        assert (ids[0] == "football/5") is holds
        assert ("talks/1" not in ids) is holds


def test_a_boost_adds_the_logarithm_of_its_factor(desk: Desk) -> None:
    last = desk.ids(limit=6)[-1]
    desk.decide("boost", "", last, factor=10.0)
    assert desk.ids()[0] == last
    force = read_overrides(desk.settings.catalogue_url, desk.snapshot, AT).active
    row = desk.snapshot.row("talks/0")
    assert row is not None
    first = related(desk.snapshot, row, Query(), AT, force)[0]
    reason = Explainer(desk.snapshot, row, AT, force).why(first)
    assert reason.boost == pytest.approx(2.3026)
    assert "boosted by an editor" in reason.rule
    assert "boosted by an editor (x10.0)" in reason.reasons


@pytest.mark.parametrize(
    ("scope", "name"), [("section", "sport"), ("tag", "balls"), ("author", "Jan")]
)
def test_overrides_of_sections_tags_and_authors(
    settings: Settings, scope: str, name: str, tmp_path: Any
) -> None:
    rows = [
        row | ({"tags": ["balls"], "authors": ["Jan"]} if row["section"] == "sport" else {})
        for row in records()
    ]
    publish(settings, write_jsonl(tmp_path / "tagged.jsonl", rows))
    with closing(Desk(settings)) as desk:
        assert len(desk.ids("football/0", section="sport", fill="none")) == 6
        elsewhere = desk.ids("talks/0")
        held = desk.decide("hold", "", name.upper(), scope=Scope(scope), starts=int(AT) + DAY)
        assert len(desk.ids("football/0")) == 6
        assert desk.ids("football/0", AT + DAY) == desk.ids("football/7", AT + DAY) == []
        assert desk.ids("talks/0") == elsewhere
        assert len(desk.ids("talks/0", AT + DAY)) == 6
        desk.decide("undo", undoes=held)
        assert len(desk.ids("football/0", AT + DAY)) == 6
        desk.decide("block", "", name, scope=Scope(scope))
        assert desk.ids("football/0", section="sport", fill="none") == []


def test_a_tag_covers_later_articles_however_they_write_it(
    settings: Settings, tmp_path: Any
) -> None:
    paid = {"football/1": "Paid post", "football/2": "paid post"}
    later = {"talks/1": "PAID POST", "football/3": "Paid  Post"}
    rows = [row | {"tags": [paid[row["id"]]] if row["id"] in paid else []} for row in records()]
    publish(
        settings, write_jsonl(tmp_path / "first.jsonl", [r for r in rows if r["id"] not in later])
    )
    with closing(Desk(settings)) as desk:
        for kind in ("block", "hold"):
            desk.decide(kind, "", "Paid post", scope=Scope.TAG)
    new = [row | {"tags": [later[row["id"]]]} for row in rows if row["id"] in later]
    publish(settings, write_jsonl(tmp_path / "later.jsonl", new))
    with closing(Desk(settings)) as desk:
        lists = {row["id"]: desk.ids(row["id"], limit=20) for row in rows}
    marked = {*paid, *later}
    assert marked == {article for article, cards in lists.items() if not cards}
    assert not marked & {card for cards in lists.values() for card in cards}


def test_overrides_survive_retraining_and_reimport(desk: Desk, source: Any) -> None:
    desk.decide("pin", "talks/0", "football/5", place=1)
    withdraw(desk.log, "talks/1", "ann", "", AT)
    publish(desk.settings, source)
    desk.snapshot = open_current(desk.settings.home)
    assert desk.cards()[0] == ("football/5", "editor")
    assert "talks/1" not in desk.ids()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until it holds; a minute is for a loaded machine, not for us."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_running_service_applies_new_overrides(app: Flask, client: FlaskClient, log: Log) -> None:
    def ids() -> list[str]:
        return [c["id"] for c in client.get("/v1/articles/talks/0/related").json["cards"]]

    assert ids()[0] != "football/5"
    now = time.time()
    pin = Override(kind=Kind.PIN, article="talks/0", pick="football/5", place=1, author="ann")
    log.add([pin], now)
    wait_for(lambda: ids()[0] == "football/5")
    health = client.get("/readyz").json["overrides"]
    assert (health["version"], health["database"]) == (1, "connected")
    assert health["age_seconds"] < 60
    withdraw(log, "talks/0", "ann", "legal", now)
    wait_for(lambda: client.get("/v1/articles/talks/0/related").status_code == 404)
    unknown, gone = (client.get(f"/v1/articles/{i}/related").json for i in ("nope", "talks/0"))
    assert unknown["title"] == gone["title"]
    now = time.time()  # what came before may have taken as long as the hold
    under = {"article": "talks/1"}, {"pick": "sport", "scope": Scope.SECTION}
    ends = int(now) + 8
    log.add([Override(kind=Kind.HOLD, author="ann", ends=ends, **one) for one in under], now)
    wait_for(lambda: client.get("/v1/articles/football/0/related").json["cards"] == [])
    wait_for(lambda: client.get("/v1/articles/talks/1/related").json["cards"] == [])
    # The end comes by itself.
    wait_for(lambda: client.get("/v1/articles/talks/1/related").json["cards"] != [])
    wait_for(lambda: client.get("/v1/articles/football/0/related").json["cards"] != [])


def test_the_service_keeps_serving_without_its_database(
    app: Flask, client: FlaskClient, settings: Settings, log: Log
) -> None:
    updater = app.extensions["state_updater"]
    withdraw(log, "talks/1", "ann", "legal", time.time())
    wait_for(lambda: updater.state.overrides.version == 1)
    updater.override_watcher.close()
    log.close()
    (settings.home / "catalogue.sqlite3").write_bytes(b"no database" * 1000)
    wait_for(lambda: "unavailable" in client.get("/readyz").json["overrides"]["database"])
    assert client.get("/v1/articles/talks/1/related").status_code == 404
    assert len(client.get("/v1/articles/talks/0/related").json["cards"]) == 6
