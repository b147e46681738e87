"""All benchmarks of speed, one after the other: ``make benchmarks``, half an hour."""

from benchmarks import latency, plot, readers, systems

for script in (latency, systems, plot, readers):
    script.main(args=[], standalone_mode=False)
