"""What the steps of a run take, measured around work of a known size."""

import subprocess
import sys
import time

import numpy as np

from recommender.indexing.step_meter import READING, StepMeter

TICK = 0.01
"""Processor times are whole ticks, in seconds: a step can lose one at each end."""

CHILD = "import time\nwhile time.process_time() < 0.3: pass"


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_each_step_has_its_own_time_and_memory() -> None:
    reported: list[tuple[str, int, int | None]] = []
    with StepMeter(lambda *progress: reported.append(progress)) as meter:
        assert meter.steps() == []
        meter("reading a.jsonl", 0, None)
        meter("reading b.jsonl", 2, None)
        meter("embedding", 0, 1)
        held = np.ones(16 * 2**20)  # 128 MB
        burn(0.2)
        meter("embedding", 1, 1)
        present = meter.steps()
        del held
        meter("scoring", 0, 1)
        subprocess.run([sys.executable, "-c", CHILD], check=True)
        steps = meter.steps()
    assert reported[:2] == [("reading a.jsonl", 0, None), ("reading b.jsonl", 2, None)]
    assert [usage.step for usage in present] == [READING, "embedding"]
    reading, embedding, scoring = steps
    assert present[1].cpu_seconds <= embedding.cpu_seconds
    assert embedding.peak_mb > reading.peak_mb + 100
    assert embedding.peak_mb > scoring.peak_mb + 100
    assert embedding.cpu_seconds >= 0.2 - 2 * TICK
    assert embedding.seconds >= 0.2 - 2 * TICK
    assert scoring.cpu_seconds >= 0.3 - 2 * TICK
    assert reading.cpu_seconds < embedding.cpu_seconds


def test_a_step_that_comes_again_adds_up() -> None:
    with StepMeter(lambda *_: None) as meter:
        for step in ("embedding", "training", "embedding"):
            meter(step, 0, 1)
            burn(0.1)
        steps = meter.steps()
    assert [usage.step for usage in steps] == ["embedding", "training"]
    assert steps[0].cpu_seconds >= 2 * (0.1 - 2 * TICK)
