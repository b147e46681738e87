"""WSGI middleware: fast path, access log, CORS and a limit on slow requests."""
