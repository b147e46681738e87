"""Overrides: what editors pin, block, boost, hold or withdraw.

``override`` defines one entry and ``log`` stores entries in the database. ``validation`` checks
new entries, and ``active_log`` finds those that are not undone. ``resolve`` turns overrides into
the rows of a snapshot that a request uses, which ``active`` defines. ``watcher`` polls the log for
new entries. ``fallback`` keeps the last known overrides for a start without the database.
"""
