"""Measures how long an editor waits for each page of the desk, and how much each page weighs.

    python -m benchmarks.desk [--articles 100000] [--overrides 50000] [--rounds 40]

One editor, one request at a time, as a person works: in each round every page is requested once, on
another article. The overrides are of all kinds; a tenth of them is undone, and some end soon.
"""

from __future__ import annotations

import http.client
import os
import re
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import click
import numpy as np

from benchmarks import machine
from benchmarks.load.servers import OURS, Server, running
from benchmarks.sites.synthetic import NOW, SECTIONS, WORDS, identifier
from benchmarks.soak.newsroom import prepare
from recommender.catalogue.accounts import Accounts, Role
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope

PASSWORD = "a password of the benchmark"
DAY = 86_400
BATCH = 500

LIMITS = {"article": 150.0, "search as you type": 100.0, "suggestions": 100.0}
"""Milliseconds at the 95th percentile; other pages are compared with :data:`OTHER_LIMIT`."""

OTHER_LIMIT = 300.0
MAX_KB = 150.0
"""Weight of a page without pictures, style and script."""


class Page(NamedTuple):
    """A page of the desk; ``form`` is what the editor sends, if anything."""

    path: str
    form: dict[str, str] | None = None


class Desk:
    """A signed-in editor with one connection to a server."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._cookie = ""
        self._token = ""
        self._token = self._token_in(self.ask(Page("/desk/sign-in"))[1])
        self.ask(Page("/desk/sign-in", {"name": "ann", "password": PASSWORD}))
        self._token = self._token_in(self.ask(Page("/desk/account"))[1])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, page: Page) -> tuple[float, str]:
        """Request a page; returns the seconds until its last byte, and its text.

        Raises
        ------
        ClickException
            The desk answers with an error.
        """
        headers = {"Cookie": self._cookie, "Accept-Encoding": "identity"}
        body = None if page.form is None else urlencode({"csrf_token": self._token, **page.form})
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self._connection.request("GET" if body is None else "POST", page.path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        seconds = time.perf_counter() - started
        if response.status >= 400:
            raise click.ClickException(f"{page.path}: expected 200, got {response.status}")
        for value in response.headers.get_all("Set-Cookie") or ():
            self._cookie = value.partition(";")[0]
        return seconds, text

    def _token_in(self, text: str) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        return found[1] if found else ""


def pages(articles: int, drawn: np.random.Generator) -> dict[str, Page]:
    """Return each page once, on articles that are drawn by chance."""
    some = [quote(identifier(number)) for number in drawn.integers(articles, size=8).tolist()]
    words = [WORDS[number] for number in drawn.integers(len(WORDS), size=3).tolist()]
    section, typed = SECTIONS[int(drawn.integers(len(SECTIONS)))], f"{words[0]} {words[1][:4]}"
    bulk = "\n".join(identifier(number) for number in drawn.integers(articles, size=40).tolist())
    return {
        "article": Page(f"/desk/article?id={some[0]}"),
        "article, a draft": Page(f"/desk/article?id={some[1]}", {"do": "preview", "hold": "1"}),
        "article, another date": Page(f"/desk/article?id={some[2]}&at=2030-01-01T09:00"),
        "articles to pin": Page(f"/desk/article/find?id={some[3]}", {"pq": typed}),
        "start page": Page("/desk/"),
        "search as you type": Page(f"/desk/?part=results&q={quote(typed)}"),
        "search for a rare word": Page(f"/desk/?part=results&q={quote(some[4])}"),
        "search for nothing": Page("/desk/?part=results&q=zzzz"),
        "search by author": Page("/desk/?part=results&author=A.+Writer"),
        "suggestions": Page(f"/desk/suggestions?q={quote(typed)}"),
        "articles that need attention": Page("/desk/?attention=1"),
        "overview": Page("/desk/overview"),
        "active changes": Page("/desk/overview/active"),
        "pins": Page("/desk/overview/pinned"),
        "never recommended": Page("/desk/overview/never"),
        "needs attention": Page("/desk/attention"),
        "history": Page("/desk/history"),
        "history of an editor": Page("/desk/history?editor=ann&kind=pin"),
        "history of an article": Page(f"/desk/history?article={some[5]}"),
        "sections": Page("/desk/facets"),
        "authors": Page("/desk/facets?scope=author"),
        "rules of a section": Page(f"/desk/rules?scope=section&name={section}"),
        "preview of a rule": Page(
            f"/desk/rules?scope=section&name={section}",
            {"do": "preview", "kind": "boost", "factor": "2"},
        ),
        "preview of many": Page(
            "/desk/rules/bulk", {"do": "preview", "kind": "block", "ids": bulk}
        ),
        "withdraw": Page(f"/desk/withdraw?id={some[6]}"),
        "settings": Page("/desk/settings"),
        "account": Page("/desk/account"),
    }


def mixed_overrides(articles: int, count: int, now: float) -> list[Override]:
    """Draw overrides of all kinds, no two about the same article."""
    drawn = np.random.default_rng(5)
    order = [identifier(number) for number in drawn.permutation(articles).tolist()]
    return [
        _override(number, order[number], order[number - 1], now)
        for number in range(min(count, articles))
    ]


def _override(number: int, name: str, other: str, now: float) -> Override:
    """Make two pins, two blocks and a boost in turn; one in a hundred is a hold."""
    kinds = (Kind.PIN, Kind.BLOCK, Kind.BOOST, Kind.PIN, Kind.BLOCK)
    kind = Kind.HOLD if number % 100 == 99 else kinds[number % len(kinds)]
    return Override(
        kind=kind,
        article="" if kind is Kind.BOOST else name,
        pick={Kind.BOOST: name, Kind.HOLD: ""}.get(kind, other),
        place=1 + number % 6 if kind is Kind.PIN else None,
        factor=1.5 if kind is Kind.BOOST else None,
        author="ann",
        reason="a reason",
        ends=int(now + DAY * (1 + number % 30)) if number % 20 == 0 else None,
    )


def prepare_desk(home: Path, articles: int, overrides: int) -> None:
    """Publish a site with overrides and one editor."""
    url, now = prepare(home, articles, 0), NOW.timestamp()
    log = Log(url)
    made = mixed_overrides(articles, overrides, now)
    for start in range(0, len(made), BATCH):
        added = log.add(made[start : start + BATCH], now)
        undone = [one.id for one in added[::10]]
        log.add([Override(kind=Kind.UNDO, undoes=one, author="ann") for one in undone], now)
    rule = Override(
        kind=Kind.BOOST, scope=Scope.SECTION, pick=SECTIONS[0], factor=1.2, author="ann"
    )
    log.add([rule], now)
    Accounts(log.engine).add("ann", Role.ADMIN, PASSWORD, now)
    log.close()


def measure(home: Path, articles: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Request every page in turn; returns times in milliseconds and weights in KB by page.

    ``cpu_ms`` is the processor time of the service: what other work on the machine hardly changes.
    """
    drawn = np.random.default_rng(6)
    seconds: dict[str, list[float]] = {}
    weights: dict[str, list[int]] = {}
    cpu: dict[str, list[float]] = {}
    with running(OURS, home) as server, closing(Desk(server)) as desk:
        for _ in range(rounds + 1):
            for name, page in pages(articles, drawn).items():
                before = server.cpu_seconds()
                taken, text = desk.ask(page)
                cpu.setdefault(name, []).append(server.cpu_seconds() - before)
                seconds.setdefault(name, []).append(taken)
                weights.setdefault(name, []).append(len(text.encode()))
    return {
        name: _figures(name, found, cpu[name], max(weights[name]))
        for name, found in seconds.items()
    }


def _figures(name: str, seconds: list[float], cpu: list[float], weight: int) -> dict[str, Any]:
    """Sum up one page; the first request, which fills caches, is in ``first_ms`` only."""
    first, *others = (1e3 * one for one in seconds)
    p50, p95 = np.percentile(others, (50, 95)).tolist()
    return {
        "first_ms": round(first, 1),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "cpu_ms": round(1e3 * median(cpu[1:]), 1),
        "limit_ms": LIMITS.get(name, OTHER_LIMIT),
        "kb": round(weight / 1024, 1),
    }


@click.command
@click.option("--articles", default=100_000, show_default=True)
@click.option("--overrides", default=50_000, show_default=True)
@click.option("--rounds", default=40, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the site here, or use it again."
)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(articles: int, overrides: int, rounds: int, home: Path | None, results: Path) -> None:
    """Measure, print, and write desk.json."""
    with tempfile.TemporaryDirectory() as folder:
        site = home or Path(folder)
        if not (site / "snapshots").exists():
            prepare_desk(site, articles, overrides)
        load = os.getloadavg()[0]
        figures = measure(site, articles, rounds)
    path = machine.write(
        "desk",
        {
            "machine": machine.describe("flask", "granian", "sqlalchemy"),
            "articles": articles,
            "overrides": overrides,
            "rounds": rounds,
            "load_average": {"before": round(load, 1), "after": round(os.getloadavg()[0], 1)},
            "limit_kb": MAX_KB,
            "pages": figures,
        },
        results,
    )
    for name, one in figures.items():
        click.echo(_line(name, one))
    click.echo(path)


def _line(name: str, one: dict[str, float]) -> str:
    over = one["p95_ms"] > one["limit_ms"] or one["kb"] > MAX_KB
    return (
        f"{name:30} first {one['first_ms']:8} p50 {one['p50_ms']:7} p95 {one['p95_ms']:7} ms"
        f" processor {one['cpu_ms']:6} ms {one['kb']:6} KB{'  over the limit' if over else ''}"
    )


if __name__ == "__main__":
    main()
