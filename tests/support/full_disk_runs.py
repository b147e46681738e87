"""Fill the disk at each step of an incremental run; print what became of the run.

``python full_disk_runs.py HOME``: HOME has a full run over the sample site. A line has the step,
``error`` or ``published``, and the error. It ends early where the current snapshot is not whole.
"""

import os
import resource
import signal
import sys
from pathlib import Path

from killed_runs import LATER, UNLIMITED, add, articles, run
from recommender.catalogue.store import Catalogue
from recommender.errors import RecommenderError
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Settings
from sample_site import ENCODER


def steps_of(settings: Settings, full_at: str) -> list[str]:
    """Index, and return the steps; from the beginning of one on, no file can grow."""
    steps: list[str] = []

    def report(step: str, _done: int, _total: int | None) -> None:
        if step == full_at and step not in steps:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
        steps.append(step)

    catalogue = Catalogue(settings.catalogue_url)
    with DataDir(settings.home).lock():
        index(settings, catalogue, LATER, report, RunOptions(force=True))
    catalogue.close()
    return list(dict.fromkeys(steps))


def describe_run(settings: Settings, step: str) -> str:
    """Run on a disk that is full from a step on, and describe how it ends."""
    try:
        steps_of(settings, step)
    except RecommenderError as error:
        return f"{step}\terror\t{error}\n"
    return f"{step}\tpublished\t\n"


def main(home: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    settings = Settings(home=home, embedding_model=ENCODER, incremental=UNLIMITED)
    add(settings, 0)
    steps = steps_of(settings, "")
    for number, step in enumerate(steps, start=1):
        add(settings, number)
        before = articles(settings)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            sys.stdout.write(describe_run(settings, step))
            sys.stdout.flush()
            os._exit(0)
        _, ended = os.waitpid(pid, 0)
        assert ended == 0, step
        assert articles(settings) == before
        run(settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
