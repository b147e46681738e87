"""Commands in a pseudo-terminal: progress bars, and no traceback."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from paths import ROOT, SUPPORT
from real_server import free_port
from sample_site import ENCODER, records, write_jsonl

PATIENCE = 300


def _own_the_terminal() -> None:
    """Make stdin the controlling terminal, so that Ctrl-C signals the process.

    A test run in the background ignores SIGINT, and a child process would inherit that.
    """
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A command whose stdin, stdout and stderr are a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._main, inner = pty.openpty()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | {"TERM": "xterm", "COLUMNS": "100"},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=_own_the_terminal,  # noqa: PLW1509
        )
        os.close(inner)
        self.text = ""

    def read_until(self, expected: str) -> None:
        """Read until a text was printed; fails where the command ends or hangs before."""
        deadline = time.monotonic() + PATIENCE
        while expected not in self.text:
            assert time.monotonic() < deadline, self.text
            assert self._read(), self.text

    def end(self) -> int:
        """Read to the end; returns the exit status."""
        try:
            while self._read():
                pass
            return self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            os.close(self._main)

    def press_ctrl_c(self) -> None:
        """Type Ctrl-C."""
        os.write(self._main, b"\x03")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._main], [], [], PATIENCE)
        try:
            got = os.read(self._main, 65_536) if ready else b""
        except OSError:  # how Linux reports that the other end was closed
            got = b""
        self.text += got.decode(errors="replace")
        return bool(got)


def recommender(home: Path, *arguments: str, encoder: str = ENCODER) -> Terminal:
    environment = {
        "RECOMMENDER_HOME": str(home),
        "RECOMMENDER_EMBEDDING_MODEL": encoder,
        "PYTHONPATH": f"{ROOT}:{SUPPORT}",
        "PATH": os.environ["PATH"],
    }
    return Terminal([sys.executable, "-m", "recommender", *arguments], environment)


def text_of(terminal: Terminal) -> str:
    """What a command printed that must end well."""
    assert terminal.end() == 0, terminal.text
    assert "Traceback" not in terminal.text
    return terminal.text


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def links(tmp_path: Path) -> Path:
    path = tmp_path / "links.tsv"
    rows = "".join(f"talks/{n}\ttalks/{n + 1}\n" for n in range(6))
    path.write_text("from\tto\n" + rows, encoding="utf-8")
    return path


def test_index_draws_its_steps(home: Path, source: Path) -> None:
    text = text_of(recommender(home, "index", str(source)))
    assert re.search(
        r"\rreading \S*site\.jsonl: 24 \[", text
    )  # how many there are is not known before
    assert re.search(r"\rembedding: 100%\|█+\| 24/24 ", text)
    assert "24 articles" in text


def test_index_of_several_sources_draws_its_steps(home: Path, source: Path, tmp_path: Path) -> None:
    other = write_jsonl(tmp_path / "other.jsonl", [records()[0] | {"id": "another"}])
    assert "25 articles" in text_of(recommender(home, "index", str(source), str(other)))


def test_dry_run_draws_its_progress(home: Path, source: Path) -> None:
    text = text_of(recommender(home, "index", "--dry-run", str(source)))
    assert "site.jsonl: 24 [" in text
    assert "would read 24 articles" in text


def test_evaluate_draws_its_steps(home: Path, source: Path, links: Path) -> None:
    text = text_of(recommender(home, "evaluate", str(source), "--links", str(links)))
    assert re.search(r"\rranking: 100%", text)
    assert "ndcg@6" in text.lower()


def test_an_empty_source_is_one_error_line(home: Path, tmp_path: Path) -> None:
    empty = write_jsonl(tmp_path / "empty.jsonl", [])
    terminal = recommender(home, "index", str(empty))
    assert terminal.end() == 1
    assert "Traceback" not in terminal.text
    assert "recommender: " in terminal.text


def test_an_unexpected_error_is_one_line_without_debug(home: Path, source: Path) -> None:
    encoder = "broken_encoders:Crashing"
    terminal = recommender(home, "index", str(source), encoder=encoder)
    assert terminal.end() == 1
    assert "Traceback" not in terminal.text
    last = terminal.text.strip().splitlines()[-1]
    assert last == (
        "recommender: unexpected error, ZeroDivisionError: division by zero; run again with "
        "--debug for the traceback, and report it"
    )
    debugged = recommender(home, "--debug", "index", str(source), encoder=encoder)
    assert debugged.end() == 1
    assert "Traceback" in debugged.text


def test_serve_ends_at_ctrl_c(home: Path, source: Path) -> None:
    text_of(recommender(home, "index", str(source)))
    terminal = recommender(home, "serve", "--port", str(free_port()), "--workers", "1")
    terminal.read_until("Started worker-1")
    terminal.press_ctrl_c()
    assert "Traceback" not in text_of(terminal)


@pytest.mark.parametrize("started", [True, False])
def test_two_workers_end_at_ctrl_c_at_once(home: Path, *, started: bool) -> None:
    """The terminal sends Ctrl-C to the whole process group; workers also end while they start."""
    for _ in range(3):
        terminal = recommender(home, "serve", "--port", str(free_port()), "--workers", "2")
        lines = ("Started worker-1", "Started worker-2") if started else ("Spawning worker-2",)
        for line in lines:
            terminal.read_until(line)
        if started:
            time.sleep(0.5)  # the server can lose a signal in the instant in which it prints this
        pressed = time.monotonic()
        terminal.press_ctrl_c()
        # On a busy machine the server may kill a worker that is already exiting; that is no delay.
        text = text_of(terminal)
        assert time.monotonic() - pressed < 5, text


def test_make_run_serves_the_example_newsroom_until_ctrl_c(tmp_path: Path) -> None:
    ports = f"--port {free_port()} --api-port {free_port()}"
    home = f"HOME_DIR={tmp_path / 'newsroom'}"
    terminal = Terminal(["make", "run", home, f"RUN_OPTIONS={ports}"], dict(os.environ))
    try:
        terminal.read_until("Ctrl-C ends both")
        terminal.press_ctrl_c()
        terminal.read_until("bye")
    finally:
        terminal.end()
    assert "Traceback" not in terminal.text
    assert "published " in terminal.text
