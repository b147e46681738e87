"""Rejected records: what a reader reports about a record that it skips."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from recommender.articles.article import Status
from recommender.articles.statuses import hiding_status_of, status_of
from recommender.errors import ArticleError, RecommenderError
from recommender.messages import shortened

MAX_PLACE = 300
"""Characters of a place. It may be an address or an ID, as long as a site made it."""

MAX_REASON = 1_000
"""Characters of a reason. It may repeat what a site sent, such as the types of posts."""

MAX_SECONDS = 30
"""Processor time of one record. A page of 10 MB needs a tenth of that."""

T = TypeVar("T")


@dataclass(frozen=True)
class RejectedRecord:
    """One record that is skipped, or a note on records of types that are passed over."""

    place: str
    """Where it is, such as ``articles.jsonl:3``."""
    reason: str
    id: str = ""
    """ID of the article; "" if unknown, so that it may be any article."""
    is_error: bool = True
    """False for a note, which neither counts nor stops ``--strict``."""
    hides: Mapping[str, Status] = field(default_factory=dict)
    """By ID the status of articles that are not public, of which an earlier version is hidden."""
    kept: frozenset[str] = frozenset()
    """IDs of articles that are passed over but still in the source, so that none is pruned."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", _shortened(self.place, MAX_PLACE))
        object.__setattr__(self, "reason", _shortened(self.reason, MAX_REASON))

    def __str__(self) -> str:
        """Write one line with the place first, as compilers do."""
        return printable(f"{self.place}: {self.reason}")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def printable(text: str) -> str:
    """Escape line ends, and what a terminal obeys, in a text that may come from a site."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


class PassedOver:
    """Counts records that are no articles, for one note at the end of their source."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._hides: dict[str, Status] = {}
        self._kept: set[str] = set()

    def add(
        self, kind: str, identifier: Any = "", status: Any = "", *, is_kept: bool = False
    ) -> None:
        """Count a record of a kind; an :func:`incomplete` one with its ID and its status.

        Parameters
        ----------
        is_kept : whether an earlier version of the article stays, also with ``--prune``.
        """
        self._counts[kind] += 1
        self._hides |= _hidden(identifier, status)
        if is_kept and (known := _known_id(identifier)):
            self._kept.add(known)

    def note(self, source: str) -> Iterator[RejectedRecord]:
        """Yield a note if there were any."""
        if self._counts:
            kinds = ", ".join(
                f"{number} {_PLURALS.get(kind, kind) if number > 1 else kind}"
                for kind, number in self._counts.items()
            )
            reason = f"passed over: {kinds}"
            kept = frozenset(self._kept)
            yield RejectedRecord(source, reason, is_error=False, hides=self._hides, kept=kept)


_PLURALS = {"template": "templates", "page without a date": "pages without a date"}
"""Plurals of our own words for kinds; others are types of content systems."""


def incomplete(fields: Mapping[str, Any], status: Any) -> str:
    """Return what a note calls a record that is not public and lacks its date or its title.

    It cannot be stored. Content systems have drafts without a date, and of a deleted article often
    the ID alone. Other records return "".
    """
    known = hiding_status_of(status)
    missing = next((noun for name, noun in _NOUNS.items() if not fields.get(name)), "")
    return f"{known} without a {missing}" if known and missing else ""


_NOUNS = {"published": "date", "title": "title"}
"""What articles need beside the ID, and what a note calls it."""


def converted(
    place: str, convert: Callable[[], T], identifier: Any = "", status: Any = ""
) -> T | RejectedRecord:
    """Convert a record to an article. Whatever error occurs, only this record is rejected.

    Parameters
    ----------
    place : where the record is, for the message.
    convert : makes the article.
    identifier, status : the ID and status of the record as given, if they are known.
    """
    try:
        with reading_record():
            return convert()
    except ArticleError as error:
        return not_stored(place, str(error), identifier, status)


def not_stored(place: str, reason: str, identifier: Any, status: Any) -> RejectedRecord:
    """Reject a record; one that is not public still hides the earlier version of its article."""
    hides = _hidden(identifier, status)
    if hides:
        reason += "; it hides the article with this ID, if no other record of it can be stored"
    elif status and status_of(status) is None:
        reason += "; an article with this ID stays as it was"
    return RejectedRecord(place, reason, _known_id(identifier), hides=hides)


def _hidden(identifier: Any, status: Any) -> dict[str, Status]:
    known, hiding = _known_id(identifier), hiding_status_of(status)
    return {known: hiding} if known and hiding else {}


def _known_id(value: Any) -> str:
    """Return an ID as text; "" for what can be none, such as a number of 5,000 digits."""
    if isinstance(value, int) and value.bit_length() < 64:
        return str(value)
    return value if isinstance(value, str) else ""


@contextmanager
def reading_record() -> Iterator[None]:
    """Turn every error into an :class:`ArticleError`, also that :data:`MAX_SECONDS` have passed."""
    try:
        with _time_limit():
            yield
    except RecommenderError:
        raise
    except Exception as error:
        raise ArticleError(
            f"expected a record that can be read, got an error: {reason_of(error)}"
        ) from error


def reason_of(error: BaseException) -> str:
    """Describe an unexpected error in one line."""
    match error:
        case RecursionError():
            return "values nested too deep"
        case MemoryError():
            return "more data than the memory holds"
        case TimeoutError():
            return f"it takes more than {MAX_SECONDS} s"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


@contextmanager
def _time_limit() -> Iterator[None]:
    """Raise a TimeoutError after :data:`MAX_SECONDS`; only the main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, interrupt)
    # Again after each second: a library may catch the first error.
    signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def rejected_record(place: str, error: Exception, identifier: str = "") -> RejectedRecord:
    """Make a rejected record of an error whose message may begin with the place."""
    return RejectedRecord(place, str(error).removeprefix(f"{place}: "), identifier)


def described(value: Any) -> str:
    """Describe a JSON value in a message: ``'text'``, ``the number 5``, ``a list``."""
    if isinstance(value, str):
        return repr(shortened(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"
