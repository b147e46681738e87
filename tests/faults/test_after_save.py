"""The database goes away right after a commit: what was saved is reported as saved."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from desk_client import PASSWORD, Browser
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from sample_site import NOW
from service import create_app


@contextmanager
def gone_after_commit(path: Path) -> Iterator[None]:
    """Move a database file away as soon as a write transaction on it has ended."""
    committed = []

    def commit(connection: Any) -> None:
        if connection.engine.url.database == str(path):
            committed.append(path)

    def checkin(*_: object) -> None:
        if committed and path.exists():
            path.rename(path.with_suffix(".away"))

    event.listen(Engine, "commit", commit)
    event.listen(Pool, "checkin", checkin)
    try:
        yield
    finally:
        event.remove(Engine, "commit", commit)
        event.remove(Pool, "checkin", checkin)


def test_a_saved_override_is_reported_as_saved(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    path = settings.home / "catalogue.sqlite3"
    engine = open_database(settings.catalogue_url)
    accounts = Accounts(engine)
    accounts.add("ann", Role.ADMIN, PASSWORD, NOW.timestamp())
    headers = {"Authorization": f"Bearer {accounts.new_key('ann', 'token', '', time.time())}"}
    engine.dispose()
    app = create_app(settings)
    client, ann = app.test_client(), Browser(app)
    ann.sign_in("ann")
    token = ann.token()
    with gone_after_commit(path):
        body = {"decisions": [{"kind": "hold", "article": "talks/0"}], "seen": {"talks/0": 0}}
        answer = client.post("/v1/overrides", json=body, headers=headers)
    assert answer.status_code == 201
    assert (answer.json["version"], answer.headers["ETag"]) == (1, '"1"')
    page = ann.get("/desk/history")
    assert page.status_code == 503
    assert "Nothing was saved" not in page.text
    assert "Changes that were confirmed are saved" in page.text
    path.with_suffix(".away").rename(path)
    with gone_after_commit(path):
        form = {"do": "save", "seen": "0", "hold": "1"}
        saved = ann.post("/desk/article", token, query_string={"id": "talks/1"}, data=form)
    assert saved.status_code == 303
    assert ann.get(saved.headers["Location"]).status_code == 503
    path.with_suffix(".away").rename(path)
    entries = client.get("/v1/overrides", headers=headers).json["overrides"]
    assert [one["article"] for one in entries] == ["talks/0", "talks/1"]
