"""A worker follows the published snapshot, and tries again after an error."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from real_server import eventually
from recommender.settings import Settings
from sample_site import NOW, publish
from service.state.snapshot_watcher import SnapshotWatcher


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
    watcher = SnapshotWatcher(settings.home, settings.catalogue_url)
    counted: list[None] = []
    watcher.on_reload_failure = lambda: counted.append(None)
    watcher.poll_overrides()
    watcher.refresh()
    newer = publish(settings, now=NOW + timedelta(minutes=1))
    with no_handle_left():
        for _ in range(3):
            watcher.refresh()
        assert watcher.state is not None
        assert watcher.state.snapshot.id == snapshot_id
        assert len(counted) == 1
    eventually(lambda: _shown(watcher) == newer)
    assert caplog.text.count("could not open the current snapshot") == 1
    watcher.override_watcher.close()


def _shown(watcher: SnapshotWatcher) -> str:
    watcher.refresh()
    assert watcher.state is not None
    return watcher.state.snapshot.id
