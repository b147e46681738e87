"""Every benchmark runs at toy size. Results are not judged."""

import gzip
import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from benchmarks import dask_workers, deltas, desk, growth, index_cost, publish_to_card, readers
from benchmarks.latency.__main__ import main as latency
from benchmarks.quality import (
    adoption,
    incremental,
    leave_one_out,
    mixed_archives,
    train_default_weights,
    train_evidence,
)
from benchmarks.reader_accuracy.__main__ import main as reader_accuracy
from models.features.evidence_weights import EVIDENCE
from models.features.feature_names import FEATURES
from paths import SUPPORT
from recommender.learning.default_weights import WeightFile
from sample_site import ENCODER, records


def test_latency(tmp_path: Path) -> None:
    arguments = "--articles 120 --requests 40 --rounds 1 --swap-seconds 1 --results"
    done = CliRunner().invoke(latency, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    result = json.loads((tmp_path / "latency.json").read_text(encoding="utf-8"))
    for contestant in result["contestants"].values():
        assert set(contestant["statuses"]) <= {"200", "304"}
    assert result["limits"].keys() <= result["ratios"].keys()
    assert result["swap"]["while swapping"]["statuses"].keys() == {"200"}
    assert result["footprint"]["ranking_us"] > 0


def test_deltas(tmp_path: Path) -> None:
    arguments = "--articles 150 --later 20 --rounds 1 --results"
    done = CliRunner().invoke(deltas.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    result = json.loads((tmp_path / "deltas.json").read_text(encoding="utf-8"))
    assert all(one["request"]["ratio"] > 0 for one in result["cpu_us"].values())
    assert result["open"].keys() == {"base", "delta"}


def test_desk(tmp_path: Path) -> None:
    arguments = "--articles 60 --overrides 40 --rounds 1 --results"
    done = CliRunner().invoke(desk.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    found = json.loads((tmp_path / "desk.json").read_text(encoding="utf-8"))["pages"]
    assert desk.LIMITS.keys() <= found.keys()
    assert all(page["p95_ms"] > 0 and page["kb"] > 0 for page in found.values())


def test_readers(tmp_path: Path) -> None:
    arguments = "--articles 30 --rounds 1 --export-mb 1 --results"
    done = CliRunner().invoke(readers.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    result = json.loads((tmp_path / "readers.json").read_text(encoding="utf-8"))
    assert {reader["articles_read"] for reader in result["readers"].values()} == {30}
    assert result["large export"]["articles"] > 300


def test_reader_accuracy(tmp_path: Path) -> None:
    """Each layout has one page, whose only text is found by both extractors."""
    words = "The ferry crosses the river every ten minutes until the new bridge is ready. " * 3
    page = f"<html><title>Ferry</title><body><p>{words}</p></body></html>".encode()
    parts = {"a": {"file": "a.html", "with": ["every ten minutes"], "without": ["Imprint"]}}
    files = {
        "one/test/test-pages/a/source.html": page,
        "one/test/test-pages/a/expected.html": f"<p>{words}</p>".encode(),
        "two/tests/evaldata.json": json.dumps(parts).encode(),
        "two/tests/eval/a.html": page,
        "three/ground-truth.json": json.dumps({"a": {"articleBody": words, "url": "a"}}).encode(),
        "three/html/a.html.gz": gzip.compress(page),
        "four/tests/data/text/a.txt": words.encode(),
        "four/tests/data/html/a.html": page,
        "five/tests/data/txt/a.txt": words.encode(),
        "five/tests/data/html/a.html": page,
        "six/feed.xml": f"<rss version='2.0'><channel><title>F</title><item><title>Ferry</title>"
        f"<guid>1</guid><pubDate>Fri, 14 Aug 2026 09:30:00 EDT</pubDate><description>{words[:40]}"
        f"[...]</description></item></channel></rss>".encode(),
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    done = CliRunner().invoke(reader_accuracy, [str(tmp_path), "--results", str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    written = json.loads((tmp_path / "reader_accuracy.json").read_text(encoding="utf-8"))
    sets, feeds = written["sets"], written["feeds"]
    assert (feeds["articles"], feeds["teasers cut off"]) == (1, 0)
    assert (feeds["distinct dates"], feeds["dates as another parser"]) == (1, 1)
    assert len(sets) == 5
    for found in sets.values():
        body = next(value for name, value in found["figures"].items() if name.startswith("body"))
        assert (found["pages"], body) == (1, {"ours": 1.0, "trafilatura": 1.0})
        assert found["figures"]["without text"] == {"ours": 0, "trafilatura": 0}


@pytest.fixture
def link_sets(tmp_path: Path) -> list[str]:
    """Two folders whose articles link to the next one on the topic, and the shared options."""
    folders = []
    for name, times in (("one", 2), ("two", 3)):
        folder = tmp_path / name
        folder.mkdir()
        rows = list(_many(records(), times))
        with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        ids = [row["id"].split("/") for row in rows]
        pairs = [
            f"{topic}/{number}/{time}\t{topic}/{int(number) + 1}/{time}"
            for topic, number, time in ids
        ]
        (folder / "links.tsv").write_text("\n".join(["from\tto", *pairs]), encoding="utf-8")
        folders.append(str(folder))
    return [*folders, "--home", str(tmp_path / "home"), "--embedding-model", ENCODER]


def test_growth(tmp_path: Path) -> None:
    arguments = ["--sizes", "100", "--articles", "1", "--results", str(tmp_path)]
    done = CliRunner().invoke(growth.main, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    (size,) = json.loads((tmp_path / "growth.json").read_text(encoding="utf-8"))["sizes"]
    assert size["articles"] == 100
    assert 0 < size["p50_s"] == size["p95_s"]
    assert size["written_mb"] > 0
    assert size["cold_cpu_s"] > 0


def test_dask_workers(tmp_path: Path) -> None:
    arguments = ["--sizes", "600", "--rounds", "1", "--results", str(tmp_path)]
    done = CliRunner().invoke(dask_workers.main, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    (size,) = json.loads((tmp_path / "dask_workers.json").read_text(encoding="utf-8"))["sizes"]
    assert size["articles"] == 600
    assert len(size["one_worker_s"]) == len(size["two_workers_s"]) == 1
    assert size["speed_up"] > 0


def test_publish_to_card(tmp_path: Path) -> None:
    lines = publish_to_card.ARTICLES.read_text(encoding="utf-8").splitlines()
    site = tmp_path / "articles.jsonl"  # of one section, whose links are too few to train weights
    site.write_text("\n".join(one for one in lines if '"section": "world"' in one), "utf-8")
    arguments = ["--times", "1", "--articles", str(site), "--embedding-model", growth.ENCODER]
    done = CliRunner().invoke(publish_to_card.main, [*arguments, "--results", str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "accepted, status 202\n" in done.output
    assert f" of {publish_to_card.NEW[0].follows}\n" in done.output
    (run,) = json.loads((tmp_path / "publish_to_card.json").read_text(encoding="utf-8"))["runs"]
    assert run.keys() == set(publish_to_card.STEPS)
    assert 0 < run["accepted"] < run["is a card"]


def test_incremental(tmp_path: Path, link_sets: list[str]) -> None:
    incremental.main([*link_sets, "--share", "0.1", "--results", str(tmp_path)])
    sites = json.loads((tmp_path / "incremental.json").read_text(encoding="utf-8"))["sites"]
    assert sites.keys() == {"one", "two"}
    assert all(0 < one["same_cards"] <= 1 and one["new"] > 1 for one in sites.values())


def test_leave_one_out(tmp_path: Path, link_sets: list[str]) -> None:
    leave_one_out.main([*link_sets, "--ablation", "--results", str(tmp_path)])
    sets = json.loads((tmp_path / "leave_one_out.json").read_text(encoding="utf-8"))["sets"]
    assert sets.keys() == {"one", "two"}
    assert all(0 < one["transferred"] <= 1 and one["pool_features"] for one in sets.values())
    lines = (tmp_path / "leave_one_out.md").read_text(encoding="utf-8").splitlines()
    assert [line.split()[1] for line in lines[4:]] == ["one", "two", "mean"]


def test_mixed_archives(tmp_path: Path, link_sets: list[str]) -> None:
    third = shutil.copytree(tmp_path / "one", tmp_path / "three")
    mixed_archives.main([str(third), *link_sets, "--results", str(tmp_path)])
    found = json.loads((tmp_path / "mixed_archives.json").read_text(encoding="utf-8"))
    assert found["mixed"].keys() == {"three+one+two", "one+two+three", "two+three+one"}
    assert found["sites"].keys() == {"one", "two", "three"}
    for one in found["mixed"].values():
        assert one["cards"] == sorted(one["cards"], reverse=True)
        assert one["cards"][0] > 0


def test_adoption(tmp_path: Path, link_sets: list[str]) -> None:
    adoption.main([*link_sets, "--results", str(tmp_path)])
    sets = json.loads((tmp_path / "adoption.json").read_text(encoding="utf-8"))["sets"]
    assert all(one["links"]["tries"] >= 0 for one in sets.values())


def test_training_of_default_weights(tmp_path: Path, link_sets: list[str]) -> None:
    path = tmp_path / "weights.json"
    train_default_weights.main([*link_sets, "--output", str(path)])
    file = msgspec.json.decode(path.read_bytes(), type=WeightFile)
    assert file.weights.keys() == file.min_scale.keys() == set(FEATURES)
    assert len(file.trained_on) == 2


def test_training_of_the_evidence(tmp_path: Path, link_sets: list[str]) -> None:
    third = shutil.copytree(tmp_path / "one", tmp_path / "three")
    rows = [
        f"one\ttalks/{n}/0\t{card}/0\t{label}"
        for n, card, label in [
            (1, "talks/2", 2),
            (2, "talks/3", 1),
            (3, "reactor/1", 0),
            (4, "reactor/2", 0),
        ]
    ]
    labels = tmp_path / "labels.tsv"
    labels.write_text("\n".join(["archive\tarticle\tcard\tlabel", *rows]), encoding="utf-8")
    train_evidence.main(
        [str(third), *link_sets, "--labels", str(labels), "--results", str(tmp_path)]
    )
    found = json.loads((tmp_path / "train_evidence.json").read_text(encoding="utf-8"))
    assert found["weights"].keys() == {*EVIDENCE, "subject", "intercept"}
    assert found["judged"].keys() == {"one"}


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
    given = ["--home", str(tmp_path / "home"), "--embedding-model", ENCODER, "--sizes", "24", "48"]
    path = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        index_cost.main([str(folder), *given, "--results", str(tmp_path)])
    result = json.loads((tmp_path / "index_cost.json").read_text(encoding="utf-8"))
    assert [one["articles"] for one in result["sizes"]] == [24, 48]
    assert all(one["candidates"] > 0 and one["peak_mb"] > 0 for one in result["sizes"])
