"""The block as finished HTML: for server-side includes, and for the widget."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import json

from recommender.serving import Served

if TYPE_CHECKING:
    from jinja2 import Template

HTML = "text/html; charset=utf-8"

HEADINGS = {
    "cs": "Související články",
    "de": "Mehr zum Thema",
    "en": "Related posts",
    "es": "Artículos relacionados",
    "fr": "À lire aussi",
    "it": "Articoli correlati",
    "pl": "Czytaj także",
    "uk": "Читайте також",
}
"""By the language of the first card; English where there is none."""


def rendered(served: Served) -> Served:
    """Render an answer; one without cards is an empty page, so that an include shows nothing."""
    cards: list[dict[str, Any]] = json.decode(served.body)["cards"]
    for card in cards:
        card["href"] = _safe(card["url"])
        card["src"] = _safe(card["image"] or "")
        card["day"] = _day(card["published"])
    language = cards[0]["language"].partition("-")[0] if cards else ""
    heading = HEADINGS.get(language, HEADINGS["en"])
    html = _template().render(cards=cards, heading=heading) if cards else ""
    return served._replace(body=html.encode())


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - at first use

    return Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("related.html")


def _safe(url: str) -> str:
    """Leave out an address that could run code in the page."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return ""
    return url.strip() if scheme in {"http", "https", ""} else ""


def _day(published: str) -> str:
    moment = datetime.fromisoformat(published)
    return f"{moment.day} {moment:%b %Y}"
