"""A load generator: a process that sends requests over keep-alive connections.

    python -m benchmarks.load PORT CONNECTIONS < request.json

Each connection waits for a response before it sends the next request. Prints one JSON object:
seconds of wall clock, latencies in milliseconds by percentile, responses by status, bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

PERCENTILES = (50, 95, 99, 99.9)


class Connection(asyncio.Protocol):
    """Sends a request, waits for the complete response, and sends the next."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0
        self._requests = requests
        self._done = done
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= _content_length(head):
            self.latencies.append(time.perf_counter() - self._sent)
            self.statuses[int(head[9:12])] += 1
            self.bytes += len(body)
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self.statuses[0] += 1  # dropped before the response was complete
            self._done.set_result(None)

    def _send(self) -> None:
        self._buffer = b""
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)


def _content_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return 0 if at < 0 else int(lower[at + 15 :].split(b"\r\n", 1)[0])


def requests_for(paths: list[str], headers: dict[str, str]) -> list[bytes]:
    """Write each path as an HTTP request."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [f"GET {path} HTTP/1.1\r\nHost: site.example\r\n{extra}\r\n".encode() for path in paths]


async def send_all(port: int, requests: list[bytes], connections: int) -> dict[str, Any]:
    """Send all requests over so many connections at once."""
    loop = asyncio.get_running_loop()
    queue = iter(requests)
    opened = []
    started = time.perf_counter()
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        new_connection = partial(Connection, queue, done)
        _, connection = await loop.create_connection(new_connection, "127.0.0.1", port)
        opened.append((connection, done))
    await asyncio.gather(*(done for _, done in opened))
    return _summary([connection for connection, _ in opened], time.perf_counter() - started)


def _summary(connections: list[Connection], seconds: float) -> dict[str, Any]:
    latencies = np.concatenate([one.latencies for one in connections]) * 1e3
    values = np.percentile(latencies, PERCENTILES)
    statuses = sum((one.statuses for one in connections), Counter())
    return {
        "requests": len(latencies),
        "seconds": seconds,
        "bytes": sum(one.bytes for one in connections),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        **{f"p{p:g}": round(float(v), 3) for p, v in zip(PERCENTILES, values, strict=True)},
    }


def main() -> None:
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    given = json.load(sys.stdin)
    requests = requests_for(given["paths"], given.get("headers", {}))
    print(json.dumps(asyncio.run(send_all(port, requests, connections))))


if __name__ == "__main__":
    main()
