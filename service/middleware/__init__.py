"""WSGI middleware: fast path, access log, CORS, draining and a limit on slow requests."""
