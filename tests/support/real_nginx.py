"""Debian's nginx with the configuration of deploy/nginx.conf, on free ports of loopback."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paths import ROOT
from real_server import RealServer, eventually, free_port

RECOMMENDED = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
AROUND = """{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/related.conf;
}}
"""


@contextmanager
def in_front_of(service: int, folder: Path) -> Iterator[RealServer]:
    """Run nginx in front of a port; only ports and folder are others than recommended."""
    port = free_port()
    text = RECOMMENDED.read_text(encoding="utf-8")
    for was, becomes in {
        r"listen 80;": f"listen 127.0.0.1:{port};",
        r"server 127\.0\.0\.1:8000;": f"server 127.0.0.1:{service};",
        r"/var/cache/nginx/related": str(folder / "cache"),
    }.items():
        text, count = re.subn(was, becomes, text)
        assert count == 1, was
    with running(text, port, folder) as server:
        yield server


@contextmanager
def running(text: str, port: int, folder: Path) -> Iterator[RealServer]:
    """Run nginx with the contents of its ``http`` block, listening on a port."""
    if NGINX is None:
        message = "no nginx here: apt-get install nginx"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    (folder / "related.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    log = folder / "error.log"
    with (folder / "start.log").open("wb") as started:
        process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf")], stderr=started)
    server = RealServer(process, port, log)
    try:
        eventually(lambda: _answers(server, folder))
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _answers(server: RealServer, folder: Path) -> bool:
    assert server.process.poll() is None, (folder / "start.log").read_text(encoding="utf-8")
    try:
        return server.ask("/").status in {403, 404}
    except OSError:
        return False
