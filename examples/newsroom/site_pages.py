"""The pages of the example newsroom: a small site that requests its cards over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask, Response, abort, render_template

from recommender.articles.article import Article, Record, article_from

ARTICLES = Path(__file__).with_name("articles.jsonl")
TIMEOUT = 0.5
"""Seconds that a page waits for its cards; it is sent without them afterwards."""


def create_site() -> Flask:
    """Create the site of the articles beside this file."""
    site = Flask(__name__)
    api = os.environ.get("NEWSROOM_API", "http://127.0.0.1:8000")
    articles = {article.id: article for article in public_articles()}
    site.jinja_env.globals["page_of"] = page_of

    @site.get("/")
    def front() -> str:
        sections = sorted({article.section for article in articles.values()})
        return render_template("front.html", articles=list(articles.values()), sections=sections)

    @site.get("/<path:identifier>")
    def page(identifier: str) -> str:
        article = articles.get(identifier) or abort(404)
        return render_template("article.html", article=article, cards=cards_under(api, identifier))

    @site.get("/static/img/<name>.svg")
    def picture(name: str) -> Response:
        hue = int(hashlib.blake2b(name.encode(), digest_size=2).hexdigest(), 16) % 360
        return Response(render_template("picture.svg", hue=hue), content_type="image/svg+xml")

    return site


def public_articles() -> list[Article]:
    """Return the public articles, newest first."""
    now = datetime.now(UTC)
    with ARTICLES.open("rb") as file:
        read = [article_from(msgspec.json.decode(line, type=Record)) for line in file]
    return sorted(
        (article for article in read if article.is_public(now)),
        key=lambda article: article.published,
        reverse=True,
    )


def page_of(identifier: str) -> str:
    """Return the address of the page of an article."""
    return "/" + urllib.parse.quote(identifier)


def cards_under(api: str, identifier: str) -> list[dict[str, Any]]:
    """Request the cards of an article; an empty list if the service does not respond."""
    url = f"{api}/v1/articles/{urllib.parse.quote(identifier, safe='')}/related"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            cards: list[dict[str, Any]] = json.load(response)["cards"]
            return cards
    except OSError:
        return []
