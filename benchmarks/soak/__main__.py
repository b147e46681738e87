"""Runs the service under load while everything changes, and compares every answer.

    python -m benchmarks.soak --articles 100000 --overrides 50000 --minutes 30 --answers 1000000

Readers ask for popular articles (Zipf), unknown ids, the latest and nonsense, at 70 % of the
highest rate that readers and service hold together. Meanwhile snapshots with new articles are
published and rolled back, overrides change, and a worker is killed. See `checked_answers` for what
is right.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click
import psutil

from benchmarks import machine
from benchmarks.load.servers import Server, memory_bytes, running
from benchmarks.soak.checked_answers import Reference
from benchmarks.soak.figures import summary
from benchmarks.soak.newsroom import EVENTS, Newsroom, prepare
from benchmarks.soak.readers import Reader, Tally, Traffic
from recommender.home import DataDir
from recommender.snapshots.store import current_id

CONNECTIONS = 4

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


def started_readers(
    server: Server, articles: int, reference: Reference, tally: Tally, pause: float
) -> list[Reader]:
    """Start readers that pause for so many seconds between two requests."""
    made = [
        Reader(server.port, Traffic(articles, seed), reference, tally, pause)
        for seed in range(CONNECTIONS)
    ]
    for one in made:
        one.start()
    return made


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
            readers = partial(started_readers, server, plan.articles, reference, tally)
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
