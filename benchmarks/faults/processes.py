"""Faults of processes: killed, without memory, stopped."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from benchmarks.faults.drill import drill
from benchmarks.faults.site import Site
from benchmarks.sites.synthetic import identifier


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


@drill("service stopped under load (SIGTERM), then started", unserved=("refused",), saves=0)
def stopped(site: Site) -> Iterator[None]:
    site.stop(under_load=True)
    yield
    site.start()


DRILLS = (
    worker_killed,
    workers_killed,
    worker_out_of_memory,
    memory_limited,
    stopped,
)
