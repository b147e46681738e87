"""What an export and the API of WordPress share: types of posts, and the section of a post."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from recommender.text.sections import is_section, section_key

POST = "post"
"""The type of posts that are articles."""

INTERNAL_TYPES = re.compile(
    r"page|attachment|revision|nav_menu_item|custom_css|customize_changeset|oembed_cache"
    r"|user_request|(?:wp|acf|elementor|et|vc|fl|tdb|jp|polylang|amp|mc4wp|wpcf7|wpforms)[-_].*"
    r"|e-(?:landing-page|floating-buttons)|(?:.*[-_])?(?:template|layout|block|form|menu|widget"
    r"|redirect|snippet|popup|slider|ad)s?"
    r"|feedback|guest-author|scheduled-action|shop_(?:order|coupon).*|product_variation"
    r"|tablepress_table|nf_sub|flamingo_.*|reply"
)
"""Types by which WordPress and its plugins store menus, designs, forms and settings, not texts."""

PRIMARY = (
    "_yoast_wpseo_primary_category",
    "rank_math_primary_category",
    "_primary_term_category",
    "_seopress_robots_primary_cat",
)
"""Metadata by which SEO plugins store the ID of the main category of a post."""

_VAGUE = """
featured, featured story, featured stories, featured post, featured posts, featured article,
featured articles, featured news, breaking, breaking news, top story, top stories, top news, top,
headline, headlines, latest, latest news, lead, lead story, cover, cover story, main, main story,
home, homepage, home page, front page, frontpage, slider, slideshow, carousel, hero, sticky,
editors pick, editors picks, editor s pick, editor s picks, editor s choice, editors choice,
must read, must reads, trending, popular, recommended, highlight, highlights, hot, hot news,
general, default, misc, miscellaneous, other, others, all,
startseite, aufmacher, topthema, topthemen, top thema, top themen, schlagzeilen, eilmeldung,
eilmeldungen, allgemein, allgemeines, sonstiges, empfohlen,
à la une, a la une, la une, une, en vedette, accueil, général, divers, flash info,
portada, destacado, destacados, destacada, destacadas, última hora, inicio, principal, titulares,
in evidenza, prima pagina, primo piano, ultima ora, ultime notizie, generale, varie,
destaque, destaques, manchete, manchetes, capa, últimas notícias, geral, início,
uitgelicht, voorpagina, algemeen, wyróżnione, strona główna, najważniejsze, polecane, ogólne,
forside, forsiden, toppsaker, utvalgt, framsida, startsida, toppnyheter, allmänt, generelt,
etusivu, yleinen, pääuutiset, hlavní stránka, titulní strana, hlavní zprávy, címlap, kiemelt,
egyéb, általános, prima pagină, știri de ultimă oră, manşet, öne çıkanlar, öne çıkan, son dakika,
anasayfa, ana sayfa, genel, destacat, portada principal, naslovnica, izdvojeno, istaknuto,
главное, главная, топ, важное, срочно, головне, головна, термінові новини, πρωτοσέλιδο, γενικά,
πρώτο θέμα, الرئيسية, عاجل, مميز, عام, ראשי, כללי, اخبار مهم, मुख्य समाचार, ब्रेकिंग न्यूज़,
berita utama, pilihan editor, terkini, umum, nổi bật, tin nổi bật, trang chủ, tin mới, ข่าวเด่น,
注目, トップ, トップニュース, 头条, 頭條, 首页, 首頁, 推荐, 推薦, 要闻, 要聞, 주요뉴스,
추천, 헤드라인
"""


class Term(NamedTuple):
    """A category, tag or user by name and slug."""

    name: str
    slug: str = ""


def is_passed_over(post_type: str) -> bool:
    """Return whether posts of a type may be articles although they are not read."""
    return post_type != POST and not INTERNAL_TYPES.fullmatch(post_type)


def passed_over(counts: Mapping[str, int]) -> str:
    """Write how many posts of which types are not read, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return "passed over: " + ", ".join(f"{number} {name}" for name, number in ordered)


def section_and_tags(categories: Sequence[Term], primary: str = "") -> tuple[str, list[str]]:
    """Choose the section of a post among its categories; the others are tags.

    A category that says where a post stands ("Featured") is a section only if it is alone, and
    never a tag. One that says that there is none ("Uncategorized") is neither.

    Parameters
    ----------
    categories : categories in the order of WordPress.
    primary : slug of the main category, if an SEO plugin stores it.
    """
    named = [one for one in categories if one.name and is_section(one.name)]
    specific = [one for one in named if not _is_vague(one)]
    ordered = sorted(specific or named[:1], key=lambda one: not primary or one.slug != primary)
    names = [one.name for one in ordered]
    return (names[0], names[1:]) if names else ("", [])


def _is_vague(category: Term) -> bool:
    # A site may have given the default category another name, and kept its slug.
    return section_key(category.name) in VAGUE or bool(_DEFAULT_SLUG.fullmatch(category.slug))


_DEFAULT_SLUG = re.compile(r"uncategori[sz]ed(?:-\w+)*")
"""Slug of the category of posts without one, also of a second language (``uncategorized-de``)."""


VAGUE = frozenset(map(section_key, _VAGUE.split(",")))
"""Names of categories that say where a post stands on the site, or nothing."""
