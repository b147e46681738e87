"""Read many web pages: a list of addresses, a sitemap, or a folder of saved pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from recommender.articles.article import Article, Status
from recommender.dates import read_date
from recommender.errors import ArticleError, PageGoneError, SourceError
from recommender.ingest.page_metadata.page import NOT_LISTED, Listed
from recommender.ingest.readers.charset import decode
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import whole
from recommender.ingest.readers.record_error import RejectedRecord, converted, rejected_record
from recommender.ingest.web import sitemap
from recommender.ingest.web.article_page import page_fields
from recommender.ingest.web.client import FetchedPage, HTTPClient, is_address
from recommender.text.markup.html import parts_of, site_of
from recommender.urls import shown_url, without_login

PARALLEL_FROM = 64
"""Up to so many pages one process is faster than starting others."""


@dataclass(frozen=True)
class SavedPage:
    """A page that was fetched or saved, before it is parsed."""

    address: str
    data: bytes
    charset: str | None = None
    """Encoding of the HTTP header."""
    listed: Listed = NOT_LISTED
    """What a news sitemap says about it."""


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read one saved page; its ID is the canonical address, or else the path."""
    yield _read_page(SavedPage(source, whole(source, "a web page")), zone)


def read_files(paths: Sequence[Path], zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read saved pages; those that cannot be read are rejected at the end."""
    failures: list[RejectedRecord] = []

    def pages() -> Iterator[SavedPage]:
        for path in map(str, paths):
            try:
                yield SavedPage(path, whole(path, "a web page"))
            except SourceError as error:
                failures.append(rejected_record(path, error))

    yield from read_pages(pages(), zone, parallel=len(paths) > PARALLEL_FROM)
    yield from failures


def read_answer(
    answer: FetchedPage, zone: tzinfo, web: HTTPClient
) -> Iterator[Article | RejectedRecord]:
    """Read a page that was fetched."""
    yield _read_page(SavedPage(answer.final, answer.data, answer.charset), zone)
    web.remember(answer)


def read_list(source: str, zone: tzinfo, web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read the pages of a list of addresses: a file with one a line; # begins a comment."""
    lines = decode(whole(source, "a list of addresses")).text.splitlines()
    addresses: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        address = line.partition(" #")[0].strip()
        if address and not address.startswith("#"):
            if is_address(address):
                addresses[web.sign_in(address)] = ""
            else:
                yield RejectedRecord(
                    f"{source}:{number}", f"expected http(s)://..., got {address[:60]!r}"
                )
    yield from read_addresses(addresses, zone, web)


def read_sitemap(
    place: str, data: bytes, zone: tzinfo, web: HTTPClient
) -> Iterator[Article | RejectedRecord]:
    """Read the pages of a sitemap, or of all sitemaps of an index.

    A page whose ``lastmod`` precedes our last fetch is not fetched again.
    """
    addresses: dict[str, str] = {}
    listed: dict[str, Listed] = {}
    for entry in sitemap.entries(place, data, web):
        if isinstance(entry, RejectedRecord):
            yield entry
        elif entry.found_through and _site(entry.address) != _site(entry.found_through):
            reason = (
                f"expected pages of the sitemap's own site, got {shown_url(entry.address)}; "
                "put it into a list of addresses"
            )
            yield RejectedRecord(place, reason, entry.address)
        elif _is_known(entry, zone, web):
            web.unchanged += 1
        else:
            addresses[entry.address] = entry.found_through
            listed[entry.address] = entry.listed
    yield from read_addresses(addresses, zone, web, listed)


def read_addresses(
    addresses: Mapping[str, str],
    zone: tzinfo,
    web: HTTPClient,
    listed: Mapping[str, Listed] | None = None,
) -> Iterator[Article | RejectedRecord]:
    """Fetch pages a few at a time and parse them in parallel processes.

    A page that was removed for good (410) withdraws its article. After any other failure the
    article stays as it was: a 404 may be an error of a moment.

    Parameters
    ----------
    addresses : each with the user's address whose response named it; "" if the user did.
    zone : time zone of dates that name none.
    web : the client.
    listed : what a news sitemap says about the pages, by address.
    """
    answers: dict[str, FetchedPage] = {}
    failures: dict[str, SourceError] = {}

    def pages() -> Iterator[SavedPage]:
        for address, answer in web.many(addresses, addresses):
            if isinstance(answer, SourceError):
                failures[address] = answer
            elif answer is not None:
                answers[answer.final] = replace(answer, data=b"")
                news = (listed or {}).get(address, NOT_LISTED)
                yield SavedPage(answer.final, answer.data, answer.charset, news)

    for page, item in _parsed(pages(), zone, parallel=len(addresses) > PARALLEL_FROM):
        yield item
        if answer := answers.pop(page, None):  # None if two addresses led to the same page
            web.remember(answer)
    yield from _failed(failures, web)


def _failed(failures: Mapping[str, SourceError], web: HTTPClient) -> Iterator[RejectedRecord]:
    """Reject the pages that could not be fetched; those that are gone withdraw their articles."""
    gone = {one: error for one, error in failures.items() if isinstance(error, PageGoneError)}
    for address, error in failures.items():
        if address not in gone:
            yield rejected_record(shown_url(address), error, address)
    if gone:
        web.forgotten.update(gone)  # the page may come back as it was
        yield _withdrawal([*gone])


def _withdrawal(gone: Sequence[str]) -> RejectedRecord:
    """Make a note that withdraws the articles of pages; the ID of each is its address."""
    reason = "410 Gone, which withdraws its article"
    if more := len(gone) - 1:
        reason += f"; {more} more {'page does' if more == 1 else 'pages do'} the same"
    hides = {address.partition("#")[0]: Status.WITHDRAWN for address in gone}
    return RejectedRecord(shown_url(gone[0]), reason, is_error=False, hides=hides)


def read_pages(
    pages: Iterable[SavedPage], zone: tzinfo, *, parallel: bool = True
) -> Iterator[Article | RejectedRecord]:
    """Parse pages in parallel processes or in this one."""
    for _, item in _parsed(pages, zone, parallel=parallel):
        yield item


def _parsed(
    pages: Iterable[SavedPage], zone: tzinfo, *, parallel: bool
) -> Iterator[tuple[str, Article | RejectedRecord]]:
    if not parallel:
        yield from (_placed(page, zone) for page in pages)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415 - only for many pages
    from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415

    workers = Parallel(n_jobs=min(8, os.cpu_count() or 1), return_as="generator", batch_size=16)
    try:
        yield from workers(delayed(_placed)(page, zone) for page in pages)
    finally:
        get_reusable_executor().shutdown(wait=True)  # the next step needs their memory


def _placed(page: SavedPage, zone: tzinfo) -> tuple[str, Article | RejectedRecord]:
    return page.address, _read_page(page, zone)


def _read_page(page: SavedPage, zone: tzinfo) -> Article | RejectedRecord:
    """Read a page; a rejected one has the ID that its article has, as far as the page shows it."""
    fields: dict[str, Any] = {"id": page.address}

    def article() -> Article:
        fields.update(page_fields(page.address, page.data, page.charset, zone, page.listed))
        return article_of(fields, zone, is_text=True)

    item = converted(page.address, article)
    return replace(item, id=fields["id"]) if isinstance(item, RejectedRecord) else item


def _is_known(entry: sitemap.Entry, zone: tzinfo, web: HTTPClient) -> bool:
    known = web.memory.get(entry.address)
    if known is None or not entry.changed:
        return False
    try:
        changed = read_date(entry.changed, zone)
        if len(entry.changed) <= len("2026-01-01"):
            changed += timedelta(days=1)  # at some time of that day
    except (ArticleError, OverflowError):
        return False
    return datetime.fromtimestamp(known.read_at, UTC) > changed


def _site(address: str) -> str:
    return site_of(parts_of(without_login(address)).netloc)
