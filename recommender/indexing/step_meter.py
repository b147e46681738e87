"""Measures what each step of an index run takes: time, processor time and memory."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple, Self

import psutil

from recommender.embeddings.embed import Report
from recommender.snapshots.manifest import StepUsage

INTERVAL = 0.5
"""Seconds between two looks at the memory. A look costs 1.5 ms of processor time."""

READING = "reading sources"
"""Name of all steps that read a source, whatever the source."""


class StepMeter:
    """Forwards the progress of a run, and measures its steps meanwhile.

    Call it as a :data:`Report`, inside a ``with`` block. A step lasts from the first progress with
    its name to the first one with another name. Worker processes are included.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._process = psutil.Process()
        self._finished: dict[str, StepUsage] = {}
        self._step, self._begin = "", _Look(0.0, 0.0)
        self._peak = 0
        # So that a look that began in one step does not raise the peak of the next one.
        self._looking = threading.Lock()
        self._end = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="step meter", daemon=True)

    def __enter__(self) -> Self:
        """Start to look at the memory."""
        self._sampler.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop it."""
        self._end.set()
        self._sampler.join()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Forward the progress of a step; a new name ends the step before."""
        name = READING if step.startswith("reading ") else step
        if name != self._step:
            self._finished = {usage.step: usage for usage in self.steps()}
            self._step, self._begin, self._peak = name, self._look(), 0
        self._report(step, done, total)

    def steps(self) -> list[StepUsage]:
        """Return the steps so far in their order; of the present one what it took until now."""
        if not self._step:
            return []
        end = self._look()
        before = self._finished.get(self._step, StepUsage(step=self._step))
        present = StepUsage(
            step=self._step,
            seconds=round(before.seconds + end.seconds - self._begin.seconds, 3),
            cpu_seconds=round(before.cpu_seconds + end.cpu_seconds - self._begin.cpu_seconds, 3),
            peak_mb=max(before.peak_mb, round(self._peak / 2**20, 1)),
        )
        return list((self._finished | {self._step: present}).values())

    def _sample(self) -> None:
        while not self._end.wait(INTERVAL):
            self._look()

    def _look(self) -> _Look:
        """Read the clocks of all processes, and raise the peak of the memory if it is higher."""
        with self._looking:
            cpu, memory = self._usage()
            self._peak = max(self._peak, memory)
        return _Look(time.perf_counter(), cpu)

    def _usage(self) -> tuple[float, int]:
        """Return the processor time in seconds and the memory in bytes, of all processes.

        Mapped files are left out: the system can drop them from memory.
        """
        own, memory = self._process.cpu_times(), _unmapped(self._process)
        cpu = own.user + own.system + own.children_user + own.children_system
        for child in self._process.children(recursive=True):
            try:
                times, held = child.cpu_times(), _unmapped(child)
            except psutil.Error:  # it has just ended
                continue
            cpu += times.user + times.system
            memory += held
        return cpu, memory


def _unmapped(process: psutil.Process) -> int:
    """Return the bytes of memory that no file backs; on other systems than Linux, of all memory."""
    memory = process.memory_info()
    return int(memory.rss - getattr(memory, "shared", 0))


class _Look(NamedTuple):
    """The clocks at one time, in seconds."""

    seconds: float
    cpu_seconds: float
