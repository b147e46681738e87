"""The benchmarks run, at a toy's size: so that they never rot. What they find is not judged."""

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import exactness, index_cost, latency, readers
from paths import SUPPORT
from sample_site import ENCODER, records


def test_latency(tmp_path: Path) -> None:
    arguments = "--articles 120 --requests 40 --rounds 1 --swap-seconds 1 --results"
    done = CliRunner().invoke(latency.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    told = json.loads((tmp_path / "latency.json").read_text(encoding="utf-8"))
    for contestant in told["contestants"].values():
        assert set(contestant["statuses"]) <= {"200", "304"}
    assert told["limits"].keys() <= told["ratios"].keys()
    assert told["swap"]["while swapping"]["statuses"].keys() == {"200"}
    assert told["footprint"]["ranking_us"] > 0


def test_readers(tmp_path: Path) -> None:
    arguments = "--articles 30 --rounds 1 --export-mb 1 --results"
    done = CliRunner().invoke(readers.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    told = json.loads((tmp_path / "readers.json").read_text(encoding="utf-8"))
    assert {reader["articles_read"] for reader in told["readers"].values()} == {30}
    assert told["large export"]["articles"] > 300


def test_the_desk_benchmark_runs(tmp_path: Path) -> None:
    from benchmarks.desk import measure  # noqa: PLC0415

    figures = measure(tmp_path, articles=400, overrides=40, rounds=2)
    assert figures["overrides"] == 40
    assert len(figures["readers"]) == 3
    assert all(cost["ratio"] > 0 for cost in figures["readers"].values())


def test_exactness(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in _many(records()))
    given = ["--home", str(tmp_path / "home"), "--encoder", ENCODER, "--results", str(tmp_path)]
    exactness.main([str(folder), *given])
    told = json.loads((tmp_path / "exactness.json").read_text(encoding="utf-8"))["sites"]["small"]
    # Made-up articles share so many equal cosines that rounding decides who is in a pool.
    assert told["share identical to scoring every article"] > 0.99
    assert len(told["cases"]) == 4


def _many(rows: list[dict[str, Any]], times: int = 8) -> Iterator[dict[str, Any]]:
    """Enough articles for pools that not all are in, each of mixed words."""
    chance = random.Random(1)
    words = " ".join(row["body"] for row in rows).split()
    for number in range(times):
        for row, linked in zip(rows, [*rows[1:], rows[0]], strict=True):
            body = " ".join([row["body"], *chance.choices(words, k=20)])
            links = [f"{linked['id']}/{number}"]
            yield row | {"id": f"{row['id']}/{number}", "body": body, "links": links}


def test_index_cost(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in _many(records(), times=2))
    # The other process finds the small encoder as tests do: beside them.
    given = ["--home", str(tmp_path / "home"), "--encoder", ENCODER, "--sizes", "24", "48"]
    path = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        index_cost.main([str(folder), *given, "--results", str(tmp_path)])
    told = json.loads((tmp_path / "index_cost.json").read_text(encoding="utf-8"))
    assert [one["articles"] for one in told["sizes"]] == [24, 48]
    assert all(one["candidates"] > 0 and one["peak_mb"] > 0 for one in told["sizes"])
    assert (tmp_path / "index_cost.svg").read_text(encoding="utf-8").startswith("<?xml")
