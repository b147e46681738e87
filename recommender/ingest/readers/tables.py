"""Make articles of the rows of CSV, Parquet and databases, with columns by any known name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from itertools import chain, islice
from pathlib import Path
from typing import Any

from recommender.articles.article import Article, Status
from recommender.articles.statuses import hiding_status_of
from recommender.dates import read_written_date
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import (
    article_or_rejected,
    as_list,
    as_names,
    as_text,
)
from recommender.ingest.readers.field_names import (
    KEYS,
    REQUIRED,
    chosen,
    key_of,
    keyed,
    listed,
    missing_fields,
)
from recommender.ingest.readers.record_error import PassedOver, RejectedRecord, incomplete
from recommender.written_dates import day_or_month_first, possible_days

IDS = ("slug", "postname", "urlslug", "handle")
"""Columns that are the ID where there is none; after them the address of the article."""

_FLAGS = {
    (True, "withdrawn"): "archived",
    (True, "draft"): "draft hidden private unlisted unpublished",
    (False, "draft"): "published active enabled online public visible",
}

FLAGS = {
    f"{start}{name}": (answer, status)
    for (answer, status), names in _FLAGS.items()
    for name in names.split()
    for start in ("", "is")
}
"""Columns of yes and no, and the value with which an article has another status."""

GONE = {
    f"{start}{name}{end}"
    for name in ("deleted", "removed", "trashed", "withdrawn")
    for start in ("", "is", "date")
    for end in ("", "at", "on")
}
"""Columns with yes or a past date for articles that are withdrawn."""

VISIBILITY = "visibility"
"""Column with a word such as "private". One that hides nothing, such as "members", is ignored."""

PASSWORD = "postpassword"  # noqa: S105 - the name of a column
"""Column of WordPress: a post with one is not public."""

TYPE = "posttype"
"""Column of WordPress: menus, pictures and old versions are in the same table as posts."""

UNPUBLISHED = "publishedat"
"""Column of Strapi, Sanity and Ghost that is empty for drafts, unless another has the status."""

PUBLICATION = {key for key in KEYS["published"] if "created" not in key}
"""Columns with the date of publication."""

DATES = (*KEYS["published"], *KEYS["updated"], *KEYS["expires"])
"""Columns with dates."""

Placed = tuple[str, Any]
"""The place of a row, and its cells by column or the reason why it cannot be read."""

LOOK_AHEAD = 1_000
"""Rows whose dates show whether the day or the month is first, held in memory until then."""

AMBIGUOUS = "02/03/2026"
LANGUAGE_OF_ORDER = {"day": "en-GB", "month": "en-US"}
"""A language with each order of day and month."""

USEFUL = ("id", "url", "section", "body", "tags")
"""Fields that nearly every export has: where one is missing, its column has an unknown name."""

_LIST = re.compile(r"^\s*[\[{]|[;|]")
_KEY = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A key of another table, where a name is expected."""

_WIX_IMAGE = re.compile(r"wix:image://v1/([^/#]+).*", re.DOTALL)
_WIX_MEDIA = r"https://static.wixstatic.com/media/\1"

_MAY_HIDE = re.compile(
    r"deleted|removed|trashed|withdrawn|retracted|takedown|suppress|embargo|hidden|visib|offline"
)
"""Parts of the names of columns that may hide articles."""

_DATE = re.compile(r"(?<!\d)(?:199|20\d)\d(?!\d)|1\d{9}")
"""The year of a date, or seconds since 1970. Some systems write year 1 or 9999 for "never"."""

_YES = {"true", "yes", "1", "1.0", "y", "t", "on"}
_NO = {"false", "no", "0", "0.0", "n", "f", "off"}


class Table:
    """Makes articles of the rows of one table, and counts rows that are none.

    Parameters
    ----------
    source : the file or database, for messages.
    names : names of the columns.
    expected : what the source should be, for the message.
    zone : time zone of dates that name none.
    folder : folder of the file; Substack has the texts of its posts in a folder beside the table.
    language : BCP 47, in which dates are written where a row has no language.

    Raises
    ------
    SourceError
        A required column is missing.
    """

    def __init__(
        self,
        source: str,
        names: Iterable[str],
        expected: str,
        zone: tzinfo,
        folder: Path | None = None,
        language: str = "",
    ) -> None:
        self._source, self._zone, self._folder, self._language = source, zone, folder, language
        self._passed_over = PassedOver()
        given = [name for name in names if name]
        keys = {key_of(name) for name in given}
        self._may_be_unpublished = UNPUBLISHED in keys and "status" not in chosen(
            dict.fromkeys(keys, "x")
        )
        known = table_fields(dict.fromkeys(keys, "x"))
        if missing := [name for name in REQUIRED if name not in known]:
            noun = "column" if len(missing) == 1 else "columns"
            problem = missing_fields(missing, given)
            raise SourceError(f"{source}: {noun} {problem}; expected {expected}")
        self._unread = list(_unread(given, known))
        self._may_hide = [n for n in given if _MAY_HIDE.search(key_of(n)) and not is_known(n)]

    def items(self, place: str, row: Mapping[str, Any]) -> Iterator[Article | RejectedRecord]:
        """Yield the article of a row, or why it is none; nothing if it is to be passed over."""
        given = keyed(row)
        fields = table_fields(given, self._zone)
        if self._may_be_unpublished and not PUBLICATION & given.keys():
            fields.setdefault("status", "draft")
        if kind := _passed_over(given, fields):
            self._passed_over.add(kind, fields.get("id"), as_text(fields.get("status", "")))
            return
        if "body" not in fields:
            fields["body"] = self._substack_body(str(given.get("postid")))
        yield article_or_rejected(place, fields, self._zone, self._language)

    def pass_over(self, kind: str) -> None:
        """Count a row that is no article, for the note."""
        self._passed_over.add(kind)

    def look_ahead(self, rows: Iterator[Placed]) -> Iterator[Placed]:
        """Return the rows with their places; the first ones decide about dates like 02/03/2026.

        11/13/2026 has the month first, 13/11/2026 the day. A language with an order precedes.
        """
        if possible_days(AMBIGUOUS, self._language) is None:
            return rows
        first, rest = _first(rows, LOOK_AHEAD)
        orders = {day_or_month_first(date) for _, row in first for date in _dates(row)}
        match sorted(orders - {""}):
            case [order]:
                self._language = LANGUAGE_OF_ORDER[order]
        return chain(first, rest)

    def unread(self) -> Iterator[RejectedRecord]:
        """Yield a note on columns that may have a missing field under an unknown name."""
        for reason in self._unread:
            yield RejectedRecord(self._source, reason, is_error=False)

    def notes(self) -> Iterator[RejectedRecord]:
        """Yield a note on the rows that were passed over, and on columns that may hide articles."""
        yield from self._passed_over.note(self._source)
        if self._may_hide:
            reason = f"columns that may hide articles are not read: {listed(self._may_hide)}"
            hint = "rename them to status, published or expires (docs/sources.md has the names)"
            yield RejectedRecord(self._source, f"{reason}; {hint}", is_error=False)

    def _substack_body(self, post: str) -> str:
        if self._folder is None or not re.fullmatch(r"\d+\.[\w-]+", post):
            return ""
        path = self._folder / "posts" / f"{post}.html"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _first(rows: Iterator[Placed], number: int) -> tuple[list[Placed], Iterator[Placed]]:
    """Return the first rows and the others; an error of the source comes with the others."""
    first: list[Placed] = []
    try:
        for row in islice(rows, number):
            first.append(row)  # noqa: PERF402 - what precedes an error is kept
    except Exception as error:  # noqa: BLE001 - the rows before it are still articles
        return first, map(_raise, [error])
    return first, rows


def _raise(error: Exception) -> Placed:
    raise error


def _dates(row: Mapping[Any, Any] | str) -> Iterator[str]:
    """Yield the texts in the columns for dates."""
    if isinstance(row, Mapping):
        given = keyed(row)
        yield from (value for key in DATES if isinstance(value := given.get(key), str))


def _unread(names: Iterable[str], known: Mapping[str, Any]) -> Iterator[str]:
    """Name the columns that may have a missing field under a name that is not known."""
    keys = {key_of(name) for name in names}
    missing = [name for name in USEFUL if name not in known]
    if "guid" in keys and "url" in missing:
        missing.remove("url")  # it may be the address
    if not keys & {*KEYS["id"], *IDS}:
        missing = ["id", *missing]  # the address takes its place
    unknown = [name for name in names if not is_known(name)]
    if missing and unknown:
        yield (
            f"no column for {', '.join(missing)}; not read: {listed(unknown)}; "
            "rename what is meant (docs/sources.md has the names)"
        )


def is_known(name: str) -> bool:
    """Return whether a column is used, by its name."""
    key = key_of(name)
    return key in {*IDS, *FLAGS, *GONE, VISIBILITY, TYPE, PASSWORD} or any(
        key in keys for keys in KEYS.values()
    )


def table_fields(given: Mapping[str, Any], zone: tzinfo = UTC) -> dict[str, Any]:
    """Choose the fields of an article among those of a row.

    Its slug or address is the ID where there is none. Several categories are a section and tags.

    Parameters
    ----------
    given : cells by column as :func:`keyed` returns them.
    zone : time zone of dates that name none.
    """
    answers = str(given.get("published")).casefold() in _YES | _NO
    fields = chosen({k: v for k, v in given.items() if k != "published"} if answers else given)
    if hiding_status_of(as_text(fields.get("status", ""))) is not Status.WITHDRAWN:
        fields |= _status(given, zone)
    if "id" not in fields:
        found = next((given[name] for name in IDS if name in given), fields.get("url"))
        fields |= {"id": found} if found else {}
    if "url" not in fields and str(given.get("guid")).startswith(("http://", "https://")):
        fields["url"] = given["guid"]  # of the table of WordPress: it leads to the post
    fields |= _sections(fields, is_list="categories" in given)
    if "image" in fields:
        fields["image"] = _WIX_IMAGE.sub(_WIX_MEDIA, as_text(fields["image"]))
    if "authors" in fields:
        fields["authors"] = [
            one for one in as_names(fields["authors"]) if not (one.isdigit() or _KEY.fullmatch(one))
        ]
    return fields


def _is_past(date: str, zone: tzinfo) -> bool:
    """Return whether a text is a past date; one that cannot be read counts as past."""
    if not _DATE.search(date):
        return False
    try:
        return read_written_date(date, zone) <= datetime.now(UTC)
    except ArticleError:
        return True


def _status(given: Mapping[str, Any], zone: tzinfo) -> dict[str, str]:
    """Read the status of columns that hide an article; a post with a password is not public."""
    gone = {as_text(given[name]) for name in GONE & given.keys()}
    if any(one.casefold() in _YES or _is_past(one, zone) for one in gone):
        return {"status": "withdrawn"}
    for name, (answer, status) in FLAGS.items():
        if name in given and str(given[name]).strip().casefold() in (_YES if answer else _NO):
            return {"status": status}
    hidden = hiding_status_of(as_text(given.get(VISIBILITY, "")))
    if hidden or given.get(PASSWORD):
        return {"status": hidden or "draft"}
    return {}


def _sections(fields: Mapping[str, Any], *, is_list: bool) -> dict[str, Any]:
    """Use the first of several categories as the section, and the others as tags."""
    section = fields.get("section")
    if not section or (isinstance(section, str) and not is_list and not _LIST.search(section)):
        return {}
    names = [one for one in as_list(section) if not _KEY.fullmatch(one)]
    tags = [one for one in as_list(fields.get("tags")) if not _KEY.fullmatch(one)]
    return {"section": names[0] if names else "", "tags": [*tags, *names[1:]]}


def _passed_over(given: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """Return of what kind a row is that is no article; "" for an article."""
    if "postcontent" in given or "poststatus" in given:  # the table of WordPress
        kind = str(given.get(TYPE, "post"))
        if kind != "post":
            return kind
    return incomplete(fields, as_text(fields.get("status", "")))
