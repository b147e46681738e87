"""Migrations of older databases lead to the present schema."""

import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, text

from recommender import migrations
from recommender.articles.article import Article, Status
from recommender.catalogue.database import REVISION, connect
from recommender.catalogue.rows import row_of
from recommender.catalogue.schema import metadata
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility_table import to_settle
from recommender.ingest.push import PushImporter
from recommender.overrides.log import Log, add_within
from recommender.overrides.override import Kind, Override
from recommender.overrides.watcher import OverrideWatcher
from sample_site import NOW


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(migrations.__path__)))))
    config.attributes["connection"] = connection
    return config


def test_migrations_lead_to_the_present_schema(database: str) -> None:
    engine = Catalogue(database).engine
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
    engine.dispose()


def test_the_newest_migration_is_the_expected_one() -> None:
    assert ScriptDirectory(next(iter(migrations.__path__))).get_current_head() == REVISION


def test_an_older_database_is_migrated(database: str) -> None:
    before = connect(database)
    with before.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(text("DROP TABLE alembic_version"))
    before.dispose()
    article = Article(id="a", title="A", published=NOW)
    catalogue = Catalogue(database)
    catalogue.add([article], "here", NOW)
    assert Log(database, catalogue.engine).version() == 0
    assert catalogue.get("a") == article
    catalogue.close()


def test_old_withdrawals_become_visibility_rows(database: str) -> None:
    """As of before 0006, when both were entries of the log."""
    before = connect(database)
    soon, later = (int(time.time()) + days * 86_400 for days in (1, 2))
    records = [Article(id=i, title=i, published=NOW) for i in "abcdefg"]
    records[4] = msgspec.structs.replace(records[4], status=Status.DRAFT)
    records[5] = msgspec.structs.replace(records[5], expires=NOW + timedelta(days=400))
    with before.begin() as connection:
        command.upgrade(alembic_config(connection), "0005")
        then = Table("articles", MetaData(), autoload_with=connection)
        rows_then = [row_of(one, "here", NOW) for one in records]
        known = [{name: row[name] for name in then.c.keys()} for row in rows_then]  # noqa: SIM118
        connection.execute(then.insert(), known)
        expected = [
            Override(kind=Kind.WITHDRAW, article="a", author="cms (push)"),
            Override(kind=Kind.WITHDRAW, article="b", author="cms (push)", ends=soon),
            Override(kind=Kind.WITHDRAW, article="b", author="cms (push)", starts=later),
            Override(kind=Kind.WITHDRAW, article="c", author="cms (push)"),
            Override(kind=Kind.UNDO, undoes=4, author="cms (push)"),
            Override(kind=Kind.WITHDRAW, article="d", author="rollback (push)"),
            Override(kind=Kind.WITHDRAW, article="g", author="ann", reason="legal"),
        ]
        for one in expected:
            add_within(connection, [one], time.time())
    before.dispose()

    # A service that starts before the migration goes by the log.
    with closing(OverrideWatcher(database)) as following:
        following.refresh(time.time())
        assert (following.error, following.known.visibility) == ("", ())
        assert [one.article for one in following.known.overrides] == ["a", "b", "b", "d", "g"]
        catalogue = Catalogue(database)
        following.refresh(time.time())
        assert [one.article for one in following.known.overrides] == ["g"]
        assert len(following.known.visibility) == 5
    log = Log(database, catalogue.engine)
    assert [one.author for one in log.active()] == ["ann"]
    assert [one.undoes for one in log.entries(after=len(expected))] == [1, 2, 3, 6]
    rows = {(row.article_id, str(row.origin)): row for row in catalogue.visibility()}
    assert sorted(rows) == [
        ("a", "push"), ("b", "push"), ("d", "source"), ("e", "source"), ("f", "source"),
    ]  # fmt: skip
    assert [rows["a", "push"].status, rows["a", "push"].author] == [Status.WITHDRAWN, "cms"]
    assert [rows["b", "push"].published, rows["b", "push"].expires] == [soon, later]
    assert rows["d", "source"].status is Status.WITHDRAWN
    assert rows["e", "source"].status is Status.DRAFT
    assert sorted(row.changed for row in rows.values()) == [1, 2, 3, 4, 5]
    # What comes later goes on from there.
    PushImporter(catalogue.engine).withdraw("c", "cms", NOW)
    assert max(row.changed for row in catalogue.visibility()) == 6
    catalogue.close()


def test_withdrawn_records_get_rows_that_hide_copies(database: str) -> None:
    """As of before 0007; what ``index --prune`` removed does not hide its copies."""
    before = connect(database)
    records = [
        Article(id=i, title=i, published=NOW, status=Status.WITHDRAWN) for i in ("gone", "removed")
    ]
    with before.begin() as connection:
        command.upgrade(alembic_config(connection), "0006")
        then = Table("articles", MetaData(), autoload_with=connection)
        rows = [row_of(one, "here", NOW) for one in records]
        rows[1]["digest"] = ""
        known = [{name: row[name] for name in then.c.keys()} for row in rows]  # noqa: SIM118
        connection.execute(then.insert(), known)
        values = "('removed', 'source', 'withdrawn', :published, NULL, '', 0, 1)"
        published = {"published": int(NOW.timestamp())}
        connection.execute(text(f"INSERT INTO visibility VALUES {values}"), published)
        connection.execute(text("UPDATE changes SET number = 1 WHERE name = 'visibility'"))
    before.dispose()
    with closing(Catalogue(database)) as catalogue:
        found = {row.article_id: row for row in catalogue.visibility()}
        assert found["gone"].status is Status.WITHDRAWN
        assert (found["removed"].status, found["removed"].expires) == (Status.PUBLISHED, 0)
        assert sorted(row.changed for row in found.values()) == [1, 2]
        # Both follow their records, so that nothing is left to settle.
        assert to_settle(catalogue.engine) == {}
