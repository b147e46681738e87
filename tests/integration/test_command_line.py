"""The command line in real processes: output, exit codes and one-line errors."""

import gzip
import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import environment, one_line, run, started
from sample_site import records, write_jsonl

HOLDING = """
import sys, time
from pathlib import Path
from recommender.home import DataDir
with DataDir(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def indexed(home: Path, published: Path) -> Path:
    shutil.copytree(published, home)
    return home


def test_index_reports_counts_and_embeds_only_new_texts(indexed: Path, source: Path) -> None:
    again = run(indexed, "index", str(source))
    assert "24 articles: 0 new, 0 changed, 24 unchanged, 0 skipped" in again.stdout
    assert "0 embeddings computed" in again.stdout
    assert "24 embeddings computed" in run(indexed, "index", "--full").stdout


def test_plain_lines_in_a_pipe(home: Path, source: Path) -> None:
    done = run(home, "index", str(source))
    assert "embedding: 24\n" in done.stderr
    assert "\r" not in done.stderr
    assert "\x1b" not in done.stderr


def test_related_prints_json_alone(indexed: Path) -> None:
    done = run(indexed, "related", "talks/0", "--json", "--limit", "3", "--explain")
    answer = json.loads(done.stdout)
    assert done.stderr == ""
    assert answer["article"] == "talks/0"
    assert len(answer["cards"]) == 3
    assert set(answer["cards"][0]["why"]) >= {"score", "contributions", "freshness", "rule"}


def test_related_as_text(indexed: Path) -> None:
    shown = run(indexed, "related", "talks/0", "--explain").stdout
    assert "1. Talks report" in shown
    assert "why: score" in shown


def test_an_article_alone_has_no_cards(home: Path, tmp_path: Path) -> None:
    run(home, "index", str(write_jsonl(tmp_path / "one.jsonl", records()[:1])))
    assert run(home, "related", "talks/0").stdout.splitlines()[1:] == ["", "no cards"]


def test_an_unknown_article_is_one_error_line(indexed: Path) -> None:
    done = run(indexed, "related", "nope")
    assert "'nope'" in one_line(done)
    assert len(done.stderr.splitlines()) == 1


def test_accounts_need_a_data_directory(home: Path) -> None:
    told = one_line(run(home, "editors", "list"))
    assert f"{home}: expected a data directory, got no such folder; `recommender index`" in told
    assert not home.exists()
    home.mkdir()
    assert run(home, "editors", "list").returncode == 0


def test_usage_errors_exit_with_2(home: Path) -> None:
    home.mkdir()
    assert run(home, "related").returncode == 2
    assert run(home, "related", "a", "--limit", "99").returncode == 2
    assert run(home, "nonsense").returncode == 2
    assert run(home, "index", "--now", "tomorrow").returncode == 2
    for wrong, hint in {
        "indx": "No such command 'indx'. Did you mean 'index'?",
        "related a --limit x": "expected a whole number from 1 to 20, got 'x'",
        "override pin a": "Missing argument 'PICK'; see `recommender override pin --help`",
        "editors add ann": "send it to --password-stdin",
    }.items():
        done = run(home, *wrong.split())
        assert hint in one_line(done, status=2)
    assert "--replace is now --prune" in run(home, "index", "--replace", "a.jsonl").stderr
    assert "--wait is now --lock-timeout" in run(home, "index", "--wait", "5").stderr


def test_commands_before_the_first_snapshot(home: Path) -> None:
    assert "run `recommender index SOURCE` first" in one_line(run(home, "related", "a"))
    assert "run `recommender index SOURCE` first" in one_line(run(home, "snapshots", "list"))


def test_bad_records_are_reported_and_the_others_imported(home: Path, source: Path) -> None:
    with source.open("a", encoding="utf-8") as file:
        file.write('{"id": "x"}\nnonsense\n')
    done = run(home, "index", str(source))
    assert done.returncode == 0
    assert f"{source}:25: " in done.stderr
    assert f"{source}:26: " in done.stderr
    assert "2 skipped" in done.stdout
    assert "stopped at the first rejected record" in one_line(
        run(home, "index", "--strict", str(source))
    )


def test_many_bad_records_do_not_fill_the_terminal(home: Path, source: Path) -> None:
    with source.open("a", encoding="utf-8") as file:
        file.write("nonsense\n" * 1000)
    done = run(home, "index", str(source))
    assert "and 980 more records skipped" in done.stderr
    assert len(done.stderr.splitlines()) < 40


@pytest.mark.parametrize("content", [b"", b"\n\n", b"nonsense\n"])
def test_an_empty_source_keeps_the_last_snapshot(
    indexed: Path, tmp_path: Path, content: bytes
) -> None:
    before = (indexed / "current").read_text()
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    assert "expected at least one article" in one_line(run(indexed, "index", str(path)))
    assert (indexed / "current").read_text() == before
    assert run(indexed, "related", "talks/0").returncode == 0


def test_a_missing_source_is_one_error_line(indexed: Path) -> None:
    assert "No such file" in one_line(run(indexed, "index", "none.jsonl"))


def test_a_missing_model_is_one_error_line_at_once(indexed: Path) -> None:
    env = environment(indexed) | {"RECOMMENDER_EMBEDDING_MODEL": "no-such/model"}
    done = subprocess.run(
        [sys.executable, "-m", "recommender", "index"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "not on this machine" in one_line(done)
    assert len(done.stderr.splitlines()) == 1  # before any step, and without a hub's retries


def test_gzip_with_a_body_of_five_megabytes(home: Path, tmp_path: Path) -> None:
    rows = [*records(), records()[0] | {"id": "big", "body": "word " * 1_000_000}]
    path = tmp_path / "site.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    assert run(home, "index", str(path)).returncode == 0
    assert run(home, "related", "big").returncode == 0


def test_a_full_disk_is_one_error_line_and_keeps_the_last_snapshot(indexed: Path) -> None:
    before = (indexed / "current").read_text()

    def full_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = run(indexed, "index", preexec_fn=full_disk)
    one_line(done)
    assert (indexed / "current").read_text() == before
    assert run(indexed, "related", "talks/0").returncode == 0
    assert not list((indexed / "snapshots").glob(".*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_keeps_the_last_snapshot(
    indexed: Path, tmp_path: Path, number: int
) -> None:
    before = (indexed / "current").read_text()
    more = [row | {"id": f"{row['id']}-{n}"} for n in range(60) for row in records()]
    path = write_jsonl(tmp_path / "more.jsonl", more)
    with started(indexed, "index", str(path)) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("loading the embedding model"):
                break
        running.send_signal(number)
        rest = running.stderr.read()
        running.wait()
    assert running.returncode == (1 if number == signal.SIGINT else -number)
    assert "Traceback" not in rest
    assert ("terminated; finished steps are kept" in rest) == (number == signal.SIGTERM)
    assert (indexed / "current").read_text() == before
    assert run(indexed, "related", "talks/0").returncode == 0
    assert run(indexed, "index").returncode == 0


@contextmanager
def held(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the home."""
    command = [sys.executable, "-c", HOLDING, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield other
        finally:
            other.kill()


def test_a_second_run_is_refused_with_the_lock_holder(indexed: Path) -> None:
    with held(indexed) as other:
        result = one_line(run(indexed, "index", "--lock-timeout", "0"))
        assert "another run is writing here" in result
        assert f"process {other.pid} " in result
        assert f"process {other.pid} " in run(indexed, "index", "--lock-timeout", "1").stderr


def test_a_second_run_waits_for_the_first(indexed: Path) -> None:
    before = (indexed / "current").read_text()
    with held(indexed) as other, started(indexed, "index") as waiting:
        assert waiting.stderr is not None
        assert f"lock, held by process {other.pid} " in waiting.stderr.readline()
        other.kill()
        assert "published" in waiting.communicate()[0]
    assert waiting.returncode == 0
    assert (indexed / "current").read_text() != before


def test_snapshots_are_listed_compared_used_and_pruned(indexed: Path) -> None:
    first = (indexed / "current").read_text().strip()
    run(indexed, "index")
    second = (indexed / "current").read_text().strip()
    listed = run(indexed, "snapshots").stdout
    assert listed == run(indexed, "snapshots", "--home", str(indexed)).stdout
    assert re.search(rf"^  {first} .*24 articles", listed, re.MULTILINE)
    assert re.search(rf"^\* {second}", listed, re.MULTILINE)
    assert "0 have other cards; 100.0%" in run(indexed, "snapshots", "diff", first, second).stdout
    assert run(indexed, "snapshots", "activate", first).returncode == 0
    assert json.loads(run(indexed, "snapshots", "list", "--json").stdout)[0]["current"] is True
    assert "deleted 1" in run(indexed, "snapshots", "prune", "--keep", "1").stdout
    assert "expected one of" in one_line(run(indexed, "snapshots", "use", second))


def test_debug_shows_the_traceback(indexed: Path) -> None:
    done = run(indexed, "--debug", "related", "nope")
    assert "Traceback" in done.stderr
    assert done.returncode == 1


def test_an_unknown_snapshot_format_names_the_fix(indexed: Path) -> None:
    (folder,) = (indexed / "snapshots").iterdir()
    manifest = folder / "manifest.json"
    older = json.loads(manifest.read_bytes()) | {"format": 4}
    manifest.write_text(json.dumps(older), encoding="utf-8")
    listed = run(indexed, "snapshots", "list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert folder.name in listed.stderr
    assert "run `recommender index`" in listed.stderr
    assert "expected snapshot format 8, got 4; run `recommender index`" in one_line(
        run(indexed, "snapshots", "use", folder.name)
    )
    assert run(indexed, "index").returncode == 0
    assert run(indexed, "snapshots", "list").stdout.startswith("* ")
