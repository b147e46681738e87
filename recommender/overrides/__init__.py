"""What editors decided: an append-only log, and what of it is in force.

``decision`` is the noun, ``log`` keeps it in the database, ``checks`` says what may be added,
``force`` is what a request works with, ``resolving`` makes that from the log and a snapshot.
"""
