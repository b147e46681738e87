"""A real S3 server (SeaweedFS) for a test, named by the variables that S3 clients read."""

import json
import os
import random
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

KEYS = {"accessKey": "key", "secretKey": "secret"}
ACTIONS = ["Admin", "Read", "Write", "List"]
OUTSIDE_OUTGOING = range(20_000, 32_000)
"""Linux gives outgoing connections ports from 32,768 on: one of those may be taken at any time."""
PARTS = ("master", "volume", "filer", "s3")
ATTEMPTS = 3
SECONDS = 60


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Start SeaweedFS in a folder, set the variables of S3, and yield the server's address."""
    process, address = _start(folder)
    try:
        yield address
    finally:
        _stop(process)
        for name in _variables(address):
            os.environ.pop(name)


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    for attempt in range(ATTEMPTS):
        log = folder / f"server-{attempt}.log"
        ports = _free_ports(2 * len(PARTS))
        address = f"http://127.0.0.1:{ports[PARTS.index('s3')]}"
        os.environ.update(_variables(address))
        with log.open("wb") as output:
            arguments = _arguments(folder / f"data-{attempt}", ports)
            process = subprocess.Popen(arguments, stdout=output, stderr=output)
        if _is_writable(process):
            return process, address
        _stop(process)
    pytest.skip(f"no S3 server starts on this machine: {log.read_text()[-2000:]}")


def _variables(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT": address,
        "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
        "AWS_SECRET_ACCESS_KEY": KEYS["secretKey"],
        "AWS_REGION": "us-east-1",
    }


def _arguments(folder: Path, ports: list[int]) -> list[str | Path]:
    folder.mkdir()
    identity = {"name": "test", "credentials": [KEYS], "actions": ACTIONS}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    grpc = ports[len(PARTS) :]
    return [
        Path(sysconfig.get_path("scripts"), "weed"), "server", "-s3", "-ip=127.0.0.1",
        *(f"-{part}.port={port}" for part, port in zip(PARTS, ports, strict=False)),
        *(f"-{part}.port.grpc={port}" for part, port in zip(PARTS, grpc, strict=True)),
        f"-dir={folder}", f"-s3.config={folder / 's3.json'}", "-s3.port.iceberg=0",
        "-s3.port.lance=0", "-master.telemetry=false", "-volume.max=20",
        "-master.volumeSizeLimitMB=64",
    ]  # fmt: skip


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(OUTSIDE_OUTGOING, k=len(OUTSIDE_OUTGOING)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
        if len(found) == count:
            break
    return found


def _is_writable(process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server takes an object; ``False`` where it ended or took none in time."""
    until = time.monotonic() + SECONDS
    options = {"timeout": "5s", "allow_http": True}
    while process.poll() is None and time.monotonic() < until:
        store = from_url("s3://ready/x", client_options=options, retry_config={"max_retries": 0})
        try:
            obstore.put(store, "y", b"z")
        except obstore.exceptions.BaseError:
            time.sleep(0.2)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
