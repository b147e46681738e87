"""Readers: a process of its own that asks for pages over kept connections, one after the other.

    python -m benchmarks.load PORT CONNECTIONS < paths

Prints one JSON object: seconds of wall clock, latencies in milliseconds by percentile, answers
by status, bytes. Each connection asks for its share of the paths and waits for each answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

PERCENTILES = (50, 95, 99, 99.9)


class Reader(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, paths: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0
        self._paths = paths
        self._done = done
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head):
            self.latencies.append(time.perf_counter() - self._asked)
            self.statuses[int(head[9:12])] += 1
            self.bytes += len(body)
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self.statuses[0] += 1  # dropped before its answer was complete
            self._done.set_result(None)

    def _ask(self) -> None:
        self._buffer = b""
        request = next(self._paths, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
        else:
            self._asked = time.perf_counter()
            self._transport.write(request)


def requests_for(paths: list[str], headers: dict[str, str]) -> list[bytes]:
    """Write each path as a request."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [f"GET {path} HTTP/1.1\r\nHost: site.example\r\n{extra}\r\n".encode() for path in paths]


async def read(port: int, requests: list[bytes], connections: int) -> dict[str, Any]:
    """Ask for all pages over so many connections at once; tell how it went."""
    loop = asyncio.get_running_loop()
    queue = iter(requests)
    readers = []
    started = time.perf_counter()
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        reader = Reader(queue, done)
        await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)
        readers.append((reader, done))
    await asyncio.gather(*(done for _, done in readers))
    return _summary([reader for reader, _ in readers], time.perf_counter() - started)


def _summary(readers: list[Reader], seconds: float) -> dict[str, Any]:
    latencies = np.concatenate([reader.latencies for reader in readers]) * 1e3
    values = np.percentile(latencies, PERCENTILES)
    statuses = sum((reader.statuses for reader in readers), Counter())
    return {
        "requests": len(latencies),
        "seconds": seconds,
        "bytes": sum(reader.bytes for reader in readers),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        **{f"p{p:g}": round(float(v), 3) for p, v in zip(PERCENTILES, values, strict=True)},
    }


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return 0 if at < 0 else int(lower[at + 15 :].split(b"\r\n", 1)[0])


def main() -> None:
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    question = json.load(sys.stdin)
    requests = requests_for(question["paths"], question.get("headers", {}))
    print(json.dumps(asyncio.run(read(port, requests, connections))))


if __name__ == "__main__":
    main()
