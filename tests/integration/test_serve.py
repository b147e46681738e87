"""``recommender serve``: why it cannot start, its files in memory, and how it stops."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from real_server import eventually, serving
from recommender.cli.commands.serve import DRAIN_SECONDS
from recommender.settings import Settings


def test_a_full_folder_for_metrics_stops_nothing(settings: Settings, snapshot_id: str) -> None:
    """On a full disk, a write to a mapped file would end the process (SIGBUS)."""
    folder = settings.home / "metrics"
    folder.mkdir()
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"  # as a full disk
        "from service import create_app\n"
        "page = create_app().test_client().get('/metrics').text\n"
        "assert 'related_posts_snapshot_articles 24.0' in page, page\n"
    )
    environ = {
        "RECOMMENDER_HOME": str(settings.home),
        "RECOMMENDER_ACCESS_LOG": "false",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "this worker counts its own requests only" in done.stderr
    assert list(folder.iterdir()) == []


def test_a_data_directory_without_a_snapshot_is_reported(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.ask("/readyz").status == 503
        eventually(lambda: "the override database is unavailable: " in server.log())
        told = f"no snapshot is published in {tmp_path}; run `recommender index SOURCE`, or check"
        assert told in server.log()
        assert "stay active" not in server.log()


def test_files_of_metrics_have_all_of_their_blocks(settings: Settings, snapshot_id: str) -> None:
    folder = settings.home / "metrics"
    folder.mkdir()
    with serving(settings.home, PROMETHEUS_MULTIPROC_DIR=str(folder)) as server:
        assert server.ask("/healthz").status == 200
        files = list(folder.glob("*.db"))
        assert files
        assert all(file.stat().st_blocks * 512 >= file.stat().st_size for file in files)
    assert not list(Path("/dev/shm").glob(f"related-posts-*-{server.port}"))


def test_a_stopping_service_closes_kept_connections_with_a_response(
    settings: Settings, snapshot_id: str
) -> None:
    with serving(settings.home) as server, ExitStack() as stack:
        clients = [
            stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port)))
            for _ in range(6)
        ]
        for client in clients:
            assert ask(client).headers["Connection"] is None
        server.process.terminate()
        eventually(lambda: server.ask("/readyz").status == 503)
        for client in clients:  # each was idle, and asks once more
            answer = ask(client)
            assert (answer.status, answer.headers["Connection"]) == (200, "close")
        assert server.process.wait(10) == 0


def test_a_second_signal_stops_at_once(settings: Settings, snapshot_id: str) -> None:
    with serving(settings.home) as server:
        started = time.monotonic()
        for _ in range(2):
            server.process.terminate()
            time.sleep(0.1)
        assert server.process.wait(10) == 0
        assert time.monotonic() - started < DRAIN_SECONDS


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_main_process(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, workers=2) as server:
        workers = psutil.Process(server.process.pid).children()
        assert len(workers) == 2
        server.process.send_signal(number)
        assert psutil.wait_procs(workers, timeout=30)[1] == []
        server.process.wait(5)


def test_a_signal_to_the_process_group_reaches_no_worker_twice(tmp_path: Path) -> None:
    with serving(tmp_path, workers=2) as server:
        group = os.getpgid(server.process.pid)
        workers = psutil.Process(server.process.pid).children()
        assert all(os.getpgid(worker.pid) != group for worker in workers)


def ask(client: http.client.HTTPConnection) -> http.client.HTTPResponse:
    client.request("GET", "/v1/articles/talks/0/related")
    answer = client.getresponse()
    answer.read()
    return answer


def refused(home: Path, *address: str) -> str:
    command = [sys.executable, "-m", "recommender", "serve", "--home", str(home), *address]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


def test_a_port_in_use_is_one_error_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"got {port}, on which another program listens" in refused(
            tmp_path, "--port", str(port)
        )


def test_a_second_service_on_the_port_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        other = tmp_path / "another site"
        assert "another program listens" in refused(other, "--port", str(server.port))


def test_a_foreign_address_is_one_error_line(tmp_path: Path) -> None:
    assert "expected an address of this machine" in refused(tmp_path, "--host", "203.0.113.9")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"CLIENT_SECRET": ""}, "RECOMMENDER_OIDC__CLIENT_SECRET"),
        ({"CLIENT_ID": ""}, "oidc.client_id"),
        ({"ISSUER": "http://accounts.example.org"}, "https://"),
        ({"ISSUER": ""}, "oidc.issuer"),
        ({}, "pip install 'authlib>=1.6' 'requests>=2.32'"),
    ],
)
def test_an_unreachable_provider_is_one_error_line(
    tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    given = {"ISSUER": "https://accounts.example.org", "CLIENT_ID": "desk", "CLIENT_SECRET": "s"}
    named = {f"RECOMMENDER_OIDC__{name}": value for name, value in (given | environ).items()}
    # As where the extra is not installed.
    code = "import sys; sys.modules['authlib'] = None; from recommender.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--home", str(tmp_path), "--port", "9999"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | named
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert message in line


@pytest.mark.parametrize(
    ("snapshots", "message"),
    [
        ("/srv/snap", "expected a bucket as s3://bucket/prefix"),
        ("s3://bucket/site", "pip install obstore==0.12.1"),
    ],
)
def test_a_bucket_that_cannot_be_followed_starts_no_worker(
    tmp_path: Path, snapshots: str, message: str
) -> None:
    # As where obstore is not installed.
    code = "import sys; sys.modules['obstore'] = None; from recommender.cli import main; main()"
    for command in (["serve", "--port", "9999", "--workers", "2"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ
            | {"RECOMMENDER_HOME": str(tmp_path), "RECOMMENDER_SNAPSHOTS": snapshots},
        )
        assert done.returncode == 1
        (line,) = [one for one in (done.stdout + done.stderr).splitlines() if "snapshots'" in one]
        assert message in line
        assert "Traceback" not in done.stderr
