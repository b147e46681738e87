"""Runs the service under load while everything changes, and compares every answer.

    python -m benchmarks.soak --articles 100000 --overrides 50000 --minutes 30 --answers 1000000

Readers ask for popular articles (Zipf), unknown ids, the latest and nonsense, at 70 % of the
highest rate that readers and service hold together. Meanwhile snapshots with new articles are
published and rolled back, overrides change, and a worker is killed. See `checked_answers` for what
is right.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click
import numpy as np
import psutil

from benchmarks import machine
from benchmarks.checked_answers import Reference
from benchmarks.servers import Server, memory_bytes, running
from benchmarks.soak_readers import Reader, Tally, Traffic
from benchmarks.synthetic import NOW, identifier, publish_site, synthetic_articles
from recommender.catalogue.store import Catalogue
from recommender.errors import OverrideError
from recommender.home import DataDir
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import load_settings
from recommender.snapshots.store import current_id, prune, snapshot_ids, use

EVENTS = ("override", "override", "publish", "override", "undo", "roll back")
ARRIVING = 20
"""New articles of each snapshot."""

CONNECTIONS = 4

MAX_SNAPSHOTS = 6
MAX_PROBE_SECONDS = 20.0


class Plan(NamedTuple):
    """The options of the command."""

    articles: int
    overrides: int
    minutes: float
    answers: int
    share: float
    workers: int
    event_seconds: float
    kill_seconds: float


class Newsroom:
    """Changes everything that a newsroom changes."""

    def __init__(self, home: Path, url: str, size: int, reference: Reference) -> None:
        self._home, self._size, self._reference = home, size, reference
        self._log = Log(url)
        self._random = random.Random(3)
        self._steps = itertools.count(1)
        # Publishing is another process's work, so that it does not hold up the readers here.
        self._indexer = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))

    def close(self) -> None:
        """Close the database, and end the process that publishes."""
        self._indexer.shutdown()
        self._log.close()

    def act(self, event: str) -> None:
        """Do one of EVENTS; what contradicts an earlier override is refused."""
        with suppress(OverrideError):
            self._actions()[event]()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "override": lambda: self._override(self._drawn()),
            "undo": self._undo,
            "publish": self._publish,
            "roll back": self._roll_back,
        }

    def _drawn(self) -> Override:
        some = [identifier(number) for number in self._random.sample(range(self._size), 2)]
        return self._random.choice(
            [
                Override(kind=Kind.PIN, article=some[0], pick=some[1], place=1, author="ann"),
                Override(kind=Kind.BLOCK, pick=some[1], author="ann"),
                Override(kind=Kind.BOOST, pick=some[1], factor=3.0, author="ann"),
                Override(kind=Kind.HOLD, article=some[0], author="ann"),
                Override(kind=Kind.WITHDRAW, article=some[0], author="ann"),
            ]
        )

    def _override(self, override: Override) -> None:
        self._reference.record_overrides(lambda: self._log.add([override], time.time()))

    def _undo(self) -> None:
        active = [one for one in self._log.active() if one.kind != Kind.WITHDRAW]
        if active:
            last = self._random.choice(active[-20:])
            self._override(Override(kind=Kind.UNDO, undoes=last.id, author="ann"))

    def _publish(self) -> None:
        step = next(self._steps)
        size = self._size + ARRIVING * step
        published = self._indexer.submit(publish_site, self._home, size, step)
        self._reference.record_snapshot(published.result)
        prune(DataDir(self._home), MAX_SNAPSHOTS)

    def _roll_back(self) -> None:
        data = DataDir(self._home)
        other = [one for one in snapshot_ids(data) if one != current_id(data)]

        def activate() -> str:
            use(data, chosen)
            return chosen

        if other:
            chosen = self._random.choice(other)
            self._reference.record_snapshot(activate)


def prepare(home: Path, articles: int, overrides: int) -> str:
    """Publish a site and save overrides; returns the URL of the database."""
    url = load_settings(home, environ={}).catalogue_url
    catalogue = Catalogue(url)
    catalogue.add(synthetic_articles(articles), "synthetic", NOW)
    log = Log(url, catalogue.engine)
    picks = np.random.default_rng(2).permutation(articles).tolist()
    made = [
        Override(kind=Kind.BOOST, pick=identifier(number), factor=1.5, author="ann")
        for number in itertools.islice(picks, overrides)
    ]
    for start in range(0, len(made), 500):
        log.add(made[start : start + 500], NOW.timestamp())
    catalogue.close()
    publish_site(home, articles)
    return url


def workers_of(server: Server) -> list[psutil.Process]:
    """Return the workers, the oldest first."""
    return sorted(server.process.children(), key=lambda one: one.create_time())


def kill_worker(server: Server, tally: Tally) -> None:
    """Kill the youngest worker, unless there is one only.

    A replacement that is killed within 5.5 seconds ends the service: the server's rule.
    """
    workers = workers_of(server)
    if len(workers) > 1:
        tally.kills.append(time.time())
        workers[-1].kill()


def highest_rate(readers: Callable[[float], list[Reader]], seconds: float) -> float:
    """Measure how many requests a second the readers and the service hold together."""
    started = time.time()
    made = readers(0.0)
    time.sleep(seconds)
    finish(made)
    return sum(one.answered for one in made) / (time.time() - started)


def finish(readers: list[Reader]) -> None:
    """Stop readers and wait for them."""
    for one in readers:
        one.stop.set()
    for one in readers:
        one.join(60)


def run_events(server: Server, newsroom: Newsroom, tally: Tally, plan: Plan) -> None:
    """Change things until the time is over and so many answers were checked."""
    started, answers = time.time(), tally.verdicts
    next_kill = started + plan.kill_seconds
    for event in itertools.cycle(EVENTS):
        if time.time() - started >= plan.minutes * 60 and answers.total() >= plan.answers:
            return
        newsroom.act(event)
        tally.events[event] += 1
        if time.time() >= next_kill:
            kill_worker(server, tally)
            next_kill = time.time() + plan.kill_seconds
            click.echo(f"{answers.total()} answers: {dict(answers)}", err=True)
        workers = workers_of(server)
        if not workers:
            raise click.ClickException("the service has ended: were workers killed too often?")
        # Without mapped files: those belong to the cache of the system.
        memory = memory_bytes(workers[0].pid, "Anonymous") / 1e6
        tally.memory.append((time.time() - started, memory))
        tally.loads.append(os.getloadavg()[0])
        time.sleep(plan.event_seconds)


def summary(tally: Tally, seconds: float) -> dict[str, Any]:
    """Turn what was seen into figures."""
    values = np.percentile(np.array(tally.latencies) * 1e3, (50, 95, 99, 99.9))
    times, memory = np.array(tally.memory).T
    settled = times >= times.max() / 3  # caches fill up at first
    slope = np.polyfit(times[settled], memory[settled], 1)[0] * 3600 if settled.sum() > 2 else None
    return {
        "seconds": round(seconds),
        "requests": sum(tally.statuses.values()),
        "requests_per_second": round(sum(tally.statuses.values()) / seconds, 1),
        "statuses": dict(sorted(tally.statuses.items())),
        "verdicts": dict(tally.verdicts),
        "examples": tally.examples,
        "server_errors": sum(n for s, n in tally.statuses.items() if s.split()[-1][0] == "5"),
        "latency_ms": dict(
            zip(("p50", "p95", "p99", "p99.9"), values.round(2).tolist(), strict=True)
        ),
        "kills": len(tally.kills),
        "load_average": dict(zip(("least", "mean", "most"), _spread(tally.loads), strict=False)),
        "events": dict(tally.events),
        "memory_mb": [
            round(float(part.mean()), 1) for part in np.array_split(memory, 10) if len(part)
        ],
        "memory_slope_mb_per_hour": None if slope is None else round(float(slope), 2),
    }


def _spread(values: list[float]) -> list[float]:
    """Return the least value, the mean and the greatest one."""
    found = (min(values), sum(values) / len(values), max(values)) if values else ()
    return [round(value, 1) for value in found]


@click.command
@click.option("--articles", default=100_000, show_default=True)
@click.option("--overrides", default=50_000, show_default=True)
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--answers", default=0, help="Go on until so many answers were checked.")
@click.option("--share", default=0.7, show_default=True, help="Share of the highest rate.")
@click.option("--workers", default=2, show_default=True)
@click.option("--event-seconds", default=5.0, show_default=True)
@click.option("--kill-seconds", default=60.0, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
@click.option("--name", default="soak", show_default=True, help="Name of the file of results.")
def main(results: Path, name: str, **options: Any) -> None:
    """Soak the service, and compare every answer with the library's own."""
    click.echo(machine.write(name, soak(Plan(**options)), results))


def soak(plan: Plan) -> dict[str, Any]:
    """Carry a plan out; returns its figures."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        url = prepare(home, plan.articles, plan.overrides)
        reference = Reference(home, url)
        reference.record_snapshot(lambda: current_id(DataDir(home)))
        tally = Tally()
        command = ["-c", "from recommender.cli import main; main()", "serve"]
        with running([*command, "--workers", str(plan.workers), "--port"], home) as server:

            def readers(pause: float) -> list[Reader]:
                made = [
                    Reader(server.port, Traffic(plan.articles, seed), reference, tally, pause)
                    for seed in range(CONNECTIONS)
                ]
                for one in made:
                    one.start()
                return made

            rate = plan.share * highest_rate(readers, min(plan.minutes * 6, MAX_PROBE_SECONDS))
            tally.latencies.clear()
            started = time.time()
            load = readers(CONNECTIONS / rate)
            newsroom = Newsroom(home, url, plan.articles, reference)
            run_events(server, newsroom, tally, plan)
            finish(load)
            newsroom.close()
            found = summary(tally, time.time() - started)
        reference.close()
    found |= {"latest_seconds": round(reference.latest_seconds, 2)}
    found |= {"highest_rate": round(rate / plan.share, 1), "plan": plan._asdict()}
    return found | {"machine": machine.describe("granian")}


if __name__ == "__main__":
    main()
