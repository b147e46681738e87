"""Run the command line as its users do: in a process of its own, or in this one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paths import SUPPORT
from recommender.cli import main
from sample_site import ENCODER


def run(home: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "recommender", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A background command; killed at the end, so that a failed test does not hang."""
    with subprocess.Popen(
        [sys.executable, "-m", "recommender", *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def environment(home: Path) -> dict[str, str]:
    return {
        "RECOMMENDER_HOME": str(home),
        "RECOMMENDER_EMBEDDING_MODEL": ENCODER,
        "PYTHONPATH": str(SUPPORT),
        "PATH": os.environ["PATH"],
    }


def one_line(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """The one line of an error; no traceback."""
    assert done.returncode == status, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("recommender: "), done.stderr
    assert "Traceback" not in done.stderr
    return last


def refused_command(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Try to hold an article; answers with the one line that is said."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as leaving:
        main(["override", "hold", "talks/1", "--home", str(home)])
    assert leaving.value.code == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    return message
