"""All benchmarks of speed, one after the other: ``make benchmarks``, half an hour."""

from benchmarks import latency, plot, readers, systems, wsgi_servers

for script in (latency, systems, plot, wsgi_servers, readers):
    script.main(args=[], standalone_mode=False)
