"""The last known decisions in the home, for who starts while the database is away.

One file of JSON, replaced by a rename and sealed with a sha256. It holds what serving needs:
neither reasons nor names of editors.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from recommender.catalogue.visibility import Visibility
from recommender.errors import DataDirError
from recommender.home import replace_atomically
from recommender.overrides.override import Override, Scope

FORMAT = 2

BEFORE = 1
"""The format of before there were rows of visibility: withdrawals of content systems were decisions
then, and are among them."""

Members = dict[Scope, dict[str, list[str]]]
"""Ids of the articles with a tag or an author, by scope and name, for those decided about."""


class Line(Override, frozen=True, kw_only=True, omit_defaults=True):
    """A decision as it is kept."""


class OverrideFallback(msgspec.Struct, frozen=True, kw_only=True):
    """What stands by a log, as far as it was read."""

    format: int = FORMAT
    log: str
    """Names the database, without user and password."""
    version: int
    newest: Line | None
    """The entry of that number, to tell whether a log is the one that was read."""
    read: float
    """When it was read, in seconds since 1970 UTC."""
    members: Members
    decisions: tuple[Line, ...]
    changed: int = 0
    """The greatest number of a row of visibility."""
    visibility: tuple[Visibility, ...] = ()


class _Sealed(msgspec.Struct):
    sha256: str
    kept: msgspec.Raw


class _Head(msgspec.Struct):
    log: str
    version: int
    changed: int = 0


def name_of(url: str) -> str:
    """Name a log by its database: the same whoever signs in, by whichever driver."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return ""
    place = parsed.set(username=None, password=None, query={})
    return place.set(drivername=parsed.get_backend_name()).render_as_string()


def bare(decision: Override) -> Line:
    """Leave out who decided and why."""
    line = msgspec.convert(decision, Line, from_attributes=True)
    return msgspec.structs.replace(line, reason="", author="")


def unsigned(row: Visibility) -> Visibility:
    """Leave out who wrote a row, and when."""
    return msgspec.structs.replace(row, author="", created=0)


def load(path: Path) -> OverrideFallback | None:
    """Read the file; None where there is none.

    Raises :class:`DataDirError` for one that is broken or of another format.
    """
    sealed = _sealed(path)
    if sealed is None:
        return None
    try:
        if hashlib.sha256(sealed.kept).hexdigest() != sealed.sha256:
            raise DataDirError(f"{path}: its sha256 is another one, so that it has been changed")
        kept = msgspec.json.decode(sealed.kept, type=OverrideFallback)
    except msgspec.DecodeError as error:
        raise DataDirError(f"{path}: {error}; wanted the decisions that a service kept") from error
    if kept.format not in {BEFORE, FORMAT}:
        raise DataDirError(f"{path}: got the format {kept.format}, wanted {FORMAT}")
    return kept


def save(path: Path, kept: OverrideFallback) -> None:
    """Write the file, unless one of this log is there that knows more.

    Several workers and commands may do so at once: who comes while another one writes leaves
    it to a later time. Raises :class:`DataDirError` where the folder cannot be written.
    """
    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=0):
            there = _head(path)
            newer = there and (there.version > kept.version or there.changed > kept.changed)
            if there and newer and there.log == kept.log:
                return
            body = msgspec.json.encode(kept)
            seal = hashlib.sha256(body).hexdigest()
            replace_atomically(path, msgspec.json.encode(_Sealed(seal, msgspec.Raw(body))))
    except Timeout as error:
        raise DataDirError(f"{path}: another process is writing it") from error
    except OSError as error:
        raise DataDirError(f"{path}: {error.strerror or error}") from error


def _sealed(path: Path) -> _Sealed | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Sealed)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataDirError(f"{path}: {error.strerror or error}") from error
    except msgspec.DecodeError as error:
        raise DataDirError(f"{path}: {error}; wanted the decisions that a service kept") from error


def _head(path: Path) -> _Head | None:
    """Look how much the file knows; one that is broken knows nothing."""
    try:
        sealed = _sealed(path)
        return msgspec.json.decode(sealed.kept, type=_Head) if sealed else None
    except (DataDirError, msgspec.DecodeError):
        return None
