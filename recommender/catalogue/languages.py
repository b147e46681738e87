"""Detect and store the languages of articles whose source names none, and check those it names.

The table of articles keeps what the source said. What is detected is stored beside it. It may
change as the archive grows, unless the text alone shows the language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select

from recommender.articles.languages import (
    Detected,
    Known,
    Undeclared,
    contradicts,
    detect_languages,
    language_of,
    text_of,
)
from recommender.catalogue.database import batches, reading, translate_db_errors, writing
from recommender.catalogue.schema import articles, detected_languages
from recommender.language_tags import NO_LANGUAGE, canonical_tag, primary_language
from recommender.text.language import MAX_CHARACTERS

CURRENT = (detected_languages.c.article_id == articles.c.id) & (
    detected_languages.c.digest == articles.c.digest
)
"""Condition of a join: a changed record is detected again."""


class LanguageProblems(NamedTuple):
    """Declared languages that are wrong, or seem to be."""

    invalid: Counter[str]
    """Number of articles by what they declare instead of a BCP 47 tag. Theirs is detected."""
    contradicted: dict[tuple[str, str], list[str]]
    """IDs of the articles by their declared language and that of their text. The first is used."""


class _Row(NamedTuple):
    """What is known about the language of an article."""

    id: str
    digest: str
    section: str
    declared: str
    detected: str
    is_certain: bool


def update_languages(engine: Engine, allowed: Sequence[str]) -> LanguageProblems:
    """Detect the languages of all articles that need it, and store what has changed.

    The texts of articles that declare a language are checked once.

    Parameters
    ----------
    allowed : the setting ``languages``.
    """
    with reading(engine) as connection:
        rows = [_Row(*row) for row in connection.execute(_known_languages())]
        invalid = Counter(row.declared for row in rows if _is_invalid(row.declared))
        known, open_rows = _split(rows, allowed)
        texts = _texts(connection, [row.id for row in open_rows]) if len(allowed) != 1 else {}
    undeclared = [Undeclared(row.section, texts.get(row.id, "")) for row in open_rows]
    detected = detect_languages(undeclared, known, allowed)
    changed = [
        (row, found)
        for row, found in zip(open_rows, detected, strict=True)
        if found != (row.detected, row.is_certain)
    ]
    with writing(engine) as connection:
        _store(connection, changed)
    with translate_db_errors(engine.url):
        return LanguageProblems(invalid, _contradictions(engine, rows))


def _contradictions(engine: Engine, rows: Sequence[_Row]) -> dict[tuple[str, str], list[str]]:
    """Check the declared languages that were not checked yet, and list the articles by problem."""
    declared = [row for row in rows if canonical_tag(row.declared)]
    checked = [row for row in declared if row.detected]
    for batch in batches([row for row in declared if not row.detected]):
        with engine.begin() as connection:
            texts = _texts(connection, [row.id for row in batch])
            found = [(row, language_of(texts.get(row.id, ""))) for row in batch]
            _store(connection, found)
        checked += [row._replace(detected=d.language, is_certain=d.is_certain) for row, d in found]
    problems: dict[tuple[str, str], list[str]] = {}
    for row in checked:
        if row.is_certain and contradicts(row.declared, row.detected):
            problems.setdefault((row.declared, row.detected), []).append(row.id)
    return problems


def effective_language(declared: str, detected: str | None) -> str:
    """Return the language of an article: the source's own, else the detected one."""
    return canonical_tag(declared) or detected or declared


def _known_languages() -> Select[Any]:
    return (
        select(
            articles.c.id,
            articles.c.digest,
            articles.c.section,
            articles.c.language,
            func.coalesce(detected_languages.c.language, ""),
            func.coalesce(detected_languages.c.is_certain, False),
        )
        .outerjoin(detected_languages, CURRENT)
        .order_by(articles.c.id)
    )


def _split(rows: Iterable[_Row], allowed: Sequence[str]) -> tuple[Known, list[_Row]]:
    """Count the known languages by section, and collect the articles without one."""
    permitted = {primary_language(tag) for tag in allowed}
    known: Known = Counter()
    open_rows = []
    for row in rows:
        is_settled = row.is_certain and (not allowed or primary_language(row.detected) in permitted)
        tag = canonical_tag(row.declared) or (row.detected if is_settled else "")
        if tag:
            known[row.section, tag] += 1
        else:
            open_rows.append(row)
    return known, open_rows


def _is_invalid(declared: str) -> bool:
    is_none = primary_language(declared) in NO_LANGUAGE | {"x-default"}
    return bool(declared) and not canonical_tag(declared) and not is_none


def _texts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Load the start of the texts of articles, by ID."""
    body = func.substr(articles.c.body, 1, MAX_CHARACTERS)
    columns = select(articles.c.id, articles.c.title, articles.c.teaser, body)
    found = {}
    for batch in batches(ids):
        for identifier, *parts in connection.execute(columns.where(articles.c.id.in_(batch))):
            found[identifier] = text_of(*parts)
    return found


def _store(connection: Connection, changed: Sequence[tuple[_Row, Detected]]) -> None:
    table = detected_languages
    for batch in batches(changed):
        ids = [row.id for row, _ in batch]
        connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        values = [
            {
                "article_id": row.id,
                "digest": row.digest,
                "language": found.language,
                "is_certain": found.is_certain,
            }
            for row, found in batch
        ]
        connection.execute(insert(table), values)
