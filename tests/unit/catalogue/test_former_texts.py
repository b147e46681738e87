"""The texts of withdrawn articles are stored when a source replaces them."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.ingest.push import PushImporter
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FERRY = Article(id="f", title="Ferry", published=NOW, body="The ferry to the isle is cancelled.")


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    with closing(Catalogue(database)) as opened:
        opened.add([FERRY], "here", NOW)
        yield opened


def replace_text(catalogue: Catalogue, body: str, article: str = "f") -> None:
    catalogue.add([msgspec.structs.replace(FERRY, id=article, body=body)], "here", NOW)


def save(catalogue: Catalogue, kind: Kind, article: str = "", **more: Any) -> int:
    entry = Override(kind=kind, article=article, author="ann", **more)
    log = Log(str(catalogue.engine.url), catalogue.engine)
    return log.add([entry], NOW.timestamp())[0].id


def stored(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(one.id, one.body) for one in catalogue.former_texts()]


def test_a_replaced_text_is_stored_while_the_article_is_withdrawn(catalogue: Catalogue) -> None:
    replace_text(catalogue, "The ferry sails again.")
    assert stored(catalogue) == []
    entry = save(catalogue, Kind.WITHDRAW, "f")
    replace_text(catalogue, "Removed.")
    kept = [("f", "The ferry sails again.")]
    assert stored(catalogue) == kept
    undo = save(catalogue, Kind.UNDO, undoes=entry)
    assert stored(catalogue) == []
    save(catalogue, Kind.UNDO, undoes=undo)
    assert stored(catalogue) == kept


def test_a_withdrawal_that_is_over_stores_no_text(catalogue: Catalogue) -> None:
    """One that starts later does: copies of the present text are hidden then."""
    save(catalogue, Kind.WITHDRAW, "f", ends=int(NOW.timestamp()) + 3600)
    replace_text(catalogue, "The ferry sails again.")
    save(catalogue, Kind.WITHDRAW, "f", starts=int(time.time()) + 3600)
    replace_text(catalogue, "Removed.")
    assert stored(catalogue) == [("f", "The ferry sails again.")]


def test_a_text_that_only_moved_is_not_stored(catalogue: Catalogue) -> None:
    save(catalogue, Kind.WITHDRAW, "f")
    catalogue.add([msgspec.structs.replace(FERRY, section="harbour")], "here", NOW)
    assert stored(catalogue) == []


def test_an_article_that_moves_keeps_its_former_texts(catalogue: Catalogue) -> None:
    save(catalogue, Kind.WITHDRAW, "f")
    replace_text(catalogue, "Removed.")
    catalogue.add([msgspec.structs.replace(FERRY, id="g", formerly=("f",))], "here", NOW)
    assert stored(catalogue) == [("g", FERRY.body)]
    replace_text(catalogue, "Removed for good.", "g")
    assert sorted(stored(catalogue)) == [("g", FERRY.body), ("g", FERRY.body)]


def test_an_undo_under_the_new_id_counts(catalogue: Catalogue) -> None:
    entry = save(catalogue, Kind.WITHDRAW, "f")
    replace_text(catalogue, "Removed.")
    catalogue.add([msgspec.structs.replace(FERRY, id="g", formerly=("f",))], "here", NOW)
    save(catalogue, Kind.UNDO, undoes=entry)
    assert stored(catalogue) == []


def test_of_the_log_only_the_entries_of_changed_articles_are_read(catalogue: Catalogue) -> None:
    statements: list[str] = []

    @event.listens_for(catalogue.engine, "before_cursor_execute")
    def _(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    replace_text(catalogue, "The ferry sails again.")
    of_log = [one for one in statements if "FROM decisions" in one]
    assert of_log
    assert all("decisions.article IN" in one for one in of_log)


def test_an_article_that_moved_by_a_deletion_is_not_withdrawn(catalogue: Catalogue) -> None:
    pushes = PushImporter(catalogue.engine)
    pushes.withdraw("f", "cms", NOW)
    replace_text(catalogue, "Gone to another address.")
    moved = msgspec.structs.replace(FERRY, id="g", formerly=("f",))
    catalogue.add([moved], "here", NOW)
    replace_text(catalogue, "The ferry sails again.", "g")
    pushes.withdraw("g", "cms", NOW)
    assert stored(catalogue) == [("g", FERRY.body)]


def test_a_deletion_by_a_content_system_counts_too(catalogue: Catalogue) -> None:
    pushes = PushImporter(catalogue.engine)
    pushes.withdraw("f", "cms", NOW)
    replace_text(catalogue, "Removed.")
    assert stored(catalogue) == [("f", FERRY.body)]
    pushes.put(msgspec.structs.replace(FERRY, body="It sails."), "cms", datetime.now(UTC))
    assert stored(catalogue) == []
