"""The body of a page: nothing of it is lost by names, modules, characters or a first look."""

import json
from datetime import UTC

import pytest

from read_page import article_of_page
from recommender.articles.flags import Flag
from recommender.ingest.page_metadata import json_ld
from recommender.ingest.web.page_body import PageBody, body_of, prune
from recommender.text.markup.html import content_of, parse

STORY = [
    "The harbour of Quill froze on Tuesday for the first time in eleven winters, the port said.",
    "Two tugs broke a lane through the ice, and the mail boat came in four hours late.",
    "Fishermen walked to their boats with planks under their arms and came back without fish.",
    "The school stayed closed because the heating oil was on a ship outside the mole.",
    "A thaw is expected on Friday, when the wind turns and brings rain from the south.",
    "Until then the market sells what the farms behind the hill bring down on sledges.",
    "Old people in the town compared the ice with that of a winter in which horses crossed it.",
    "The mayor asked everybody to stay away from the lane, which opens and closes with the tide.",
]
OTHERS = "<h3>More</h3><p><a href='/x'>Other story</a> about something else.</p>"


def paragraphs(lines: list[str], name: str = "") -> str:
    return "".join(f"<p{name}>{line}</p>" for line in lines)


def found(body: str, head: str = "", stated: str = "") -> PageBody:
    root = parse(f"<html><head>{head}</head><body><h1>Ice</h1>{body}</body></html>")
    prune(root, json_ld.content_names(json_ld.json_ld(root)))
    return body_of(root, "https://site.example/ice", stated)


def lines(body: PageBody) -> list[str]:
    return [line for line in body.text.split("\n") if line != "Ice"]


@pytest.mark.parametrize(
    "names",
    [
        'class="story no-share has-comments"', 'class="entry themeform share"', 'class="paywall"',
        'class="entry-content-read-more"', 'class="js-fit-related-to-my-box"', 'id="newsletter"',
        'class="post type-post tag-popular category-promo"', 'class="promo"', 'class="recommended"',
    ],
)  # fmt: skip
def test_a_block_that_holds_the_text_is_content(names: str) -> None:
    chrome = f"<div class='related'>{OTHERS}</div><div class='comments'><p>First!</p></div>"
    body = found(f"<div {names}>{paragraphs(STORY)}</div>{chrome}")
    assert lines(body) == STORY
    assert not body.replaced


def test_paragraphs_of_one_class_are_one_block() -> None:
    body = f"<div>{paragraphs(STORY[:2])}{paragraphs(STORY[2:], ' class=metered')}</div>"
    assert lines(found(body)) == STORY


def test_blocks_of_one_class_count_together_whatever_their_ids() -> None:
    part = "<section class='part part--ads' id=p{}>{}</section>"
    parts = "".join(part.format(i, paragraphs(STORY[i : i + 2])) for i in (0, 2, 4, 6))
    assert lines(found(f"<div>{parts}</div>")) == STORY


def test_the_parts_that_json_ld_names_are_content() -> None:
    """Also those that hold little of the text."""
    part = {"isAccessibleForFree": False, "cssSelector": ".paywall, #ads > p"}
    ld = json.dumps({"@type": "NewsArticle", "hasPart": [part]})
    head = f'<script type="application/ld+json">{ld}</script>'
    few = f"<p class=paywall>{STORY[6]}</p><div id=ads><p>{STORY[7]}</p></div>"
    body = f"<div class=text>{paragraphs(STORY[:6])}{few}<p class=newsletter>Ice by mail</p></div>"
    assert lines(found(body, head)) == STORY
    assert lines(found(body)) == STORY[:6]


def test_names_in_camel_case_are_names() -> None:
    trending = f"<div id=playerTrending><p>{STORY[6]}</p></div><p class=noShare>{STORY[7]}</p>"
    assert lines(found(f"<div>{paragraphs(STORY[:6])}{trending}</div>")) == [*STORY[:6], STORY[7]]


def test_long_comments_are_no_content() -> None:
    comments = paragraphs([f"{line} I was there and saw it myself, too." for line in STORY[:5]])
    body = f"<div class=text>{paragraphs(STORY)}</div><div class=comment-list>{comments}</div>"
    assert lines(found(body)) == STORY


@pytest.mark.parametrize("character", ["\x02", "\x0b", "\x1f", "\ufffe", "\uffff", "\udc80"])
def test_a_character_that_xml_forbids_does_not_empty_the_body(character: str) -> None:
    body = found(f"<article>{paragraphs(STORY).replace('mole', f'mo{character}le')}</article>")
    assert lines(body) == STORY


@pytest.mark.parametrize(
    "module",
    [
        '<div class="article-body">{}</div>',
        '<p-t><div class="story-text"><div class="text-content">{}</div></div></p-t>',
        '<div class="post-content chunk"><div>{}</div></div>',
    ],
)  # fmt: skip
def test_a_body_in_modules_is_joined(module: str) -> None:
    parts = [module.format(paragraphs(STORY[start : start + 2])) for start in (0, 2, 4, 6)]
    body = found(f"<div class=main>{'<figure><img src=/i.jpg></figure>'.join(parts)}</div>")
    assert lines(body) == STORY


@pytest.mark.parametrize(
    "post",
    [
        "<article><div class=entry-content>{}</div></article>",
        "<div class=post><h2><a href='/a'>A story</a></h2><div class=entry-content>{}</div></div>",
    ],
)
def test_several_articles_on_a_page_are_not_joined(post: str) -> None:
    parts = (STORY[:3], STORY[3:6], STORY[6:])
    body = found(f"<main>{''.join(post.format(paragraphs(part)) for part in parts)}</main>")
    assert [line for line in lines(body) if line != "A story"] == STORY[:3]


def test_the_stated_body_replaces_a_far_shorter_one() -> None:
    stated = "\n".join(STORY)
    body = found(f"<article><p>{STORY[0]}</p><p><a href='/old'>Old</a></p></article>", "", stated)
    assert lines(body) == STORY
    assert body.replaced
    whole = found(f"<article>{paragraphs(STORY)}</article>", "", stated.upper())
    assert lines(whole) == STORY
    assert not whole.replaced


def test_text_between_elements_stays() -> None:
    body = f"<div class=article-body>{'<br><br>'.join(STORY[:4])}<p>{STORY[4]}</p>{STORY[5]}</div>"
    assert lines(found(body)) == STORY[:6]


def test_a_long_text_behind_a_read_more_name_is_content() -> None:
    """It holds less than a third of this page, but is longer than any call to read more."""
    more = f"<div class='js-readmore'>{paragraphs([' '.join(STORY[6:]) * 3])}</div>"
    link = "<div class='read-more box'>Read the whole story about it in the printed issue.</div>"
    story = paragraphs([*STORY, *(line + " So far." for line in STORY)])
    body = found(f"<article>{story}{more}{link}</article>")
    assert lines(body)[-1] == " ".join(STORY[6:]) * 3


def test_hidden_text_does_not_replace_a_body() -> None:
    hidden = (
        f"<div style='display: none'>{paragraphs([line + ' Terms.' for line in STORY * 3])}</div>"
    )
    body = found(f"<div>{paragraphs(STORY)}{hidden}</div>")
    assert lines(body) == STORY
    assert not body.replaced


def test_the_id_of_a_section_made_of_its_heading_is_no_name() -> None:
    heading = "Popular among the fishermen"
    few = f"<div id=popular-among-the-fishermen><h2>{heading}</h2><p>{STORY[7]}</p></div>"
    body = found(f"<article>{paragraphs(STORY[:7])}{few}</article>")
    assert lines(body) == [*STORY[:7], heading, STORY[7]]


def test_repairs_are_flagged() -> None:
    ld = {"@type": "NewsArticle", "headline": "Ice", "datePublished": "2026-01-05"}
    ld["articleBody"] = "<p>" + "</p><p>".join(STORY) + "</p>"
    head = f'<script type="application/ld+json">{json.dumps(ld)}</script>'
    html = f"<html><head>{head}</head><body><h1>Ice</h1>{paragraphs(STORY[:4])}\x03</body></html>"
    article = article_of_page("https://site.example/ice", html.encode(), None, UTC)
    assert article.body.split("\n") == STORY
    assert {Flag.BODY_REPLACED, Flag.CHARACTERS_REMOVED} <= set(article.flags)


def test_a_fragment_follows_the_same_rule() -> None:
    """As in feeds, WordPress and Markdown."""
    box = (
        "<div class='newsletter box'><p>The best of the harbour comes by mail, each week.</p></div>"
    )
    for names in ("paywall", "story no-share", "has-ads promo"):
        whole = f"<p>{STORY[0]}</p>{box}<div class='{names}'>{paragraphs(STORY[1:])}</div>"
        assert content_of(whole).text.split("\n") == STORY
    assert content_of(f"<p>{STORY[0]}</p>{box}").text == STORY[0]
    assert content_of(f"<div class=promo><p>{STORY[0]}</p></div>").text == STORY[0]
