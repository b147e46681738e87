"""Servers on loopback, the requests for them, and the process that sends these."""
