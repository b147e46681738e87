"""Explain a source that is neither an address, a database, nor a file or folder that exists."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.dialects import registry
from sqlalchemy.exc import NoSuchModuleError

from recommender.urls import shown_url

_SCHEME = re.compile(r"([a-z][a-z0-9]*)://", re.IGNORECASE)
_HOST = re.compile(r"(?:(?:[a-z0-9-]+\.)+(?P<last>[a-z]{2,24})|localhost)(?::\d+)?", re.IGNORECASE)
_FILES = """
jsonl ndjson csv tsv parquet json xml rss atom wxr html htm txt gz zip md db sqlite sql xls xlsx
doc docx pdf yaml yml
"""
FILE_SUFFIXES = frozenset(_FILES.split())
"""Ends of file names, which are no ends of host names."""


def scheme_problem(source: str) -> str:
    """Return what is wrong with the scheme of an address, such as ``feed://``; "" for nothing.

    A query after ``#`` is that of a database, whose error names the drivers.
    """
    scheme = _SCHEME.match(source)
    if scheme is None or "#" in source or scheme[1].lower() in ("http", "https"):
        return ""
    if _is_dialect(scheme[1]):
        return ""
    rest = source[scheme.end() :]
    if scheme[1].lower() == "file":
        return f"expected a path, got {scheme[0]}; leave it out: {rest}"
    meant = shown_url(f"https://{rest}")
    return f"expected http:// or https://, got {scheme[0]}; did you mean {meant}?"


def _is_dialect(name: str) -> bool:
    """Return whether SQLAlchemy has a kind of database; ``postgres`` is a former name of one."""
    try:
        registry.load(name)
    except NoSuchModuleError:
        return name == "postgres"
    except ImportError:  # installed without a package that it needs
        return True
    return True


def missing_problem(source: str, *, is_format_known: bool) -> str:
    """Return what is wrong with a path where nothing is; "" if its reader reports that itself."""
    if not _is_missing(Path(source)):
        return ""
    first, slash, _ = source.partition("/")
    host = _HOST.fullmatch(first)
    if host and (slash or (host["last"] or "").lower() not in FILE_SUFFIXES):
        scheme = "https" if host["last"] else "http"
        return f"No such file or folder; did you mean {shown_url(f'{scheme}://{source}')}?"
    if is_format_known:
        return ""
    return f"No such {'folder' if source.endswith('/') else 'file or folder'}; check the path"


def _is_missing(path: Path) -> bool:
    """Return whether nothing has a path; False where that is unknown: no permission to look."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False
