"""What the desk costs with many articles and overrides, and what these cost readers.

Asks, in processor time of one process without a network: the public answer with all overrides in
force against the same with none, in interleaved rounds, alone and as whole requests to the WSGI
application; and the time of the desk's article page, of a search and of the overview.
``python -m benchmarks.desk --articles 100000 --overrides 50000``.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from benchmarks import machine
from benchmarks.synthetic import NOW, identifier, publish_site
from benchmarks.traffic import Strangers, zipf
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.schema import decisions
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.overrides.once import active_overrides_at
from recommender.serving.filters import Query
from recommender.serving.responses import open_current, related_answer
from recommender.settings import Settings, load_settings
from recommender.snapshots.snapshot import Snapshot
from service import create_app
from service.http.response_cache import ResponseCache
from service.state.snapshot_watcher import ServingState

BASE = "https://desk.example"
PASSWORD = "correct horse battery"

ASKED = 2_000
"""Answers a round."""

Cost = Callable[[ServingState], float]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--overrides", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="Keep the figures in results/.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.articles, given.overrides, given.rounds)
    told = {"machine": machine.describe("flask", "numpy", "sqlalchemy"), **figures}
    print(json.dumps(told, indent=2))
    if given.write:
        machine.write("desk", told)


def measure(home: Path, articles: int, overrides: int, rounds: int) -> dict[str, Any]:
    """Ask a site with all overrides in force, and the same with none."""
    settings = load_settings(home, environ={}, access_log=False)
    publish_site(home, articles)
    snapshot = open_current(home)
    _decide(settings, articles, overrides, seed=2)
    engine = open_database(settings.catalogue_url)
    Accounts(settings.catalogue_url, engine).add("ann", Role.ADMIN, PASSWORD, time.time())
    engine.dispose()
    app = create_app(settings)
    none, all_ = (
        ServingState(snapshot, NO_OVERRIDES),
        ServingState(snapshot, _in_force(settings, snapshot)),
    )
    costs = _costs(app, articles)
    return {
        "articles": articles,
        "overrides": overrides,
        "readers": {kind: _compared(cost, none, all_, rounds) for kind, cost in costs.items()},
        **_pages(app, articles, rounds),
    }


def _in_force(settings: Settings, snapshot: Snapshot) -> ActiveOverrides:
    return active_overrides_at(settings.catalogue_url, snapshot, NOW.timestamp() + 1)[0]


def _decide(settings: Settings, articles: int, overrides: int, seed: int) -> None:
    """Half pins, a quarter blocks under articles, an eighth blocks everywhere and boosts each."""
    random = np.random.default_rng(seed)
    shared = {"scope": "article", "reason": "", "author": "ann", "created": int(NOW.timestamp())}
    empty = {"place": None, "factor": None, "starts": None, "ends": None, "undoes": None}
    rows: list[dict[str, Any]] = []
    for number in range(overrides):
        first, second = (identifier(int(n)) for n in random.integers(0, articles, 2))
        kinds: list[dict[str, Any]] = [
            *[{"kind": "pin", "article": first, "pick": second, "place": 1 + number % 6}] * 4,
            *[{"kind": "block", "article": first, "pick": second}] * 2,
            {"kind": "block", "article": "", "pick": second},
            {"kind": "boost", "article": "", "pick": second, "factor": 2.0},
        ]
        rows.append(shared | empty | kinds[number % 8])
    engine = open_database(settings.catalogue_url)
    with engine.begin() as connection:
        connection.execute(decisions.insert(), rows)
    engine.dispose()


def _costs(app: Any, articles: int) -> dict[str, Cost]:
    """Ask for articles at random, and as readers do, for some again and again."""
    strangers = _environs(Strangers(articles, np.random.default_rng(3)).take(ASKED))
    popular = _environs(zipf(articles, ASKED, np.random.default_rng(3)))
    ids = [identifier(int(n)) for n in np.random.default_rng(3).integers(0, articles, ASKED)]
    return {
        "answer": lambda state: _answers(state, ids),
        "endpoint_no_page_twice": lambda state: _requests(app, state, strangers),
        "endpoint_zipf": lambda state: _requests(app, state, popular),
    }


def _environs(paths: list[str]) -> list[dict[str, Any]]:
    return [EnvironBuilder(path).get_environ() for path in paths]


def _answers(state: ServingState, ids: list[str]) -> float:
    """Make answers; seconds of processor time."""
    started = time.process_time()
    for article in ids:
        related_answer(state.snapshot, article, Query(), NOW.timestamp() + 1, state.overrides)
    return time.process_time() - started


def _requests(app: Any, state: ServingState, environs: list[dict[str, Any]]) -> float:
    """Send requests to the application, which has kept no answer yet; seconds of its time."""
    live = app.extensions["snapshot_watcher"]
    before, live.state = live.state, replace(state, responses=ResponseCache())
    copies = [dict(environ) for environ in environs]
    try:
        started = time.process_time()
        for environ in copies:
            app.wsgi_app(environ, _start)
        return time.process_time() - started
    finally:
        live.state = before


def _start(status: str, _: object) -> Any:
    assert status.startswith("200"), status


def _compared(cost: Cost, none: ServingState, state: ServingState, rounds: int) -> dict[str, float]:
    """Take turns: microseconds an answer without and with overrides, and their ratio, medians."""
    cost(none)
    cost(state)
    pairs = np.array([(cost(none), cost(state)) for _ in range(rounds)]) / ASKED * 1e6
    return {
        "none_us": round(float(np.median(pairs[:, 0])), 1),
        "all_us": round(float(np.median(pairs[:, 1])), 1),
        "ratio": round(float(np.median(pairs[:, 1] / pairs[:, 0])), 3),
    }


def _pages(app: Any, articles: int, rounds: int) -> dict[str, Any]:
    client = Client(app, Response)
    page = client.get("/desk/sign-in", base_url=BASE).text
    form = {"name": "ann", "password": PASSWORD}
    form["csrf_token"] = re.findall(r'csrf-token" content="([^"]+)', page)[0]
    headers = {"Referer": f"{BASE}/desk/"}
    client.post("/desk/sign-in", base_url=BASE, headers=headers, data=form)
    ids = np.random.default_rng(4).integers(0, articles, rounds * 10)
    words = ["vote", "reactor 7", "zzz", "2026/03", "grain energy"]

    def article(turn: int) -> None:
        query = {"id": identifier(int(ids[turn]))}
        assert client.get("/desk/article", base_url=BASE, query_string=query).status_code == 200

    def search(turn: int) -> None:
        query = {"part": "1", "q": words[turn % len(words)]}
        assert client.get("/desk/", base_url=BASE, query_string=query).status_code == 200

    def overview(_: int) -> None:
        assert client.get("/desk/overview", base_url=BASE).status_code == 200

    return {
        "overview_ms": _timed(overview, 3),
        "article_page_ms": _timed(article, rounds * 10),
        "search_ms": _timed(search, rounds * 10),
    }


def _timed(act: Callable[[int], None], count: int) -> dict[str, float]:
    """Time each turn but the first, which loads what the others use, in milliseconds.

    By the clock, which other work on the machine holds up, and in processor time.
    """
    clock, processor = [], []
    for turn in range(count):
        started, used = time.perf_counter(), time.process_time()
        act(turn)
        clock.append((time.perf_counter() - started) * 1e3)
        processor.append((time.process_time() - used) * 1e3)
    p50, p95 = np.percentile(clock[1:], [50, 95])
    cpu50, cpu95 = np.percentile(processor[1:], [50, 95])
    figures = {"first": clock[0], "p50": p50, "p95": p95, "cpu_p50": cpu50, "cpu_p95": cpu95}
    return {name: round(float(figure), 1) for name, figure in figures.items()}


if __name__ == "__main__":
    main()
