"""A worker activates what is published and saved, and tries again after an error."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from real_server import eventually
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from sample_site import NOW, publish
from service.state.state_updater import StateUpdater


@contextmanager
def no_handle_left() -> Iterator[None]:
    """Let this process open no further file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_snapshot_that_failed_to_open_is_retried(
    settings: Settings, snapshot_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    updater = StateUpdater(settings.home, settings.catalogue_url)
    counted: list[None] = []
    updater.snapshot_loader.on_failure = lambda: counted.append(None)
    updater.poll_overrides()
    updater.refresh()
    newer = publish(settings, now=NOW + timedelta(minutes=1))
    with no_handle_left():
        for _ in range(3):
            updater.refresh()
        assert updater.state is not None
        assert updater.state.snapshot.id == snapshot_id
        assert len(counted) == 1
    eventually(lambda: _shown(updater) == newer)
    assert caplog.text.count("could not open the current snapshot") == 1
    updater.override_watcher.close()


def test_an_override_becomes_active_by_a_refresh(settings: Settings, snapshot_id: str) -> None:
    updater = StateUpdater(settings.home, settings.catalogue_url)
    with closing(updater.override_watcher), closing(Log(settings.catalogue_url)) as log:
        updater.poll_overrides()
        updater.refresh()
        before = updater.state
        assert before is not None
        assert before.snapshot.id == snapshot_id
        log.add([Override(kind=Kind.HOLD, article="talks/1", author="ann")], time.time())
        updater.refresh()  # nothing was read: the responses of the state stay valid
        updater.poll_overrides()
        assert updater.state is before
        updater.refresh()
        assert updater.state.overrides.version == 1
        assert updater.state.rows is before.rows


def test_an_override_becomes_active_while_a_snapshot_is_loaded(
    settings: Settings, snapshot_id: str
) -> None:
    updater = StateUpdater(settings.home, settings.catalogue_url)
    with closing(updater.override_watcher), closing(Log(settings.catalogue_url)) as log:
        updater.poll_overrides()
        updater.refresh()
        log.add([Override(kind=Kind.HOLD, article="talks/1", author="ann")], time.time())
        publish(settings, now=NOW + timedelta(minutes=1))
        with updater.loading:  # as for the seconds in which gigabytes are verified
            updater.start()
            eventually(lambda: _version(updater) == 1)
            assert updater.state is not None
            assert updater.state.snapshot.id == snapshot_id


def _version(updater: StateUpdater) -> int:
    return updater.state.overrides.version if updater.state else 0


def _shown(updater: StateUpdater) -> str:
    updater.refresh()
    assert updater.state is not None
    return updater.state.snapshot.id
