"""One drill: break something under a running service, watch, and compare with what must hold."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.faults.site import Readers, Site, copy_of

PROMISED_SECONDS = 5.0
"""Time from the end of a fault until all is well."""

Fault = Callable[[Site], AbstractContextManager[None]]


class Drill(NamedTuple):
    """A fault, and what it may do."""

    name: str
    fault: Fault
    saves: int = 201
    """Expected status of a save meanwhile; 0 where it may be any."""
    unserved: tuple[str, ...] = ()
    """What requests may get meanwhile, besides the right cards."""
    needs_root: bool = False


def drill(name: str, **expected: Any) -> Callable[[Callable[[Site], Iterator[None]]], Drill]:
    """Make a drill of a function that causes a fault up to its ``yield``, and ends it then."""

    def named(function: Callable[[Site], Iterator[None]]) -> Drill:
        return Drill(name, contextmanager(function), **expected)

    return named


def run(one: Drill, prepared: Path, token: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Carry out one drill on a copy of a site; returns its row of the table."""
    site = Site(copy_of(prepared, folder / one.name.replace(" ", "-")), token)
    site.start()
    try:
        found = _observed(one, site, seconds)
    finally:
        site.stop(signal.SIGINT)
        if site.home.is_mount():
            subprocess.run(["umount", str(site.home)], check=True)
    return found | {"failures": failures(one, found)}


def _observed(one: Drill, site: Site, seconds: float) -> dict[str, Any]:
    """Return what readers, programs and engineers see of a fault, and how long it lasts."""
    readers = Readers(site)
    readers.start()
    time.sleep(seconds / 3)
    start = site.log.stat().st_size
    with one.fault(site):
        status, told = site.save()
        time.sleep(seconds)
        ready, state = site.ask("/readyz")
    recovery = site.wait_until(site.is_healthy)
    time.sleep(seconds / 3)
    readers.finish()
    return {
        "readers": dict(readers.seen),
        "save": {"status": status, "told": told},
        "readyz": {"status": ready, "state": _state(state)},
        "log": site.warnings(start)[:5],
        "recovery_seconds": round(recovery, 2),
        "lost_overrides": site.lost(),
    }


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
