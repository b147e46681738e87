"""Readers: each turns one form of source into articles and complaints.

A reader is a function ``read(source, zone) -> Iterator[Article | Complaint]``. It raises
:class:`~recommender.errors.SourceError` only where nothing more of the source can be read.
"""
