"""Decisions about an article hold for its copies, and a moved article keeps its decisions."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from command_line import run
from desk_client import PASSWORD, Browser
from placements import placements_of
from recommender.articles.article import Article
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.store import Catalogue
from recommender.cdn.affected import affected_articles, with_copies
from recommender.errors import ArticleNotFoundError, MovedArticleError
from recommender.ingest.push import PushImporter
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.edits.withdrawals import copy_of, hidden_copies, restore, withdraw
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.read_once import read_overrides
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import latest, related
from recommender.serving.responses import article_at, open_current, related_answer
from recommender.settings import Settings, load_settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import ENCODER, NOW, publish, records, write_jsonl
from service import create_app

AT = NOW.timestamp()

DREDGING = (
    "The harbour board will dredge the northern channel from Monday. Two barges take the silt to "
    "a basin behind the old shipyard, and ferries sail half an hour later than usual. Fishermen "
    "fear for the eel grass that grows along the mole, and ask for a study before the work begins."
)
HISTORY = (
    "For thirty years no council dared to touch the channel, because every plan split the town "
    "into those who live by freight and those who live by nets. A retired pilot keeps the charts "
    "of four failed attempts in a drawer. One was stopped by a court, one by a flood, two by "
    "elections. This time the money comes from the ministry and has to be spent before winter. "
)


def record(
    identifier: str, body: str, title: str = "Dredging begins", **more: Any
) -> dict[str, Any]:
    common = {"published": "2026-10-30T08:00:00Z", "section": "harbour", "language": "en"}
    return {"id": identifier, "title": title, "body": body} | common | more


VERSIONS = {
    "dredging/1": DREDGING,
    "dredging/2": DREDGING.replace("Monday", "Tuesday"),
    "dredging/3": DREDGING.replace("Two barges", "Three barges"),
}
QUOTING = record("dredging/history", HISTORY + DREDGING, "Four plans in a drawer")
PRESENT = [record(i, body) for i, body in VERSIONS.items()] + [QUOTING]


class Newsroom:
    """A published site, its log and what readers of it see."""

    def __init__(self, home: Path, *more: dict[str, Any]) -> None:
        self.settings: Settings = load_settings(home, environ={}, embedding_model=ENCODER)
        self.catalogue = Catalogue(self.settings.catalogue_url)
        self.log = Log(self.settings.catalogue_url, self.catalogue.engine)
        self.pushes = PushImporter(self.catalogue.engine)
        self.publish(*records(), *more)

    def publish(self, *rows: dict[str, Any]) -> None:
        source = [write_jsonl(self.settings.home / "site.jsonl", list(rows))] if rows else []
        publish(self.settings, *source)

    @property
    def snapshot(self) -> Snapshot:
        return open_current(self.settings.home)

    def active(self) -> ActiveOverrides:
        return read_overrides(self.settings.catalogue_url, self.snapshot, AT).active

    def hidden(self) -> set[str]:
        """Articles whose own lists are not shown."""
        snapshot, active = self.snapshot, self.active()
        rows = range(len(snapshot))
        return {snapshot.identifier(r) for r in rows if not is_public(snapshot, r, AT, active)}

    def listed(self, **query: Any) -> set[str]:
        """Articles on cards, under any article and among the latest."""
        snapshot, active, asked = self.snapshot, self.active(), Query(limit=20, **query)
        found = {card.row for card in latest(snapshot, asked, AT, active)}
        for row in range(len(snapshot)):
            found |= {card.row for card in related(snapshot, row, asked, AT, active)}
        return {snapshot.identifier(row) for row in found}

    @contextmanager
    def saved(self, **fields: Any) -> Iterator[Override]:
        (entry,) = self.log.add([Override(author="ann", **fields)], time.time())
        yield entry
        self.log.add([Override(kind=Kind.UNDO, undoes=entry.id, author="ann")], time.time())


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path_factory.mktemp("present"), *PRESENT)
    with closing(room.catalogue):
        yield room


def test_a_withdrawal_hides_the_copies_until_it_is_undone(newsroom: Newsroom) -> None:
    with newsroom.saved(kind=Kind.WITHDRAW, article="dredging/2"):
        assert newsroom.hidden() == set(VERSIONS)
        assert newsroom.listed().isdisjoint(VERSIONS)
        # It quotes them, and has more to say.
        assert "dredging/history" in newsroom.listed()
        active, snapshot = newsroom.active(), newsroom.snapshot
        assert hidden_copies(active, snapshot, "dredging/2") == ["dredging/1", "dredging/3"]
        assert copy_of(active, snapshot, "dredging/1") == "dredging/2"
    assert newsroom.hidden() == set()


def test_what_quotes_the_withdrawn_text_is_hidden_only_with_itself(newsroom: Newsroom) -> None:
    with newsroom.saved(kind=Kind.WITHDRAW, article="dredging/history"):
        assert newsroom.hidden() == {"dredging/history", *VERSIONS}


def test_a_block_in_all_lists_holds_for_copies(newsroom: Newsroom) -> None:
    with newsroom.saved(kind=Kind.BLOCK, pick="dredging/1"):
        assert newsroom.listed().isdisjoint(VERSIONS)
        assert newsroom.hidden() == set()
    soon = int(AT) + 60
    (entry,) = newsroom.log.add(
        [Override(kind=Kind.BLOCK, pick="dredging/1", starts=soon, author="ann")], AT
    )
    assert not newsroom.listed().isdisjoint(VERSIONS)
    newsroom.log.add([Override(kind=Kind.UNDO, undoes=entry.id, author="ann")], time.time())


def test_a_block_in_one_list_holds_for_copies(newsroom: Newsroom) -> None:
    row = newsroom.snapshot.row("dredging/history")
    assert row is not None
    with newsroom.saved(kind=Kind.BLOCK, article="talks/0", pick="dredging/3"):
        under = newsroom.active().under(newsroom.snapshot.row("talks/0") or 0, AT)
        assert under is not None
        assert {newsroom.snapshot.identifier(one) for one in under.blocked} == set(VERSIONS)
        overrides = read_overrides(newsroom.settings.catalogue_url, newsroom.snapshot, AT).stored
        where = placements_of(
            newsroom.snapshot,
            newsroom.snapshot.row("talks/0") or 0,
            AT,
            newsroom.active(),
            overrides,
        )
        assert str(where.of_id("dredging/3").text) == "blocked here by ann"
        copy = where.of_id("dredging/1")
        assert copy.kind == "warn"
        assert str(copy.text) == "copy of an article that is blocked here: Dredging begins"
        assert not newsroom.listed().isdisjoint(VERSIONS)


def test_excluded_articles_have_no_versions_on_the_page(newsroom: Newsroom) -> None:
    assert newsroom.listed(exclude=frozenset(["dredging/1"])).isdisjoint(VERSIONS)
    pin = {"kind": Kind.PIN, "article": "talks/0", "pick": "dredging/2", "place": 1}
    with newsroom.saved(**pin):
        assert newsroom.listed(exclude=frozenset(["dredging/1"])).isdisjoint(VERSIONS)


def test_caches_drop_the_copies_too(newsroom: Newsroom) -> None:
    withdrawn = affected_articles([Override(kind=Kind.WITHDRAW, article="dredging/2")])
    affected = with_copies(withdrawn, RowLookup(newsroom.snapshot))
    assert set(affected.articles) == set(affected.cards) == set(VERSIONS)


def test_a_copy_can_be_shown_in_spite_of_a_withdrawal(newsroom: Newsroom) -> None:
    with newsroom.saved(kind=Kind.WITHDRAW, article="dredging/2"):
        copied = copy_of(newsroom.active(), newsroom.snapshot, "dredging/3")
        shown = restore(newsroom.log, "dredging/3", "ann", "", time.time(), copy_of=copied)
        assert shown is not None
        assert newsroom.hidden() == {"dredging/1", "dredging/2"}
        assert "dredging/3" in newsroom.listed()
        with newsroom.saved(kind=Kind.WITHDRAW, article="dredging/3"):
            assert "dredging/3" in newsroom.hidden()
        newsroom.log.add([Override(kind=Kind.UNDO, undoes=shown.id, author="ann")], time.time())
        assert newsroom.hidden() == set(VERSIONS)


def test_the_commands_name_the_copies(newsroom: Newsroom) -> None:
    home = newsroom.settings.home
    blocked = run(home, "override", "block", "dredging/1")
    assert "also hidden: 2 other versions: dredging/2, dredging/3\n" in blocked.stdout
    shown = json.loads(run(home, "articles", "show", "dredging/2", "--json").stdout)
    assert "it is a copy of 'dredging/1', which is blocked or withdrawn" in shown["reasons"][0]
    entry = blocked.stdout.split()[1].rstrip(":")
    assert run(home, "override", "undo", entry).returncode == 0
    assert newsroom.listed() & set(VERSIONS)


def test_the_desk_names_the_copies_and_shows_one_in_spite(newsroom: Newsroom) -> None:
    accounts = Accounts(newsroom.catalogue.engine)
    accounts.add("ann", Role.ADMIN, PASSWORD, time.time())
    ann = Browser(create_app(newsroom.settings))
    ann.sign_in("ann")
    question = "/desk/withdraw?id=dredging/1"
    asked = ann.get(question).text
    assert "2 other versions will be hidden, too:" in asked
    assert ann.post(question, data={"do": "withdraw"}).status_code == 303
    assert ann.get("/v1/articles/dredging/3/related").status_code == 404
    assert "2 other versions are hidden, too:" in ann.get("/desk/article?id=dredging/1").text
    assert "it is a copy of dredging/1" in ann.get("/desk/article?id=dredging/3").text
    again = "/desk/withdraw?id=dredging/3"
    assert "its other copies stay hidden" in ann.get(again).text
    assert ann.post(again, data={"do": "restore"}).status_code == 303
    assert newsroom.hidden() == {"dredging/1", "dredging/2"}
    assert "Shown although a copy is hidden" in ann.get("/desk/article?id=dredging/3").text
    assert ann.post(question, data={"do": "restore"}).status_code == 303
    assert newsroom.hidden() == set()


def test_a_notice_in_place_of_a_withdrawn_text_shows_no_copy(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, record("pulled", DREDGING))
    with closing(room.catalogue):
        withdraw(room.log, "pulled", "ann", "", time.time())
        room.publish(record("pulled", "This article was removed.", "Removed"))
        room.publish(record("pulled/again", DREDGING.replace("Monday", "Tuesday")))
        assert room.hidden() == {"pulled", "pulled/again"}
        restore(room.log, "pulled", "ann", "", time.time())
        assert room.hidden() == set()


def test_of_equal_texts_the_last_imported_is_shown(newsroom: Newsroom) -> None:
    (row,) = {newsroom.snapshot.duplicates_of(newsroom.snapshot.row(i) or 0)[0] for i in VERSIONS}
    assert newsroom.snapshot.identifier(int(row)) == "dredging/1"  # of one import, the first id


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A newsroom in which texts come again under other ids after decisions about them."""
    moved = {"formerly": ["old/pier"]}
    old = [
        record("removed", DREDGING, url="https://port.example/removed"),
        record("pruned", HISTORY, url="https://port.example/pruned"),
        record("old/pier", "pier " + " ".join(f"p{n}" for n in range(50)), "The pier",
               url="https://port.example/old/pier"),
        record("talks/extra", " ".join(f"t{n}" for n in range(50)), "More talks"),
        record("blocked", " ".join(f"b{n}" for n in range(60)), "A blocked report"),
    ]  # fmt: skip
    room = Newsroom(tmp_path_factory.mktemp("later"), *old)
    room.log.add(
        [
            Override(kind=Kind.BLOCK, pick="blocked", author="ann"),
            Override(kind=Kind.HOLD, article="old/pier", author="ann"),
            Override(kind=Kind.PIN, article="talks/0", pick="old/pier", place=2, author="ann"),
        ],
        time.time(),
    )
    notice = record("removed", "This text is not available.", "Removed", status="withdrawn")
    first = [*records(), notice, *old[2:4]]
    source = write_jsonl(room.settings.home / "first.jsonl", first)
    pruning = run(
        room.settings.home, "index", str(source), "--prune", "--now", "2026-10-31T12:00:00Z"
    )
    assert pruning.returncode == 0, pruning.stderr
    room.publish(
        record("removed/again", DREDGING.replace("Monday", "Friday")),
        record("pruned/again", HISTORY, published="2026-10-29T08:00:00Z"),
        record("blocked/again", old[4]["body"], "A blocked report"),
        record("new/pier", old[2]["body"], "The pier", **moved),
        record("talks/linking", "Links. " + " ".join(f"l{n}" for n in range(50)), "Linking",
               links=["old/pier"]),
        record("talks/citing", "Cited. " + " ".join(f"q{n}" for n in range(50)), "Citing",
               links=["https://port.example/old/pier"]),
    )  # fmt: skip
    with closing(room.catalogue):
        yield room


def test_a_text_withdrawn_at_its_source_does_not_come_back(later: Newsroom) -> None:
    """Although the source replaced it by a notice, and another word was changed."""
    assert later.hidden() == {"removed/again"}
    assert later.active().copies[later.snapshot.row("removed/again") or 0] == "removed"


def test_a_blocked_text_does_not_come_back(later: Newsroom) -> None:
    assert "blocked/again" not in later.listed()


def test_what_the_sources_lack_may_come_back(later: Newsroom) -> None:
    assert "pruned/again" in later.listed()
    excluded = later.listed(exclude=frozenset(["pruned"]))
    assert "pruned/again" not in excluded


def test_former_ids_and_addresses_name_the_article(later: Newsroom) -> None:
    """Moved with ``formerly``, or missing in the sources with its copy under another ID."""
    snapshot, active = later.snapshot, later.active()
    found = {url: article_at(snapshot, f"http://www.port.example/{url}?utm_source=n", AT, active)
             for url in ("old/pier", "pruned")}  # fmt: skip
    assert found == {"old/pier": "new/pier", "pruned": "pruned/again"}
    answer = json.loads(related_answer(snapshot, "pruned", Query(), AT, active).body)
    assert answer["article"] == "pruned/again"
    with pytest.raises(ArticleNotFoundError):  # withdrawn by its source, not moved
        article_at(snapshot, "https://port.example/removed", AT, active)


def test_a_replaced_address_still_names_the_article(later: Newsroom) -> None:
    address = next(one["url"] for one in records() if one["id"] == "talks/1")
    later.publish(*({**one, "url": one["url"].replace("site", "paper")} for one in records()))
    assert article_at(later.snapshot, address, AT, later.active()) == "talks/1"


def test_a_moved_article_keeps_its_overrides(later: Newsroom) -> None:
    snapshot, active = later.snapshot, later.active()
    answer = json.loads(related_answer(snapshot, "old/pier", Query(), AT, active).body)
    assert (answer["article"], answer["cards"]) == ("new/pier", [])
    cards = json.loads(related_answer(snapshot, "talks/0", Query(), AT, active).body)["cards"]
    assert (cards[1]["id"], cards[1]["origin"]) == ("new/pier", "editor")
    assert "old/pier" not in later.listed()
    entries = [(one.kind, one.article, one.pick) for one in later.log.entries(article="new/pier")]
    assert entries == [(Kind.HOLD, "new/pier", ""), (Kind.PIN, "talks/0", "new/pier")]
    assert later.log.entries(article="old/pier") == later.log.entries(article="new/pier")
    assert later.log.version("new/pier") == 2


def test_links_to_a_former_id_or_address_lead_to_the_article(later: Newsroom) -> None:
    snapshot = later.snapshot
    linkers = snapshot.linkers_of(snapshot.row("new/pier") or 0)
    found = sorted(snapshot.identifier(int(row)) for row in linkers)
    assert found == ["talks/citing", "talks/linking"]


def test_overrides_of_a_former_id_are_those_of_the_article(later: Newsroom) -> None:
    added = withdraw(later.log, "old/pier", "ann", "", time.time())
    assert added.article == "new/pier"
    assert "new/pier" in later.hidden()
    restore(later.log, "old/pier", "ann", "", time.time())
    assert later.hidden() == {"removed/again"}


def test_a_push_of_a_former_id_is_refused(later: Newsroom) -> None:
    now = datetime.now(UTC)
    old = Article(id="old/pier", title="The pier", published=NOW)
    with pytest.raises(MovedArticleError, match="expected its present ID 'new/pier'"):
        later.pushes.put(old, "cms", now)
    with pytest.raises(MovedArticleError, match="expected its present ID 'new/pier'"):
        later.pushes.withdraw("old/pier", "cms", now)


def test_a_restored_push_comes_back_with_its_copies(later: Newsroom) -> None:
    later.pushes.withdraw("removed/again", "cms", datetime.now(UTC))
    later.pushes.withdraw("pruned/again", "cms", datetime.now(UTC))
    later.pushes.put(
        Article(id="pruned/copy", title="Dredging begins", published=NOW, body=HISTORY),
        "cms",
        datetime.now(UTC),
    )
    later.publish()
    assert later.snapshot.row("pruned/again") is None
    assert "pruned/copy" in later.hidden()
    restore(later.log, "pruned/again", "ann", "", time.time())
    later.publish()
    assert later.snapshot.row("pruned/again") is not None
    assert "pruned/copy" not in later.hidden()
    restore(later.log, "removed/again", "ann", "", time.time())
    later.publish()
    assert later.hidden() == {"removed/again"}


def test_a_push_may_move_an_article_that_was_deleted(later: Newsroom) -> None:
    """First the old address is deleted, then the new one is put."""
    body = " ".join(f"t{n}" for n in range(50))
    new = Article(id="talks/moved", title="More talks", published=NOW, body=body)
    later.pushes.withdraw("talks/extra", "cms", datetime.now(UTC))
    assert "talks/extra" in later.hidden()
    later.pushes.put(new, "cms", datetime.now(UTC))
    later.publish()
    assert "talks/moved" in later.hidden()
    later.pushes.put(
        msgspec.structs.replace(new, formerly=("talks/extra",)), "cms", datetime.now(UTC)
    )
    later.publish()
    assert later.hidden() == {"removed/again"}
    assert later.snapshot.row("talks/extra") == later.snapshot.row("talks/moved")
