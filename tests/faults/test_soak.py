"""Under load, while everything changes, each answer is the library's own for that state."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.sites.synthetic import identifier
from benchmarks.soak.__main__ import main
from benchmarks.soak.checked_answers import PROMISED_SECONDS, Reference
from benchmarks.soak.figures import summary
from benchmarks.soak.newsroom import prepare
from benchmarks.soak.readers import Tally
from recommender.home import DataDir
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.responses import open_current, related_answer
from recommender.snapshots.store import current_id


def test_a_short_soak(tmp_path: Path) -> None:
    arguments = "--articles 250 --overrides 20 --minutes 0.12 --event-seconds 0.3 --kill-seconds 5"
    done = CliRunner().invoke(main, [*arguments.split(), "--results", str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    result = json.loads((tmp_path / "soak.json").read_text(encoding="utf-8"))
    assert result["server_errors"] == 0, result
    assert "wrong" not in result["verdicts"], result["examples"]
    assert "lost" not in result["statuses"], result
    assert result["verdicts"]["right"] > 50
    assert result["kills"] >= 1


def test_wrong_and_late_answers_are_found(tmp_path: Path) -> None:
    url = prepare(tmp_path, articles=120, overrides=3)
    reference = Reference(tmp_path, url)
    reference.record_snapshot(lambda: current_id(DataDir(tmp_path)))
    article, now = identifier(7), time.time()
    body = related_answer(open_current(tmp_path), article, DEFAULT_QUERY, now).body
    first = json.loads(body)["cards"][0]["id"]

    def judged(status: int, answer: bytes, at: float) -> str:
        return reference.judge(article, status, answer, at, at)

    assert judged(200, body, now) == "right"
    assert judged(200, body.replace(first.encode(), b"another"), now) == "wrong"
    assert judged(404, b"{}", now) == "wrong"
    log = Log(url)
    block = Override(kind=Kind.BLOCK, pick=first, author="ann")
    reference.record_overrides(lambda: log.add([block], time.time()))
    log.close()
    reference.close()
    assert judged(200, body, time.time()) == "right"  # for two more seconds
    assert judged(200, body, time.time() + PROMISED_SECONDS + 1) == "late"


@pytest.mark.parametrize(
    ("statuses", "errors"), [({"related 200": 9, "latest 503": 2}, 2), ({}, 0)]
)
def test_server_errors_are_counted(statuses: dict[str, int], errors: int) -> None:
    tally = Tally(latencies=[0.001], memory=[(1.0, 50.0)])
    tally.statuses.update(statuses)
    assert summary(tally, 1.0)["server_errors"] == errors
