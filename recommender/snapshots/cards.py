"""Cards as JSON: prepared once at index time, finished with their origin at request time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from recommender.articles.article import Article
from recommender.dates import write_date

TAILS = {o: b',"origin":"' + o.encode() + b'"}' for o in ("editor", "related", "latest")}
"""Ends of a card by its origin."""


def encode_card(article: Article) -> bytes:
    """Write all of a card but its origin: a JSON object without its closing brace."""
    card = {
        "id": article.id,
        "title": article.title,
        "teaser": article.teaser,
        "url": article.url,
        "image": article.image or None,
        "image_alt": article.image_alt or None,
        "section": article.section,
        "authors": article.authors,
        "published": write_date(article.published),
        "language": article.language,
    }
    return msgspec.json.encode(card)[:-1]


def finish_card(card: bytes, origin: str, why: Any = None) -> bytes:
    """Close a prepared card with its origin, and with its explanation where there is one."""
    if why is None:
        return card + TAILS[origin]
    return card + TAILS[origin][:-1] + b',"why":' + msgspec.json.encode(why) + b"}"


def batch_response(snapshot: str, answers: Sequence[bytes], missing: Sequence[str]) -> bytes:
    """Write the object of several answers, each as :func:`related_response` wrote it."""
    inner = b",".join(one.rstrip() for one in answers)
    unknown = msgspec.json.encode(missing)
    head = b'{"snapshot":"' + snapshot.encode() + b'","answers":['
    return head + inner + b'],"missing":' + unknown + b"}\n"


def related_response(
    article: str | None, snapshot: str, cards: Sequence[bytes], rejected: Any = None
) -> bytes:
    """Write the object that the command line and the API share; ``latest`` has no article.

    ``rejected`` stands only where somebody asked for reasons.
    """
    head = b"" if article is None else b'"article":' + msgspec.json.encode(article) + b","
    inner = b",".join(cards)
    tail = b"]" if rejected is None else b'],"rejected":' + msgspec.json.encode(rejected)
    return (
        b"{" + head + b'"snapshot":"' + snapshot.encode() + b'","cards":[' + inner + tail + b"}\n"
    )
