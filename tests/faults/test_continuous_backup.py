"""The continuous backup of docs/operations.md, with Litestream itself."""

import os
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from paths import ROOT
from real_server import eventually
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings

LITESTREAM = Path(sysconfig.get_path("scripts"), "litestream")
CONFIGURATION = ("-config", ROOT / "deploy" / "litestream.yml")


def environment(home: Path, replica: Path) -> dict[str, str]:
    return {
        **os.environ,
        "RECOMMENDER_HOME": str(home),
        "LITESTREAM_REPLICA": f"file://{replica}",
    }


@contextmanager
def replicating(home: Path, replica: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [LITESTREAM, "replicate", *CONFIGURATION],
        env=environment(home, replica), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()  # as when the machine is lost
        process.wait()


def block(log: Log, article: str) -> None:
    log.add([Override(kind=Kind.BLOCK, pick=article, author="ann")], time.time())


@pytest.mark.slow
def test_an_override_survives_the_loss_of_the_machine(
    settings: Settings, snapshot_id: str, tmp_path: Path
) -> None:
    assert snapshot_id
    replica, new = tmp_path / "replica", tmp_path / "new"
    restore = [LITESTREAM, "restore", *CONFIGURATION, "-force", new / "catalogue.sqlite3"]

    def restored() -> list[str]:
        done = subprocess.run(
            restore, env=environment(new, replica), capture_output=True, check=False
        )
        if done.returncode:  # nothing is copied yet
            return []
        with closing(Log(f"sqlite:///{new / 'catalogue.sqlite3'}")) as log:
            return [str(one.pick) for one in log.active()]

    new.mkdir()
    with closing(Log(settings.catalogue_url)) as log:
        block(log, "talks/0")
        with replicating(settings.home, replica):
            eventually(lambda: restored() == ["talks/0"])
            block(log, "talks/1")  # while it is running
            eventually(lambda: restored() == ["talks/0", "talks/1"])
    assert restored() == ["talks/0", "talks/1"]
