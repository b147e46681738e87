"""Faults of the clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults.drill import drill
from benchmarks.faults.site import Site

DAY = 86_400
SHIFTED_CLOCK = """
import os, time
_real = time.time
def _shifted():
    with open(os.environ["CLOCK_SHIFT"]) as file:
        return _real() + float(file.read() or 0)
time.time = _shifted
"""
"""A module ``sitecustomize``: the clock of the service can be set while it runs."""


def shift(site: Site, seconds: float) -> Path:
    """Restart with a clock that can be set; returns its file."""
    folder = site.home.with_suffix(".clock")
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(SHIFTED_CLOCK, encoding="utf-8")
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


DRILLS = (
    clock_forward,
    clock_back,
)
