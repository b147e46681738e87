"""Kill incremental index runs at random moments; print the number of articles after each.

``python killed_runs.py HOME KILLS``: HOME has a full run over the sample site. Before each kill one
article is added. A line has the articles that the current snapshot has after the kill, those after
the run that follows, and how many were added by then.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import msgspec

from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Incremental, Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id
from sample_site import ENCODER, NOW, PUSHED

LATER = NOW + timedelta(hours=1)
UNLIMITED = Incremental(min_articles=0, max_changed=10_000, max_changed_share=1.0)


def run(settings: Settings) -> None:
    catalogue = Catalogue(settings.catalogue_url)
    result = index(settings, catalogue, LATER, lambda *_: None, RunOptions(force=True))
    assert result.increment is not None, result.reason
    catalogue.close()


def add(settings: Settings, number: int) -> None:
    record = msgspec.convert(PUSHED | {"id": f"talks/later-{number}"}, Record)
    record.title = f"{record.title}, part {number}"
    catalogue = Catalogue(settings.catalogue_url)
    catalogue.add([article_from(record, LATER.tzinfo)], "test", LATER)
    catalogue.close()


def articles(settings: Settings) -> int:
    """Verify the current snapshot, base and delta, and count its articles."""
    data_dir = DataDir(settings.home)
    snapshot = Snapshot(data_dir.snapshots / current_id(data_dir), verify=True)
    if snapshot.manifest.base:
        Snapshot(data_dir.snapshots / snapshot.manifest.base, verify=True)
    return snapshot.manifest.articles


def main(home: Path, kills: int) -> None:
    settings = Settings(home=home, embedding_model=ENCODER, incremental=UNLIMITED)
    add(settings, 0)
    started = time.perf_counter()
    run(settings)
    duration = time.perf_counter() - started
    for number in range(1, kills + 1):
        add(settings, number)
        child = os.fork()
        if child == 0:
            run(settings)
            os._exit(0)
        time.sleep(random.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = articles(settings)
        run(settings)
        sys.stdout.write(f"{found} {articles(settings)} {number + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
