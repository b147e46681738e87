"""The benchmarks run, at a toy's size: so that they never rot. What they find is not judged."""

import json
from pathlib import Path

from click.testing import CliRunner

from benchmarks import latency, readers, wsgi_servers


def test_latency(tmp_path: Path) -> None:
    arguments = "--articles 120 --requests 40 --rounds 1 --swap-seconds 1 --results"
    done = CliRunner().invoke(latency.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    told = json.loads((tmp_path / "latency.json").read_text(encoding="utf-8"))
    for contestant in told["contestants"].values():
        assert set(contestant["statuses"]) <= {"200", "304"}
    assert told["swap"]["while swapping"]["statuses"].keys() == {"200"}
    assert told["footprint"]["ranking_us"] > 0


def test_wsgi_servers(tmp_path: Path) -> None:
    arguments = "--articles 120 --requests 40 --rounds 1 --results"
    done = CliRunner().invoke(wsgi_servers.main, [*arguments.split(), str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    told = json.loads((tmp_path / "wsgi_servers.json").read_text(encoding="utf-8"))
    for servers in told["applications"].values():
        assert {"granian", "gunicorn gthread", "waitress"} == servers.keys()


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
    assert figures["public_ratio"]["ratio"] > 0
