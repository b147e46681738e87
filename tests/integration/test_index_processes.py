"""The settings ``index_processes`` and ``index_memory``: how many processes score articles."""

import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joblib.externals.loky import get_reusable_executor

from command_line import started
from joblib_workers import running_workers
from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.cli.termination import TERMINATED
from recommender.errors import SettingsError
from recommender.indexing.parallel import TASK_SIZE
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Settings
from sample_site import ENCODER, NOW, records


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory with articles for two tasks of scoring."""
    home = tmp_path / "home"
    rows = [
        row
        | {"id": f"{row['id']}/{copy}", "url": f"{row['url']}/{copy}"}
        | {"body": row["body"].replace(" w", f" {copy}w")}  # no copy of another one
        for copy in range(TASK_SIZE // 24 + 1)
        for row in records()
    ]
    assert TASK_SIZE < len(rows) <= 2 * TASK_SIZE
    articles = [article_from(msgspec.convert(row, Record), NOW.tzinfo) for row in rows]
    with closing(Catalogue(Settings(home=home).catalogue_url)) as catalogue:
        catalogue.add(articles, "test", NOW)
    return home


def indexed(home: Path, **limits: Any) -> tuple[dict[str, bytes], int]:
    """Run with these settings; returns the files of the snapshot, and the workers at work."""
    get_reusable_executor().shutdown(wait=True)  # those that another test left
    workers = []

    def count(step: str, _done: int, _total: int | None) -> None:
        if step == "scoring candidates":
            workers.append(running_workers())

    settings = Settings(home=home, embedding_model=ENCODER, **limits)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        made = index(settings, catalogue, NOW, count, RunOptions(full=True, force=True)).snapshot
    folder = settings.data_dir.snapshots / made
    files = (path for path in folder.iterdir() if path.suffix in (".npy", ".bin"))
    return {path.name: path.read_bytes() for path in files}, max(workers)


@pytest.mark.slow
def test_one_process_starts_no_worker_and_scores_the_same(home: Path) -> None:
    alone, none = indexed(home, index_processes=1)
    together, workers = indexed(home, index_processes=2)
    assert (none, workers) == (0, 2)
    assert "relevance.npy" in alone
    assert alone == together


@pytest.mark.slow
def test_memory_for_one_process_starts_no_worker(home: Path) -> None:
    _, none = indexed(home, index_processes=2, index_memory=1.5)
    assert none == 0


@pytest.mark.slow
def test_a_watching_run_that_has_ended_its_processes_ends_in_one_line(home: Path) -> None:
    (home / "recommender.toml").write_text("index_processes = 2\n")
    with started(home, "index", "--watch", "60") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert any(line.startswith("median age") for line in running.stdout)  # the last one
        running.send_signal(signal.SIGTERM)
        *_, last = running.stderr.read().splitlines()
    assert last == f"recommender: {TERMINATED}"
    assert running.returncode == -signal.SIGTERM


def test_a_run_with_too_little_memory_ends_before_its_work(home: Path) -> None:
    with pytest.raises(SettingsError, match=r"index_memory: expected at least 1\.3"):
        indexed(home, index_memory=1)
    assert not (home / "vectors.sqlite3").exists()
