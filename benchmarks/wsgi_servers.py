"""Which WSGI server: the same application behind three of them, one worker each.

python -m benchmarks.wsgi_servers [--requests 4000] [--rounds 5]
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import machine
from benchmarks.servers import COMMANDS, command_for, running
from benchmarks.synthetic import publish_site
from benchmarks.traffic import zipf


@click.command
@click.option("--articles", default=1_000, show_default=True)
@click.option("--requests", default=4_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(articles: int, requests: int, rounds: int, results: Path) -> None:
    """Measure, print, and write wsgi_servers.json."""
    with tempfile.TemporaryDirectory() as folder:
        publish_site(Path(folder), articles)
        told = {
            "machine": machine.describe("flask", "granian", "gunicorn", "waitress"),
            "requests": requests,
            "rounds": rounds,
            "applications": {
                name: _compare(application, Path(folder), articles, requests, rounds)
                for name, application in (
                    ("constant bytes through Flask", "benchmarks.constant:create_app"),
                    ("related cards", "service:create_app"),
                )
            },
        }
    print(machine.write("wsgi_servers", told, results).read_text(encoding="utf-8"))


def _compare(
    application: str, home: Path, articles: int, requests: int, rounds: int
) -> dict[str, Any]:
    random = np.random.default_rng(7)
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(command_for(name, application), home))
            for name in COMMANDS
        }
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}
        for turn in range(rounds + 1):
            paths = zipf(articles, requests, random)
            for name, server in servers.items():
                told = server.load(paths)
                if turn:  # the first is for warming up
                    rows[name].append(told)
        return {
            name: {
                what: round(median(r[what] for r in found), 2) for what in ("cpu_us", "p50", "p99")
            }
            | {"statuses": found[0]["statuses"], "private_mb": round(servers[name].private_mb(), 1)}
            for name, found in rows.items()
        }


if __name__ == "__main__":
    main()
