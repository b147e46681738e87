"""Databases of earlier versions are taken over; the steps lead to the tables as they are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import NOW

from recommender import migrations
from recommender.articles.article import Article
from recommender.catalogue.database import REVISION, connect
from recommender.catalogue.schema import articles, metadata
from recommender.catalogue.store import Catalogue
from recommender.overrides.log import Log


def test_the_steps_lead_to_the_tables_as_they_are(database: str) -> None:
    engine = Catalogue(database).engine
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
    engine.dispose()


def test_the_newest_step_is_the_one_wanted() -> None:
    assert ScriptDirectory(next(iter(migrations.__path__))).get_current_head() == REVISION


def test_a_database_from_before_is_taken_over(database: str) -> None:
    before = connect(database)
    articles.create(before)
    before.dispose()
    article = Article(id="a", title="A", published=NOW)
    catalogue = Catalogue(database)
    catalogue.add([article], "here", NOW)
    assert Log(database, catalogue.engine).version() == 0
    assert catalogue.get("a") == article
    catalogue.close()
