"""Find the title of an article: the visible headline, or what the metadata names."""

from __future__ import annotations

import html
import re
from typing import Any, NamedTuple

from recommender.articles.flags import Flag
from recommender.ingest.page_metadata.elements import key, names_of, pieces, text_of
from recommender.ingest.page_metadata.page import SEPARATORS, Page
from recommender.text.markup.html import parts_of

KICKER = re.compile(
    r"(?:^|[\s_-])(?:kicker|over-?line|eye-?brow|top-?line|roof-?line|dachzeile|spitzmarke|sub-?title"
    r"|sub-?head(?:line|ing)?|pre-?(?:title|headline)|super-?title|sur-?titre|ante-?titulo|volanta"
    r"|label|section|category|rubri[ck]a?|tag|flag|badge|date|time)(?=$|[\s_-])",
    re.IGNORECASE,
)
"""Class names of what a heading has besides the headline."""

HEADLINE = re.compile(
    r"(?:^|[\s_-])(?:head-?line|(?:entry|post|article|story|page)[-_]?(?:title|headline|header)"
    r"|titles?|titulo|titre)(?=$|[\s_-])",
    re.IGNORECASE,
)

MIN_OVERLAP = 0.3
"""Share of its words that a heading has in common with the metadata, if it is the headline."""

MIN_LENGTH = 8
"""Letters of a headline that is recognised as a part of the metadata."""

MAX_LENGTH = 1_000
"""Characters of a title with the name of the site. What is longer is no title."""

MAX_PIECES = 20
"""Pieces at the beginning of a heading that may be its kicker."""


class Title(NamedTuple):
    """A title and the element that shows it; None if it is not visible."""

    text: str
    element: Any = None
    flag: Flag | None = None
    """Set if a heading that is no title was passed over."""


def title_of(page: Page) -> Title:
    """Return the title of the article of a page; "" if it has none."""
    named = _named(page)
    shown = [h for h in page.elements if h.tag == "h1" and key(text_of(h))]
    headings = [h for h in shown if not _is_masthead(page, h)]
    found = _best(headings, named)
    flag = Flag.TITLE_REPLACED if found is None and len(shown) == 1 else None
    if found is None:
        found = _confirmed(page, named)
    if found is not None and (text := _headline(found, named)):
        return Title(without_site(page, text), found, flag)
    text = next(iter(named), "") or next((text_of(h) for h in headings), "")
    return Title(without_site(page, text), flag=flag)


def _named(page: Page) -> list[str]:
    """Return the titles of the metadata: JSON-LD, Open Graph, other meta elements, document."""
    node, meta = page.node, page.meta
    given = [node.get("headline"), *meta.get("og:title", ()), node.get("name")]
    given += [*meta.get("twitter:title", ()), *meta.get("dc.title", ()), page.listed.title]
    given += [text_of(one) for one in page.root.iter("title") if one.getparent().tag != "svg"][:1]
    texts = (" ".join(html.unescape(one).split()) for one in given if isinstance(one, str))
    return [text for text in texts if key(text) and not page.is_site(text)]


def _is_masthead(page: Page, heading: Any) -> bool:
    """Return whether a heading is the name or the logo of the site."""
    if page.is_site(text_of(heading)):
        return True
    links = [a.get("href") or "" for a in heading.iter("a")]
    home = parts_of(page.address)._replace(path="", query="", fragment="").geturl()
    return len(links) == 1 and links[0].strip() in {"/", home, home + "/"}


def _best(headings: list[Any], named: list[str]) -> Any:
    """Return the heading that fits the metadata best; None if there is none, or if none fits."""
    if not headings or not named:
        return headings[0] if headings else None
    scores = [max(_fit(text_of(h), name) for name in named) for h in headings]
    best = max(scores)
    if best < MIN_OVERLAP and (len(headings) > 1 or len(text_of(headings[0]).split()) < 4):
        return None
    return headings[scores.index(best)]


def _fit(heading: str, name: str) -> float:
    """Return how alike a heading and a title are (Dice): 1 if one has the whole of the other."""
    shown, given = key(heading), key(name)
    if min(len(shown), len(given)) >= MIN_LENGTH and (shown in given or given in shown):
        return 1.0
    if shown == given:
        return 1.0
    words, others = _words(heading), _words(name)
    return 2 * len(words & others) / max(len(words) + len(others), 1)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _confirmed(page: Page, named: list[str]) -> Any:
    """Return another heading that is a whole title of the metadata, or a part of one."""
    wholes = {key(part) for name in named for part in (name, *SEPARATORS.split(name)) if part}
    for element in page.elements:
        is_heading = element.tag in {"h1", "h2", "h3", "h4"}
        if is_heading or HEADLINE.search(names_of(element)) or element.get("itemprop"):
            text = text_of(element) if len(element) < 10 else ""
            if len(key(text)) >= 4 and key(text) in wholes and not _is_masthead(page, element):
                return element
    return None


def _headline(heading: Any, named: list[str]) -> str:
    """Return the text of a heading without its kicker."""
    whole = pieces(heading)
    keys = {key(part) for name in named for part in (name, *SEPARATORS.split(name)) if part}
    for start in range(1, min(len(whole), MAX_PIECES)):
        if key("".join(whole[start:])) in keys:
            return " ".join("".join(whole[start:]).split())
    kickers = {e for e in heading.iter() if e is not heading and _is_kicker(e)}
    kept = "".join(pieces(heading, kickers))
    return " ".join((kept if key(kept) else "".join(whole)).split())


def _is_kicker(element: Any) -> bool:
    names = names_of(element)
    return bool(KICKER.search(names)) and not HEADLINE.search(names)


def without_site(page: Page, title: str) -> str:
    """Remove the name of the site at the end or the beginning of a title: "Title | The Site"."""
    for _ in range(2 if len(title) <= MAX_LENGTH else 0):
        for match in SEPARATORS.finditer(title):
            before, after = title[: match.start()].strip(), title[match.end() :].strip()
            if before and page.is_site(after):
                return before
            if after and page.is_site(before):
                title = after
                break
        else:
            break
    return title
