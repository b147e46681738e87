"""Cards as JSON: encoded at index time, completed with their origin at request time."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recommender.articles.article import Article
from recommender.dates import write_date
from recommender.urls import absolute_url, web_address

ENDINGS = {o: b',"origin":"' + o.encode() + b'"}' for o in ("editor", "related", "latest")}
"""The end of a card, by origin."""


def encode_card(article: Article, site_url: str = "", *, with_update: bool = False) -> bytes:
    """Encode a card without its origin: a JSON object without the closing brace.

    Parameters
    ----------
    site_url : resolves relative addresses, see :func:`recommender.urls.absolute_url`.
    with_update : adds ``updated`` for an article that was updated after its publication.
    """
    card: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "teaser": article.teaser,
        "url": absolute_url(web_address(article.url), site_url),
        "image": absolute_url(web_address(article.image), site_url) or None,
        "image_alt": article.image_alt or None,
        "section": article.section,
        "authors": article.authors,
        "published": write_date(article.published),
        "language": article.language,
    }
    if with_update and article.updated is not None and article.updated > article.published:
        card["updated"] = write_date(article.updated)
    return msgspec.json.encode(card)[:-1]


def finish_card(card: bytes, origin: str, why: msgspec.Struct | None = None) -> bytes:
    """Complete an encoded card with its origin, and with its explanation if there is one."""
    if why is None:
        return card + ENDINGS[origin]
    return card + ENDINGS[origin][:-1] + b',"why":' + msgspec.json.encode(why) + b"}"


def batch_response(snapshot: str, answers: Sequence[bytes], missing: Sequence[str]) -> bytes:
    """Encode the response for several articles.

    Parameters
    ----------
    snapshot : id of the snapshot.
    answers : results of :func:`related_response`.
    missing : ids that are unknown or not public.
    """
    inner = b",".join(one.rstrip() for one in answers)
    unknown = msgspec.json.encode(missing)
    head = b'{"snapshot":"' + snapshot.encode() + b'","answers":['
    return head + inner + b'],"missing":' + unknown + b"}\n"


def related_response(
    article: str | None,
    snapshot: str,
    cards: Sequence[bytes],
    runners_up: Sequence[msgspec.Struct] | None = None,
) -> bytes:
    """Encode the response that the command line and the API share.

    Parameters
    ----------
    article : id of the article; None for a list of the latest.
    snapshot : id of the snapshot.
    cards : results of :func:`finish_card`.
    runners_up : the best candidates that are not shown; None without explanations.
    """
    head = b"" if article is None else b'"article":' + msgspec.json.encode(article) + b","
    inner = b",".join(cards)
    tail = b"]" if runners_up is None else b'],"runners_up":' + msgspec.json.encode(runners_up)
    return (
        b"{" + head + b'"snapshot":"' + snapshot.encode() + b'","cards":[' + inner + tail + b"}\n"
    )
