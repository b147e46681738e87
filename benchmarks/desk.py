"""What the desk costs with many articles and overrides, and what these cost readers.

Asks, in processor time of one process without a network: the public answer with all overrides in
force against the same with none, in interleaved rounds, alone and as a whole request to the WSGI
application; and the wall time of the desk's article page and of a search.
``python -m benchmarks.desk --articles 100000 --overrides 50000``.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from benchmarks import machine
from benchmarks.synthetic import NOW, identifier, publish_site
from recommender.database import open_database
from recommender.editors import Editors, Role
from recommender.overrides.force import NOTHING, InForce
from recommender.picks import Query
from recommender.schema import decisions
from recommender.serving import related_answer
from recommender.settings import Settings, load_settings
from service import create_app
from service.live import State

BASE = "https://desk.example"
PASSWORD = "correct horse battery"


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
    settings = load_settings(home, environ={}, log_requests=False)
    publish_site(home, articles)
    _decide(settings, articles, overrides)
    app = create_app(settings)
    state = app.extensions["live"].state
    return {
        "articles": articles,
        "overrides": state.force.version,
        "chosen_ratio": _answers(state, Query(limit=5), articles, rounds),
        "plain_ratio": _answers(state, Query(), articles, rounds),
        "endpoint_ratio": _endpoint(app, articles, rounds),
        **_pages(app, articles, rounds),
    }


def _decide(settings: Settings, articles: int, overrides: int) -> None:
    """Half pins, a quarter blocks under articles, an eighth blocks everywhere and boosts each."""
    random = np.random.default_rng(2)
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
    Editors(settings.catalogue_url, engine).add("ann", Role.ADMIN, PASSWORD, time.time())
    engine.dispose()


def _answers(state: State, query: Query, articles: int, rounds: int) -> dict[str, float]:
    """Compare making an answer with and without overrides.

    Six cards are chosen at index time, any other number at the request. What editors moved is
    chosen at the request in either case.
    """
    asked = _asked(articles)

    def cost(force: InForce) -> float:
        started = time.process_time()
        for article in asked:
            related_answer(state.snapshot, article, query, NOW.timestamp() + 1, force)
        return (time.process_time() - started) / len(asked) * 1e6

    return _compared(cost, state.force, rounds)


def _endpoint(app: Any, articles: int, rounds: int) -> dict[str, float]:
    """Compare whole requests of which none finds a kept answer, as the server makes them."""
    live = app.extensions["live"]
    whole = live.state
    paths = [f"/v1/articles/{article}/related" for article in _asked(articles)]
    environs = [EnvironBuilder(path).get_environ() for path in paths]

    def cost(force: InForce) -> float:
        live.state = State(whole.snapshot, force)
        copies = [dict(environ) for environ in environs]
        started = time.process_time()
        for environ in copies:
            app.wsgi_app(environ, _start)
        return (time.process_time() - started) / len(copies) * 1e6

    try:
        return _compared(cost, whole.force, rounds)
    finally:
        live.state = whole


def _start(status: str, _: object) -> Any:
    assert status.startswith("200"), status


def _asked(articles: int) -> list[str]:
    return [identifier(int(n)) for n in np.random.default_rng(3).integers(0, articles, 400)]


def _compared(cost: Callable[[InForce], float], force: InForce, rounds: int) -> dict[str, float]:
    """Take turns: microseconds without and with all overrides, and their ratio, medians."""
    cost(NOTHING)
    cost(force)
    pairs = np.array([(cost(NOTHING), cost(force)) for _ in range(rounds)])
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

    return {
        "article_page_ms": _wall(article, rounds * 10),
        "search_ms": _wall(search, rounds * 10),
    }


def _wall(act: Callable[[int], None], count: int) -> dict[str, float]:
    """Time each turn but the first, which loads what the others use."""
    started = time.perf_counter()
    act(0)
    first = time.perf_counter() - started
    times = []
    for turn in range(1, count):
        started = time.perf_counter()
        act(turn)
        times.append((time.perf_counter() - started) * 1e3)
    p50, p95 = np.percentile(times, [50, 95])
    return {"first": round(first * 1e3), "p50": round(float(p50), 1), "p95": round(float(p95), 1)}


if __name__ == "__main__":
    main()
