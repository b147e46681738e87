"""The clock of the machine jumps by a day while the service runs."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from desk_client import PASSWORD, Browser
from real_server import eventually
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.errors import EditorError, TooManyAttemptsError
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.watcher import MAX_AGE, OverrideWatcher
from recommender.settings import Settings
from service import create_app

HOUR, DAY = 3_600, 86_400

SetClock = Callable[[float], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """A function that sets the clock of this process to so many seconds from the real time."""
    real = time.time
    return lambda seconds: monkeypatch.setattr(time, "time", lambda: real() + seconds)


def test_readers_and_editors_are_served_whatever_the_clock_says(
    settings: Settings, snapshot_id: str, set_clock: SetClock
) -> None:
    assert snapshot_id
    with closing(Log(settings.catalogue_url)) as log:
        ends = int(time.time()) + 12 * HOUR
        hold = Override(kind=Kind.HOLD, article="talks/0", ends=ends, author="ann")
        forever = Override(kind=Kind.WITHDRAW, article="talks/1", author="ann")
        log.add([hold, forever], time.time())
        accounts = Accounts(log.engine)
        accounts.add("ann", Role.ADMIN, PASSWORD, time.time())
    app = create_app(settings)
    client, ann = app.test_client(), Browser(app)

    def cards(article: str) -> int:
        answer = client.get(f"/v1/articles/{article}/related")
        return len(answer.json["cards"]) if answer.json and "cards" in answer.json else -1

    for shift, held in ((0, 0), (DAY, 6), (0, 0), (-DAY, 0), (0, 0), (3_650 * DAY, 6), (0, 0)):
        set_clock(shift)
        eventually(lambda expected=held: cards("talks/0") == expected)
        assert cards("talks/1") == -1
        assert cards("talks/2") == 6
        eventually(lambda: client.get("/readyz").json["overrides"]["database"] == "connected")  # type: ignore[index]
        assert ann.sign_in("ann").status_code == 302
        assert ann.save(f"talks/{3 + held // 6}").status_code == 303


def test_failed_sign_ins_of_the_future_lock_nobody(settings: Settings) -> None:
    engine = open_database(settings.catalogue_url)
    accounts, now = Accounts(engine), time.time()
    accounts.add("ann", Role.EDITOR, PASSWORD, now)
    for _ in range(10):
        with pytest.raises(EditorError, match="wrong name or password"):
            accounts.sign_in("ann", "another password", "::1", now + DAY)
    with pytest.raises(TooManyAttemptsError):
        accounts.sign_in("ann", PASSWORD, "::1", now + DAY)
    assert accounts.sign_in("ann", PASSWORD, "::1", now)
    engine.dispose()


def test_a_hanging_poll_is_noticed_after_the_clock_was_set_back(settings: Settings) -> None:
    open_database(settings.catalogue_url).dispose()
    with closing(OverrideWatcher(settings.catalogue_url)) as watcher:
        watcher.refresh(time.time() + DAY)
        assert not watcher.unavailable(time.time() + DAY + MAX_AGE / 2)
        assert watcher.unavailable(time.time())
        watcher.refresh(time.time())
        assert not watcher.unavailable(time.time())
