"""Faults of the disk and of the snapshots on it."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
from collections.abc import Iterator

from benchmarks.faults.drill import drill
from benchmarks.faults.site import ARTICLES, Site
from benchmarks.sites.synthetic import publish_site
from recommender.home import DataDir
from recommender.snapshots.store import current_id

READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


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


DRILLS = (
    disk_full,
    read_only,
    snapshot_damaged,
    current_missing,
    publish_killed,
    no_snapshot,
)
