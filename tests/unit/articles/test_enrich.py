"""Whole teasers, from the body or from what is whole of a given one."""

from datetime import UTC, datetime

import pytest

from recommender.articles.article import Article
from recommender.articles.enrich import enrich
from recommender.articles.flags import Flag

TITLE = "Tide mill grinds again"
FIRST = (
    "The tide mill on the old quay ground its first barley on Monday after nine years of repair."
)
SECOND = (
    "The miller said that the wheel had been carved anew from oak that grew on the island itself."
)
THIRD = "Bakers in the town have ordered all the flour until the end of the winter."
BODY = f"{FIRST}\n{SECOND}\n{THIRD}"


def enriched(
    teaser: str, body: str = BODY, title: str = TITLE, authors: tuple[str, ...] = ()
) -> Article:
    now = datetime.now(UTC)
    return enrich(
        Article(id="1", title=title, published=now, teaser=teaser, body=body, authors=authors)
    )


@pytest.mark.parametrize(
    "teaser",
    [
        f"{FIRST} The miller said that […]",
        f"{FIRST} The miller said that the whe",
        f"{FIRST[:50]}... Continue reading {TITLE} →",
        f"{FIRST[:50]} Read more",
    ],
)
def test_a_cut_off_teaser_is_made_anew(teaser: str) -> None:
    article = enriched(teaser)
    assert article.teaser == f"{FIRST} {SECOND}"
    assert Flag.TEASER_REPLACED in article.flags


def test_a_whole_teaser_loses_what_was_appended() -> None:
    article = enriched(f"{THIRD} The post {TITLE} appeared first on The Quay.")
    assert (article.teaser, article.flags) == (THIRD, ())


@pytest.mark.parametrize(
    "teaser",
    [
        THIRD,
        "A mill, a miller, a town",
        "By the sea, a mill",
        "By Lake Geneva",
        "Join our reporters for live updates from the count in Leeds, where three seats are close.",
        "Join the union, whose newsletter listed forty demands.",
        "Find us on the beach: how a village lost its sand",
        "Follow us on a walk through the old harbour.",
        "Follow us on a walk by the harbour.",
        "Already a member? How clubs keep people",
        "More on the flood: where the water stands",
        "Photo: the day the bridge fell",
        "Bild: Kanzler plant Rücktritt",
        "图：大桥开通的那一天人们在河边跳舞",
        "Updated plans for 3 schools",
        "Published in 1984, a novel of the sea",
        "Anna Nowak on why the mayor is wrong",
    ],
)
def test_teasers_of_editors_stay(teaser: str) -> None:
    assert enriched(teaser, authors=("Anna Nowak",)).teaser == teaser


@pytest.mark.parametrize(
    "teaser",
    [
        "By Jane Doe | Photo: Reuters",
        "Click here to read more",
        "Фото: Иван Иванов",
        "【写真】旧路面電車車庫",
        "Published: 3 May 2026, 10:14",
        "Opublikowano: 3 maja 2026 o godz. 10:14",
        "Subscribe to our newsletter.",
        "Already a subscriber? Log in",
        "Follow us on Facebook, X and Instagram.",
        "Foto: Jan van Eyck/picture alliance/dpa",
        "Anna Nowak and Jan Kowal",
        "By Anna Nowak.",
    ],
)
def test_a_teaser_that_is_only_a_credit_is_made_from_the_body(teaser: str) -> None:
    article = enriched(teaser, authors=("Anna Nowak", "Jan Kowal"))
    assert article.teaser == f"{FIRST} {SECOND}"
    assert Flag.TEASER_MADE in article.flags


def test_without_a_body_whole_sentences_of_the_teaser_remain() -> None:
    article = enriched(f"{FIRST} The miller said that the…", "")
    assert (article.teaser, article.body) == (FIRST, f"{FIRST} The miller said that the")


def test_without_a_whole_sentence_the_title_is_shown_and_no_word_lost() -> None:
    article = enriched("The tide mill on the old quay, which has […]", "", "Tide mill grinds…")
    assert (article.teaser, article.body) == (
        "Tide mill grinds",
        "The tide mill on the old quay, which has",
    )


def test_a_body_that_was_cut_off_gives_its_whole_sentences() -> None:
    assert enriched("", f"{FIRST} {SECOND} {THIRD[:40]}…").teaser == f"{FIRST} {SECOND}"
    assert enriched("", f"{FIRST[:60]} […]").teaser == TITLE


def test_made_teasers_are_cleaned() -> None:
    body = f"The <b>tide mill</b> said: {FIRST}\n{SECOND}"
    assert "<b>" not in enriched("", body).teaser


def test_lines_without_any_sentence_are_used_whole() -> None:
    assert enriched("", "flour and bran\nbarley, 40 sacks\n" + "word " * 90).teaser == (
        "flour and bran barley, 40 sacks"
    )
