"""The fallback file: the last known overrides, for a start while the database is unavailable.

It is one JSON file beside ``current``, checked by a sha256 and replaced by a rename whenever a poll
finds a change. It contains what serving needs, without reasons and names of editors.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy.exc import ArgumentError

from recommender.catalogue.former_ids import Names
from recommender.catalogue.sqlite import parse_url
from recommender.catalogue.visibility import Visibility
from recommender.errors import DataDirError
from recommender.home import replace_atomically
from recommender.overrides.override import Override, Scope
from recommender.settings.desk import SettingChange

FORMAT = 2

FORMAT_WITHOUT_VISIBILITY = 1
"""Format of version 0.1, in which withdrawals by content systems were overrides. It is readable."""

RETRY_SECONDS = 5.0
"""Seconds between two attempts to write the file after a failure."""

LOCK_SECONDS = 1.0
"""Seconds to wait for another process that writes the file, such as a worker that starts, too."""

FacetMembers = dict[Scope, dict[str, list[str]]]
"""Ids of the articles with a tag or an author, by scope and name, for the names in overrides."""


class AnonymousOverride(Override, frozen=True, kw_only=True, omit_defaults=True):
    """An override without reason and author."""


class OverrideFallback(msgspec.Struct, frozen=True, kw_only=True):
    """Content of the fallback file. The names in quotes are those of the JSON keys."""

    format: int = FORMAT
    log: str
    """The database, without user and password."""
    version: int
    """Greatest number of an entry that was read."""
    newest: AnonymousOverride | None
    """The entry with that number. A database without it is an older copy or another database."""
    read_at: float = msgspec.field(name="read")
    """When the database was read, in seconds since 1970 UTC."""
    members: FacetMembers
    overrides: tuple[AnonymousOverride, ...] = msgspec.field(name="decisions")
    """Overrides that are not undone."""
    changed: int = 0
    """Greatest ``changed`` of a row of the ``visibility`` table."""
    visibility: tuple[Visibility, ...] = ()
    names: Names = msgspec.field(default_factory=dict)
    """All IDs of the articles above that moved: a snapshot may have them under former ones."""
    settings: tuple[SettingChange, ...] = ()
    """The newest change of each setting of the desk, without its author."""


class _Envelope(msgspec.Struct):
    sha256: str
    content: msgspec.Raw = msgspec.field(name="kept")


class _Head(msgspec.Struct):
    log: str
    version: int
    changed: int = 0


def database_name(url: str) -> str:
    """Name a database by its URL, without user, password, driver and options."""
    try:
        parsed = parse_url(url)
    except ArgumentError:
        return ""
    place = parsed.set(username=None, password=None, query={})
    return place.set(drivername=parsed.get_backend_name()).render_as_string()


def anonymous(override: Override) -> AnonymousOverride:
    """Remove the reason and the author of an override."""
    copy = msgspec.convert(override, AnonymousOverride, from_attributes=True)
    return msgspec.structs.replace(copy, reason="", author="")


def anonymous_row(row: Visibility) -> Visibility:
    """Remove the author and the time of a row of the ``visibility`` table."""
    return msgspec.structs.replace(row, author="", created=0)


def load(path: Path) -> OverrideFallback | None:
    """Read the fallback file; None if it does not exist.

    Raises
    ------
    DataDirError
        The file is broken or of another format.
    """
    envelope = _read_envelope(path)
    if envelope is None:
        return None
    if hashlib.sha256(envelope.content).hexdigest() != envelope.sha256:
        raise DataDirError(f"{path}: expected the sha256 written in it; the file was changed")
    try:
        fallback = msgspec.json.decode(envelope.content, type=OverrideFallback)
    except msgspec.DecodeError as error:
        raise _not_a_fallback(path) from error
    if fallback.format not in {FORMAT_WITHOUT_VISIBILITY, FORMAT}:
        raise DataDirError(f"{path}: expected format {FORMAT}, got {fallback.format}")
    return fallback


def load_for(path: Path, url: str) -> OverrideFallback:
    """Read the fallback file of a database.

    Raises
    ------
    DataDirError
        It is missing, broken or of another database.
    """
    fallback = load(path)
    if fallback is None:
        raise DataDirError(f"{path}: expected a backup of overrides, got no such file")
    if fallback.log != (expected := database_name(url)):
        raise DataDirError(
            f"{path}: expected a backup of {expected}, got one of {fallback.log}; "
            "check database_url, or use --discard"
        )
    return fallback


def save(path: Path, fallback: OverrideFallback) -> None:
    """Replace the fallback file, unless a newer one of the same database exists.

    Several workers and commands may write at the same time.

    Raises
    ------
    DataDirError
        Another process goes on writing, or the folder cannot be written.
    """
    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_SECONDS):
            stored = _read_head(path)
            if stored and stored.log == fallback.log and _is_newer(stored, fallback):
                return
            body = msgspec.json.encode(fallback)
            digest = hashlib.sha256(body).hexdigest()
            replace_atomically(
                path, msgspec.json.encode(_Envelope(digest, msgspec.Raw(body))), private=True
            )
    except Timeout as error:
        raise DataDirError(f"{path}: another process is writing it") from error
    except OSError as error:
        raise DataDirError(f"{path}: {error.strerror or error}") from error


class FallbackFile:
    """The fallback file as one process uses it; without a path nothing is read or written."""

    def __init__(self, path: Path | None) -> None:
        self.error = ""
        """Why the last read or write failed; "" if it succeeded."""
        self._path = path
        self._read_signature: object = None
        self._written_state: object = None
        self._retry_at = 0.0

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self._path is not None and self._path.exists()

    def load_changed(self) -> OverrideFallback | None:
        """Read the file if it has changed since the last call."""
        signature = self._signature()
        if self._path is None or signature is None or signature == self._read_signature:
            return None
        self._read_signature = signature
        try:
            fallback = load(self._path)
        except DataDirError as error:
            self.error = str(error)
            return None
        self.error = ""
        return fallback

    def is_due(self, state: object, now: float) -> bool:
        """Whether ``state`` differs from that of the last write, and no failure was just before."""
        return self._path is not None and state != self._written_state and now >= self._retry_at

    def save(self, fallback: OverrideFallback, state: object, now: float) -> None:
        """Write the file, and remember ``state``.

        A failure is stored in :attr:`error` and is not raised.
        """
        if self._path is None:
            return
        try:
            save(self._path, fallback)
        except DataDirError as error:
            self.error, self._retry_at = str(error), now + RETRY_SECONDS
        else:
            self.error, self._written_state = "", state

    def _signature(self) -> object:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return found and (found.st_mtime_ns, found.st_ino, found.st_size)


def _read_envelope(path: Path) -> _Envelope | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Envelope)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataDirError(f"{path}: {error.strerror or error}") from error
    except msgspec.DecodeError as error:
        raise _not_a_fallback(path) from error


def _read_head(path: Path) -> _Head | None:
    """Read the version of the file; None if it is missing or broken."""
    try:
        envelope = _read_envelope(path)
        return msgspec.json.decode(envelope.content, type=_Head) if envelope else None
    except (DataDirError, msgspec.DecodeError):
        return None


def _is_newer(stored: _Head, fallback: OverrideFallback) -> bool:
    return stored.version > fallback.version or stored.changed > fallback.changed


def _not_a_fallback(path: Path) -> DataDirError:
    return DataDirError(f"{path}: expected a backup of overrides, got another or a damaged file")
