"""The HTML fragment: finished, marked up for machines, and safe in a page."""

import html.parser
import json
import re
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from flask.testing import FlaskClient

from recommender.serving.responses import RelatedResponse
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl
from service import create_app
from service.api.fragment import render_fragment


def served(*cards: dict[str, object]) -> RelatedResponse:
    return RelatedResponse(
        json.dumps({"cards": cards}).encode(), 2_000, ("related",), cacheable=True
    )


CARD = {
    "id": "a",
    "title": 'Grain "talks" <b>& more</b>',
    "teaser": "Two sides.",
    "url": "https://site.example/a?b=1&c=2",
    "image": None,
    "image_alt": None,
    "section": "politics",
    "authors": [],
    "published": "2026-10-30T08:05:00Z",
    "language": "pl",
    "origin": "related",
}


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(body: bytes | str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(body if isinstance(body, str) else body.decode())
    return parser.found


def test_the_fragment_shows_the_cards_of_the_api(client: FlaskClient) -> None:
    cards = client.get("/v1/articles/talks/0/related?limit=4").json["cards"]
    answer = client.get("/v1/articles/talks/0/related.html?limit=4")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert "stale-if-error" in answer.headers["Cache-Control"]
    found = tags(answer.data)
    assert [a["href"] for tag, a in found if tag == "a"] == [card["url"] for card in cards]
    assert [a["content"] for tag, a in found if tag == "meta"] == ["1", "2", "3", "4"]
    items = [a for tag, a in found if tag == "li"]
    assert [a["data-origin"] for a in items] == [card["origin"] for card in cards]
    assert [a["part"] for a in items] == [f"card {card['origin']}" for card in cards]
    types = [a["itemtype"] for _, a in found if "itemtype" in a]
    assert types == ["https://schema.org/ItemList"] + ["https://schema.org/ListItem"] * 4
    by_url = client.get("/v1/related.html?url=https://site.example/talks/0/&limit=4")
    assert by_url.data == answer.data


def test_texts_in_fragments_are_escaped() -> None:
    body = render_fragment(served(CARD), "pl", UTC).body.decode()
    assert "<b>" not in body
    assert "Grain &#34;talks&#34; &lt;b&gt;" in body


@pytest.mark.parametrize(
    ("language", "heading", "tag_language", "day", "tag"),
    [
        ("pl", "Czytaj także", "pl", "31 paź 2026", "pl"),
        ("de-AT", "Mehr zum Thema", "de", "31.10.2026", "de-AT"),
        ("en", "Related posts", "en", "31 Oct 2026", "en-150"),
        ("en-US", "Related posts", "en", "Oct 31, 2026", "en-US"),
        ("sv", "Läs också", "sv", "31 okt. 2026", "sv"),
        ("nb-NO", "Les også", "no", "31. okt. 2026", "nb-NO"),
        ("zh-TW", "相關文章", "zh-Hant", "2026年10月31日", "zh-Hant-TW"),
        ("zh-CN", "相关文章", "zh-Hans", "2026年10月31日", "zh-Hans-CN"),
        ("sr-Latn-RS", "Pročitajte i ovo", "sr-Latn", "31. 10. 2026.", "sr-Latn-RS"),
        ("sr", "Прочитајте и ово", "sr", "31. 10. 2026.", "sr"),
        ("tlh", "Related posts", "en", "31 Oct 2026", "en-150"),
        ("", "Related posts", "en", "31 Oct 2026", "en-150"),
        ("not a tag!", "Related posts", "en", "31 Oct 2026", "en-150"),
    ],
)
def test_headings_and_dates_follow_the_requested_language(
    language: str, heading: str, tag_language: str, day: str, tag: str
) -> None:
    late = {**CARD, "published": "2026-10-30T23:05:00Z"}
    body = render_fragment(served(late), language, ZoneInfo("Europe/Warsaw")).body.decode()
    (section,) = [a for name, a in tags(body) if name == "section"]
    assert (section["aria-label"], section["lang"]) == (heading, tag_language)
    assert f'<time datetime="2026-10-30T23:05:00Z" lang="{tag}">{day}</time>' in body
    (title,) = [a for name, a in tags(body) if name == "h3"]
    assert title["lang"] == "pl"  # the card's own


@pytest.mark.parametrize(
    ("language", "card", "block_direction", "card_direction"),
    [
        ("ar-EG", "ar", "rtl", "rtl"),
        ("he", "en-GB", "rtl", "ltr"),
        ("en", "fa", None, "rtl"),
        ("az-Arab", "az", "rtl", "ltr"),
        ("pa-PK", "pa", "rtl", "ltr"),
        ("ur-Latn", "yi", None, "rtl"),
        ("arz", "ku-Arab", "rtl", "rtl"),
        ("", "und", None, "auto"),
    ],
)
def test_block_and_cards_have_the_direction_of_their_language(
    language: str, card: str, block_direction: str | None, card_direction: str
) -> None:
    html = render_fragment(served({**CARD, "language": card}), language, UTC).body.decode()
    directions = {name: a.get("dir") for name, a in reversed(tags(html))}
    assert directions["section"] == block_direction  # else that of the page
    assert directions["h2"] == "auto"
    assert directions["h3"] == directions["p"] == card_direction


def test_the_fragment_names_its_own_article(settings: Settings, source: Path) -> None:
    rows = records()
    rows[0]["language"] = "pl"
    mixed = msgspec.structs.replace(settings.ranking, language="any")
    settings = msgspec.structs.replace(settings, ranking=mixed, timezone="Europe/Warsaw")
    publish(settings, write_jsonl(source, rows))
    client = create_app(settings).test_client()
    shown = client.get("/v1/articles/talks/0/related.html").data.decode()
    assert "Czytaj także" in shown
    assert "paź 2026</time>" in shown
    assert client.get("/v1/related.html?url=https://site.example/talks/0").data.decode() == shown


def test_a_javascript_url_is_no_link() -> None:
    for bad in ("javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", ""):
        body = render_fragment(served({**CARD, "url": bad, "image": bad}), "en", UTC).body
        names = {tag for tag, _ in tags(body)}
        assert names.isdisjoint({"a", "img"}), bad
        assert b"Grain" in body


def test_an_image_has_size_and_text() -> None:
    body = render_fragment(
        served({**CARD, "image": "/a.jpg", "image_alt": "A field"}), "en", UTC
    ).body
    (image,) = [a for tag, a in tags(body) if tag == "img"]
    assert (image["alt"], image["width"], image["height"]) == ("A field", "320", "180")


def test_an_image_without_text_leaves_no_frame_when_it_is_gone() -> None:
    """With a size browsers draw a frame, even with an empty text."""
    body = render_fragment(served({**CARD, "image": "/a.jpg"}), "en", UTC).body
    (image,) = [a for tag, a in tags(body) if tag == "img"]
    assert image["alt"] == ""
    assert not {"width", "height"} & set(image)


def test_a_panel_stands_where_a_picture_is_missing() -> None:
    """It is empty: styles show the section, and a page without styles shows nothing."""
    pictured, plain = {**CARD, "image": "/a.jpg"}, {**CARD, "section": 'A "b" & c'}
    body = render_fragment(served(pictured, plain), "en", UTC).body.decode()
    panels = [a for tag, a in tags(body) if a.get("part") == "panel"]
    assert [panel["data-section"] for panel in panels] == ['A "b" & c']
    assert "></span>" in body
    # Without any picture in the list there are no panels either.
    assert b"panel" not in render_fragment(served(plain, plain), "en", UTC).body


def test_the_heading_of_the_settings_replaces_the_own_one() -> None:
    body = render_fragment(served(CARD), "pl", UTC, "More <i>& more</i>").body.decode()
    (section,) = [a for tag, a in tags(body) if tag == "section"]
    assert section["aria-label"] == "More <i>& more</i>"
    assert "lang" not in section  # its language is not known
    assert "More &lt;i&gt;&amp; more&lt;/i&gt;</h2>" in body
    assert "Czytaj także" not in body


def test_spare_cards_follow_those_of_the_limit(client: FlaskClient) -> None:
    def shown(query: str) -> tuple[str | None, list[str | None]]:
        answer = client.get(f"/v1/articles/talks/0/related.html{query}")
        assert answer.status_code == 200
        found = tags(answer.data)
        return found[0][1].get("data-limit"), [a["href"] for tag, a in found if tag == "a"]

    _, ten = shown("?limit=10")
    assert shown("?spare=0") == (None, ten[:6])
    assert shown("?spare=4") == ("6", ten)
    assert shown("?limit=2&spare=1") == ("2", ten[:3])
    limit, longest = shown("?limit=18&spare=20")
    assert (limit, len(longest)) == ("18", 20)
    assert client.get("/v1/articles/talks/0/related.html?spare=21").status_code == 400
    assert client.get("/v1/articles/talks/0/related?spare=1").status_code == 400


def test_reasons_for_readers_are_opt_in(settings: Settings, source: Path) -> None:
    rows = records()
    rows[0]["language"] = "pl"
    mixed = msgspec.structs.replace(settings.ranking, language="any")
    settings = msgspec.structs.replace(settings, ranking=mixed, heading="Read next")
    publish(settings, write_jsonl(source, rows))
    client = create_app(settings).test_client()
    path = "/v1/articles/talks/0/related.html"
    plain, off, on = (client.get(path + query).text for query in ("", "?why=0", "?why=1"))
    assert plain == off
    assert "Read next</h2>" in plain
    assert "related-posts-why" not in plain
    assert re.findall(r'<p class="related-posts-why" part="why" lang="pl">(W obu tekstach: )', on)
    assert re.sub(r'<p class="related-posts-why".*\n', "", on) == plain
    assert client.get(path + "?why=perhaps").status_code == 400
    assert client.get("/v1/articles/talks/0/related?why=1").status_code == 400


def test_no_cards_are_an_empty_fragment(client: FlaskClient) -> None:
    query = "?section=nowhere&fill=none"
    answer = client.get(f"/v1/articles/talks/0/related.html{query}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert client.get("/v1/articles/nope/related.html").status_code == 404
