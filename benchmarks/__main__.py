"""Runs the benchmarks of speed that need no data: ``make benchmarks``, half an hour."""

from benchmarks import latency, readers, systems

for script in (latency, systems, readers):
    script.main(args=[], standalone_mode=False)
