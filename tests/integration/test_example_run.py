"""The script behind ``make run``: the ports that it takes, and gives back however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from paths import ROOT, SUPPORT
from real_server import free_port
from sample_site import ENCODER

SCRIPT = ROOT / "examples" / "newsroom" / "run.py"
PATIENCE = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("newsroom")
    return folder


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def script(home: Path, ports: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    """The running script; its servers answer."""
    site, api = map(str, ports)
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), "--home", str(home), "--port", site, "--api-port", api],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert any("Ctrl-C ends both" in line for line in process.stdout)
        yield process
        process.kill()


def environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{SUPPORT}",
        "RECOMMENDER_EMBEDDING_MODEL": ENCODER,
    }


def is_taken(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_both_servers_end_with_the_script(
    script: subprocess.Popen[str], ports: tuple[int, int], number: int
) -> None:
    assert all(map(is_taken, ports))
    script.send_signal(number)
    time.sleep(0.05)
    script.send_signal(number)  # as `make` does
    script.wait(PATIENCE)
    assert not any(map(is_taken, ports))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports the end of a parent")
def test_both_servers_end_with_a_script_that_is_killed(
    script: subprocess.Popen[str], ports: tuple[int, int]
) -> None:
    script.kill()
    script.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while any(map(is_taken, ports)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(("taken", "option"), [(0, "--port"), (1, "--api-port")])
def test_a_port_that_is_taken_names_the_option(
    tmp_path: Path, ports: tuple[int, int], taken: int, option: str
) -> None:
    site, api = map(str, ports)
    with closing(socket.create_server(("127.0.0.1", ports[taken]))):
        done = subprocess.run(
            [
                sys.executable,
                str(SCRIPT),
                "--home",
                str(tmp_path),
                "--port",
                site,
                "--api-port",
                api,
            ],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    expected = [f"--api-port {api}", f"--port {site}"]
    expected[1 - taken] = f"{option} {max(ports[taken], (8080, 8000)[taken]) + 1}"
    assert done.stderr == (
        f"expected a free port, got {ports[taken]}, on which another program listens; "
        f"choose another one: make run RUN_OPTIONS='{' '.join(expected)}'\n"
    )
