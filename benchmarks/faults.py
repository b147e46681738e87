"""The drill: break one thing after the other under a running service, and print what each sees.

    python -m benchmarks.faults

Readers ask all the time. For each fault the table has what they get, what a save is told, what the
engineer sees, and in how many seconds all is well again without a hand. Three faults need root. An
acknowledged override that is lost, a wrong list, or a recovery of more than 5 seconds is a failure.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote

import click
from alembic import command
from alembic.config import Config

from benchmarks import machine
from benchmarks.fault_site import ARTICLES, Readers, Site, copy_of, prepare
from benchmarks.synthetic import identifier, publish_site
from recommender import migrations
from recommender.catalogue.database import connect
from recommender.home import DataDir
from recommender.snapshots.store import current_id

PROMISED_SECONDS = 5.0
"""Time from the end of a fault until all is well."""

DAY = 86_400
SECRET_CLOCK = """
import os, time
_real = time.time
def _shifted():
    with open(os.environ["CLOCK_SHIFT"]) as file:
        return _real() + float(file.read() or 0)
time.time = _shifted
"""
"""A module ``sitecustomize``: the clock of the service can be set while it runs."""

READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'

OLDER_REVISION = "0008"
"""Of the database, three migrations ago."""

Fault = Callable[[Site], AbstractContextManager[None]]


class Drill(NamedTuple):
    """A fault, and what it may do."""

    fault: Fault
    saves: int = 201
    """Expected status of a save meanwhile; 0 where it may be any."""
    unserved: tuple[str, ...] = ()
    """What requests may get meanwhile, besides the right cards."""
    needs_root: bool = False


DRILLS: dict[str, Drill] = {}


def drill(name: str, **expected: Any) -> Callable[[Callable[[Site], Iterator[None]]], Fault]:
    """Register a function that causes a fault up to its ``yield``, and ends it afterwards."""

    def register(function: Callable[[Site], Iterator[None]]) -> Fault:
        DRILLS[name] = Drill(contextmanager(function), **expected)
        return DRILLS[name].fault

    return register


@drill("one worker killed", unserved=("lost",), saves=0)
def worker_killed(site: Site) -> Iterator[None]:
    os.kill(site.workers()[0], signal.SIGKILL)
    yield


@drill("all workers killed", unserved=("lost", "refused"), saves=0)
def workers_killed(site: Site) -> Iterator[None]:
    for worker in site.workers():
        os.kill(worker, signal.SIGKILL)
    yield


@drill("worker killed by the kernel, out of memory", unserved=("lost",), saves=0, needs_root=True)
def worker_out_of_memory(site: Site) -> Iterator[None]:
    group = Path("/sys/fs/cgroup/memory/related-posts-drill")
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text("200K")  # of what it takes from now on
    victim = site.workers()[0]
    (group / "cgroup.procs").write_text(str(victim))

    def is_killed() -> bool:
        ask_much(site)
        return victim not in site.workers()

    site.wait_until(is_killed, 30)
    yield
    group.rmdir()


def ask_much(site: Site) -> None:
    """Ask for what needs memory: 20 cards of 20 articles."""
    ids = "&".join(f"id={quote(identifier(number), safe='')}" for number in range(20))
    site.ask(f"/v1/related?{ids}&limit=20")


@drill("no more memory for a worker (RLIMIT_AS)", unserved=("lost", "500"), saves=0)
def memory_limited(site: Site) -> Iterator[None]:
    victim = site.workers()[0]
    pages = int(Path(f"/proc/{victim}/statm").read_text(encoding="ascii").split()[0])
    resource.prlimit(victim, resource.RLIMIT_AS, (pages * 4096, resource.RLIM_INFINITY))
    for _ in range(20):
        ask_much(site)
    yield
    if victim in site.workers():
        free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(victim, resource.RLIMIT_AS, free)


def shift(site: Site, seconds: float) -> Path:
    """Restart with a clock that can be set; returns its file."""
    folder = site.home.with_suffix(".clock")
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(SECRET_CLOCK, encoding="utf-8")
    file = folder / "shift"
    file.write_text("0", encoding="ascii")
    path = f"{folder}:{os.environ.get('PYTHONPATH', '')}"
    site.restart(PYTHONPATH=path, CLOCK_SHIFT=str(file))
    time.sleep(1)
    file.write_text(str(seconds), encoding="ascii")
    return file


@drill("clock a day forward, then right again")
def clock_forward(site: Site) -> Iterator[None]:
    file = shift(site, DAY)
    yield
    file.write_text("0", encoding="ascii")


@drill("clock a day back, then right again")
def clock_back(site: Site) -> Iterator[None]:
    file = shift(site, -DAY)
    yield
    file.write_text("0", encoding="ascii")


def database(site: Site) -> Path:
    return site.home / "catalogue.sqlite3"


@drill("database file moved away", saves=503)
def database_moved(site: Site) -> Iterator[None]:
    aside = site.home / "aside"
    database(site).rename(aside)
    yield
    aside.rename(database(site))


@drill("restart without the database", saves=503)
def restart_without_database(site: Site) -> Iterator[None]:
    aside = site.home / "aside"
    site.stop()
    database(site).rename(aside)
    site.start(wait=False)
    yield
    aside.rename(database(site))


@drill("database locked by another program", saves=503)
def database_locked(site: Site) -> Iterator[None]:
    with closing(sqlite3.connect(database(site))) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


@drill("database replaced by an older copy", saves=503)
def database_older(site: Site) -> Iterator[None]:
    whole, older = site.home / "whole", site.home / "older"
    with closing(sqlite3.connect(database(site))) as source:
        for target in (whole, older):
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
    with closing(sqlite3.connect(older)) as copy:
        copy.execute("DELETE FROM decisions WHERE id > 1")
        copy.commit()
    older.replace(database(site))
    yield
    whole.replace(database(site))


@drill("database of an older version, migrated meanwhile", saves=0)
def database_migrated(site: Site) -> Iterator[None]:
    site.stop()
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = connect(f"sqlite:///{database(site)}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, OLDER_REVISION)
    engine.dispose()
    site.start()
    site.save()
    newer = [sys.executable, "-m", "recommender", "editors", "list", "--home", str(site.home)]
    subprocess.run(newer, check=True, capture_output=True)
    yield


@drill("database of a newer version", saves=0)
def database_newer(site: Site) -> Iterator[None]:
    with closing(sqlite3.connect(database(site))) as newer:
        newer.execute("ALTER TABLE articles ADD COLUMN later TEXT")
        newer.execute("UPDATE alembic_version SET version_num = '9000'")
        newer.commit()
    yield


@drill("disk full, with a restart", saves=503, needs_root=True)
def disk_full(site: Site) -> Iterator[None]:
    size = sum(file.stat().st_size for file in site.home.rglob("*") if file.is_file())
    site.stop()
    kept = site.home.with_suffix(".kept")
    site.home.rename(kept)
    site.home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size + 2_000_000}", "tmpfs", str(site.home)]
    subprocess.run(mount, check=True)
    shutil.copytree(kept, site.home, dirs_exist_ok=True)
    site.start()
    filler = site.home / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass
    except OSError:
        pass
    site.restart(wait=False)
    yield
    filler.unlink()


@drill("data directory read-only", saves=503, needs_root=True)
def read_only(site: Site) -> Iterator[None]:
    site.restart("unshare", "-m", "sh", "-c", READ_ONLY, str(site.home), wait=False)
    yield
    site.restart()


@drill("new snapshot damaged, with a restart")
def snapshot_damaged(site: Site) -> Iterator[None]:
    cards = DataDir(site.home).snapshots / current_id(DataDir(site.home)) / "cards.bin"
    whole = cards.read_bytes()
    aside = cards.with_suffix(".damaged")
    aside.write_bytes(bytes(len(whole)))  # a mapped file is replaced, never written
    aside.replace(cards)
    site.restart()
    yield
    publish_site(site.home, ARTICLES)


@drill("file that names the snapshot removed, with a restart")
def current_missing(site: Site) -> Iterator[None]:
    DataDir(site.home).current.unlink()
    site.restart()
    yield
    publish_site(site.home, ARTICLES)


@drill("index run killed while it publishes")
def publish_killed(site: Site) -> Iterator[None]:
    spawn = multiprocessing.get_context("spawn")
    run = spawn.Process(target=publish_site, args=(site.home, 20 * ARTICLES))
    run.start()
    folder = DataDir(site.home).snapshots
    before = set(folder.iterdir())
    site.wait_until(lambda: set(folder.iterdir()) - before or run.exitcode is not None, 60)
    run.kill()
    run.join()
    yield


@drill("start without any snapshot", unserved=("503",))
def no_snapshot(site: Site) -> Iterator[None]:
    site.stop()
    data = DataDir(site.home)
    shutil.rmtree(data.snapshots)
    data.current.unlink()
    site.start(wait=False)
    yield
    publish_site(site.home, ARTICLES)


@drill("service stopped under load (SIGTERM), then started", unserved=("refused",), saves=0)
def stopped(site: Site) -> Iterator[None]:
    site.stop(under_load=True)
    yield
    site.start()


def run(name: str, prepared: Path, token: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Make one drill on a copy of a site; returns its row of the table."""
    one = DRILLS[name]
    site = Site(copy_of(prepared, folder / name.replace(" ", "-")), token)
    site.start()
    readers = Readers(site)
    readers.start()
    time.sleep(seconds / 3)
    start = site.log.stat().st_size
    try:
        with one.fault(site):
            status, told = site.save()
            time.sleep(seconds)
            ready, state = site.ask("/readyz")
        recovery = site.wait_until(site.is_healthy)
        time.sleep(seconds / 3)
        readers.finish()
        found = {
            "readers": dict(readers.seen),
            "save": {"status": status, "told": told},
            "readyz": {"status": ready, "state": _state(state)},
            "log": site.warnings(start)[:5],
            "recovery_seconds": round(recovery, 2),
            "lost_overrides": site.lost(),
        }
    finally:
        site.stop(signal.SIGINT)
        if site.home.is_mount():
            subprocess.run(["umount", str(site.home)], check=True)
    return found | {"failures": failures(one, found)}


def _state(answer: Any) -> str:
    if not isinstance(answer, dict):
        return ""
    return str(answer.get("detail") or answer.get("overrides", {}).get("database", ""))


def failures(one: Drill, found: dict[str, Any]) -> list[str]:
    """List what must not happen."""
    readers = found["readers"]
    fine = {"right", *one.unserved}
    bad = {kind: number for kind, number in readers.items() if kind not in fine}
    wrong = [f"readers: {bad}"] if bad else []
    if one.saves not in {0, found["save"]["status"]}:
        wrong.append(f"save: {found['save']['status']}, expected {one.saves}")
    if found["recovery_seconds"] > PROMISED_SECONDS:
        wrong.append(f"recovery: {found['recovery_seconds']} s")
    if found["lost_overrides"]:
        wrong.append(f"lost overrides: {found['lost_overrides']}")
    if any("Traceback" in line for line in found["log"]):
        wrong.append("traceback in the log")
    return wrong


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Format the rows as a table of Markdown."""
    lines = ["| fault | readers | a save | /readyz | back after | |", "|---|---|---|---|---|---|"]
    for name, row in rows.items():
        readers = ", ".join(f"{number} {kind}" for kind, number in row["readers"].items())
        save = f"{row['save']['status'] or 'no answer'} {row['save']['told'][:60]}".strip()
        ready = f"{row['readyz']['status'] or 'no answer'} {row['readyz']['state'][:60]}".strip()
        verdict = "; ".join(row["failures"]) or "held"
        seconds = f"{row['recovery_seconds']} s"
        lines.append(f"| {name} | {readers} | {save} | {ready} | {seconds} | {verdict} |")
    return "\n".join(lines)


@click.command
@click.option("--only", multiple=True, help="Name of a drill; can be repeated.")
@click.option("--seconds", default=3.0, show_default=True, help="Length of each fault.")
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(only: tuple[str, ...], seconds: float, results: Path) -> None:
    """Break one thing after the other, and compare with what must hold."""
    rows = {}
    with TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared"
        token = prepare(prepared)
        for name in only or DRILLS:
            if DRILLS[name].needs_root and os.geteuid() != 0:
                click.echo(f"left out, needs root: {name}", err=True)
                continue
            rows[name] = run(name, prepared, token, Path(folder), seconds)
            click.echo(f"{name}: {'; '.join(rows[name]['failures']) or 'held'}", err=True)
    click.echo(table(rows))
    found = {"drills": rows, "load_average": os.getloadavg()[0]}
    machine.write("faults", found | {"machine": machine.describe("granian")}, results)
    if any(row["failures"] for row in rows.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
