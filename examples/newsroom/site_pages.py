"""The pages of the example newsroom: a small site that requests its cards over HTTP."""

from __future__ import annotations

import json
import os
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Flask, Response, abort, render_template
from pictures import draw

from recommender.articles.article import Article, Record, article_from
from recommender.articles.enrich import enrich
from recommender.text.language import detect_language
from service.api.fragment import FormattedDay, format_day
from service.api.headings import heading_in

ARTICLES = Path(__file__).with_name("articles.jsonl")
SECTIONS = ("world", "politics", "economy", "culture", "science", "sport")
POLISH = "po-polsku"
"""Address of the page with the articles in Polish."""

ZONE = ZoneInfo("Europe/Warsaw")
TIMEOUT = 0.5
"""Seconds that a page waits for its cards; it is sent without them afterwards."""

PICTURE_CACHE = "public, max-age=86400"


def create_site() -> Flask:
    """Create the site of the articles beside this file."""
    site = Flask(__name__)
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    api = os.environ.get("NEWSROOM_API", "http://127.0.0.1:8000")
    site.jinja_env.globals.update(
        page_of=page_of,
        day=day,
        heading_in=heading_in,
        sections=SECTIONS,
        api=api,
        desk=os.environ.get("NEWSROOM_DESK", ""),
    )
    add_pages(site, api, public_articles())
    return site


def add_pages(site: Flask, api: str, articles: list[Article]) -> None:
    """Add the front page, and the pages of sections, articles, pictures and the widget."""
    by_address = {article.url.strip("/"): article for article in articles}
    by_address |= {article.id: article for article in articles}
    by_picture = {article.image: article for article in articles}

    @site.get("/")
    def front() -> str:
        polish = [a for a in articles if a.language == "pl"]
        return render_template("front.html", articles=english(articles), polish=polish)

    @site.get(f"/<any({', '.join(map(repr, (*SECTIONS, POLISH)))}):name>/")
    def section(name: str) -> str:
        of_section = [a for a in english(articles) if a.section == name]
        listed = of_section or [a for a in articles if a.language == "pl"]
        return render_template("section.html", name=name, articles=listed)

    @site.get("/<path:identifier>")
    def page(identifier: str) -> str:
        article = by_address.get(identifier) or abort(404)
        cards = cards_under(api, article.id)
        return render_template("article.html", article=article, cards=cards)

    @site.get("/widget")
    def widget() -> str:
        return render_template("widget.html", article=articles[0])

    @site.get("/static/img/<name>.svg")
    def picture(name: str) -> Response:
        article = by_picture.get(f"/static/img/{name}.svg") or abort(404)
        drawn = draw(name, (article.image_alt, article.title), article.section)
        headers = {"Cache-Control": PICTURE_CACHE}
        return Response(drawn, content_type="image/svg+xml", headers=headers)

    @site.errorhandler(404)
    def missing(_: Exception) -> tuple[str, int]:
        return render_template("missing.html", articles=english(articles)), 404


def public_articles() -> list[Article]:
    """Return the public articles, newest first."""
    now = datetime.now(UTC)
    with ARTICLES.open("rb") as file:
        read = [completed(article_from(msgspec.json.decode(line, type=Record))) for line in file]
    return sorted(
        (article for article in read if article.is_public(now)),
        key=lambda article: article.published,
        reverse=True,
    )


def completed(article: Article) -> Article:
    """Return an article with its teaser and language, as an index run completes them."""
    language = article.language or detect_language(f"{article.title}\n{article.body}")
    return msgspec.structs.replace(enrich(article), language=language)


def english(articles: list[Article]) -> list[Article]:
    """Return the articles that are not in Polish."""
    return [article for article in articles if article.language != "pl"]


def page_of(identifier: str) -> str:
    """Return the address of the page of an article."""
    return "/" + urllib.parse.quote(identifier)


def day(moment: datetime | str, language: str) -> FormattedDay:
    """Format the day of a time as the service does, in Warsaw."""
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return format_day(read.astimezone(ZONE).date(), language)


def cards_under(api: str, identifier: str) -> list[dict[str, Any]]:
    """Request the cards of an article; an empty list if the service does not respond."""
    url = f"{api}/v1/articles/{urllib.parse.quote(identifier, safe='')}/related"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            cards: list[dict[str, Any]] = json.load(response)["cards"]
            return cards
    except OSError:
        return []
