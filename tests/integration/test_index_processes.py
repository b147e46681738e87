"""The setting ``index_processes``: how many processes score articles, with the same result."""

from contextlib import closing
from pathlib import Path

import msgspec
import psutil
import pytest

from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
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


def indexed(home: Path, processes: int) -> tuple[dict[str, bytes], int]:
    """Run with so many processes; returns the files of the snapshot, and the workers at work."""
    workers = []

    def count(step: str, _done: int, _total: int | None) -> None:
        if step == "scoring candidates":
            own = psutil.Process().children(recursive=True)
            workers.append(sum("LokyProcess" in " ".join(one.cmdline()) for one in own))

    settings = Settings(home=home, embedding_model=ENCODER, index_processes=processes)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        made = index(settings, catalogue, NOW, count, RunOptions(full=True, force=True)).snapshot
    folder = settings.data_dir.snapshots / made
    files = (path for path in folder.iterdir() if path.suffix in (".npy", ".bin"))
    return {path.name: path.read_bytes() for path in files}, max(workers)


@pytest.mark.slow
def test_one_process_starts_no_worker_and_scores_the_same(home: Path) -> None:
    alone, none = indexed(home, 1)
    together, workers = indexed(home, 2)
    assert (none, workers) == (0, 2)
    assert "relevance.npy" in alone
    assert alone == together
