"""A name decides nothing: not of an account, nor of the author of an override."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.cli import main
from recommender.errors import OverrideError
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.import_export import write
from recommender.overrides.edits.withdrawals import withdraw
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from sample_site import NOW, publish, records, write_jsonl
from service import create_app

NAMES = ["eve (push)", "rollback", "rollback (push)", "source", "push", "index", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_withdrawal_holds_whatever_its_author_is_called(database: str, name: str) -> None:
    catalogue = Catalogue(database)
    article = Article(id="a", title="A", published=NOW)
    catalogue.add([article], "here", NOW)
    log = Log(database, catalogue.engine)
    pushed = PushImporter(catalogue.engine)
    entry = withdraw(log, "a", name, "", NOW.timestamp())
    pushed.put(article, name, datetime.now(UTC))
    catalogue.add([article], "here", NOW)
    assert log.active() == [entry]
    assert '"withdraw"' in write(log.active(), "json")
    pushed.withdraw("a", name, datetime.now(UTC))
    assert {str(row.status) for row in catalogue.visibility()} == {"withdrawn"}
    catalogue.close()


def test_a_deletion_holds_whatever_the_content_system_is_called(
    settings: Settings, snapshot_id: str, tmp_path: Path
) -> None:
    assert snapshot_id
    catalogue = Catalogue(settings.catalogue_url)
    pushed = PushImporter(catalogue.engine)
    for number, name in enumerate(NAMES[:2]):
        pushed.withdraw(f"talks/{number}", name, datetime.now(UTC))
    catalogue.close()
    publish(settings, write_jsonl(tmp_path / "site.jsonl", records()))
    client = create_app(settings).test_client()
    for number in range(2):
        assert client.get(f"/v1/articles/talks/{number}/related").status_code == 404


@pytest.mark.parametrize("name", ["a" * 201, "a\nb", "a\0"])
def test_an_author_that_the_log_cannot_hold_is_refused(database: str, name: str) -> None:
    log = Log(database)
    hold = Override(kind=Kind.HOLD, article="a", author=name)
    with pytest.raises(OverrideError, match="author: expected a name of at most 200"):
        log.add([hold], time.time())
    log.close()


def test_a_long_author_is_one_line_at_the_shell(
    settings: Settings, snapshot_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert snapshot_id
    with pytest.raises(SystemExit):
        main(["override", "hold", "talks/1", "--by", "x" * 300, "--home", str(settings.home)])
    assert capsys.readouterr().err.startswith("recommender: author: expected")
