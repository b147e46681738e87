"""Sentences that a site repeats are removed; what articles say stays."""

from datetime import UTC, datetime

from recommender.articles.article import Article
from recommender.articles.boilerplate import find_boilerplate, strip_boilerplate

NOTICE = "This story may be republished free of charge under the licence named below."
PLEA = "Jeśli cenisz naszą pracę, wesprzyj redakcję choćby drobną kwotą co miesiąc."


def article(number: int, body: str, teaser: str = "") -> Article:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Article(id=str(number), title="T", published=day, body=body, teaser=teaser)


def archive(count: int, *, teaser: str = "") -> list[Article]:
    own = "Story {0} tells of the {0} things that nobody else had told before it did."
    return [
        article(n, f"What we know\n{own.format(n)} {PLEA}\nMore of {n} follows. {NOTICE}", teaser)
        for n in range(count)
    ]


def test_sentences_repeated_in_many_articles_are_removed() -> None:
    before = archive(20)
    after = strip_boilerplate(before)
    assert [a.id for a in after] == [a.id for a in before]
    assert find_boilerplate(before) == {NOTICE, PLEA, "What we know"}
    assert after[3].body == (
        "Story 3 tells of the 3 things that nobody else had told before it did.\nMore of 3 follows."
    )


def test_a_few_articles_may_share_a_sentence() -> None:
    few = archive(5)
    assert strip_boilerplate(few) == few


def test_a_boilerplate_teaser_is_replaced() -> None:
    after = strip_boilerplate(archive(20, teaser=PLEA))
    assert after[3].teaser.startswith("Story 3 tells")
    assert PLEA not in after[3].teaser


def test_sentences_cut_at_abbreviations_are_no_boilerplate() -> None:
    made = [
        article(n, f"The mayor of hl. m. Praha said {n}. The U.S. said {n}.") for n in range(50)
    ]
    assert strip_boilerplate(made) == made


def test_an_empty_archive() -> None:
    assert strip_boilerplate([]) == []
