"""``recommender serve`` explains in one line why it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from real_server import serving


def test_a_data_directory_that_is_a_file_is_one_error_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "metrics").write_text("in the way", encoding="utf-8")
    command = ["-m", "recommender", "serve", "--home", str(home), "--port", "9999"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "PROMETHEUS_MULTIPROC_DIR" in line


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
        ({}, "pip install 'related-posts[oidc]'"),
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
