"""Runs the benchmarks of speed that need no data: ``make benchmarks``, half an hour."""

from benchmarks.latency.__main__ import main as latency
from benchmarks.readers import main as readers
from benchmarks.systems.__main__ import main as systems

for script in (latency, systems, readers):
    script(args=[], standalone_mode=False)
