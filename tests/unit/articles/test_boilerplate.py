"""Sentences that a site repeats are removed; what articles say stays."""

from datetime import UTC, datetime, timedelta

import pytest

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


SITE = "The Elm Valley Courier writes about all the towns and farms of the Elm valley. Join us."


@pytest.mark.parametrize("count", [3, 20])
def test_a_teaser_that_different_articles_share_is_replaced_and_no_evidence(count: int) -> None:
    own = "Story {0} tells of the {0} things that nobody else had told before it did."
    shared = [article(n, own.format(n), SITE) for n in range(count)]
    others = [article(n, own.format(n), own.format(n)) for n in range(count, 400)]
    after = strip_boilerplate(shared + others)
    assert [a.teaser for a in after] == [own.format(n) for n in range(400)]


def test_a_teaser_stays_that_two_articles_or_versions_of_one_text_share() -> None:
    two = [article(n, f"Part {n} of the story has {n} surprises in it.", SITE) for n in range(2)]
    body = "The ferry sails again. Its two engines were replaced in the dry dock. Fares stay low."
    versions = [article(n, f"{body} Update {n} follows.", f"{SITE} Always.") for n in range(2, 9)]
    assert strip_boilerplate(two + versions) == two + versions


def test_a_teaser_stays_that_comes_from_the_body() -> None:
    lead = "The ferry of Elm sails again after its two engines were replaced in the dry dock."
    made = [
        article(n, f"{lead} " + " ".join(f"Fact {n} {m} is new." for m in range(30)), lead)
        for n in range(5)
    ]
    assert strip_boilerplate(made) == made


def test_the_lead_of_a_story_stays_that_others_have_as_teaser() -> None:
    lead = "The mayor of Elm resigned after the audit of the mill funds was published."
    facts = [" ".join(f"Fact {n} {m} is new." for m in range(30)) for n in range(4)]
    story = [article(0, f"{lead} {facts[0]}", lead)]
    made = story + [article(n, facts[n], lead) for n in range(1, 4)]
    assert strip_boilerplate(made) == made


def test_a_default_teaser_is_replaced_although_the_page_about_the_site_has_it() -> None:
    own = "Story {0} tells of the {0} things that nobody else had told before it did."
    made = [article(n, own.format(n), SITE) for n in range(20)]
    about = article(20, f"{SITE} Our office is in the old mill.")
    assert strip_boilerplate([*made, about])[7].teaser == own.format(7)


def test_sentences_cut_at_abbreviations_are_no_boilerplate() -> None:
    made = [
        article(n, f"The mayor of hl. m. Praha said {n}. The U.S. said {n}.") for n in range(50)
    ]
    assert strip_boilerplate(made) == made


def test_an_empty_archive() -> None:
    assert strip_boilerplate([]) == []


def test_editions_of_one_text_are_no_boilerplate() -> None:
    own = [
        " ".join(f"Line {line} of story {n} has words of its own in it." for line in range(5))
        for n in range(12)
    ]
    editions = [
        article(8 * n + city, f"{own[n]} Readers in town {city} heard of story {n} first. {NOTICE}")
        for n in range(12)
        for city in range(8)
    ]
    assert find_boilerplate(editions) == {NOTICE}
    assert [a.body for a in strip_boilerplate(editions)] == [
        a.body.removesuffix(f" {NOTICE}") for a in editions
    ]


def test_editions_with_a_local_paragraph_keep_their_text() -> None:
    own = [
        " ".join(
            f"Line {line} of the agency report {n} has a dozen words of its own, as all of them do."
            for line in range(6)
        )
        for n in range(6)
    ]
    local = " ".join(f"Town {{0}} saw view {line} of {{1}} too." for line in range(4))
    others = [article(1000 + n, f"Something else, number {n}, went on in town.") for n in range(40)]
    editions = [
        article(10 * n + city, f"{own[n]}\n{local.format(city, n)}")
        for n in range(6)
        for city in range(9)
    ]
    assert strip_boilerplate(editions + others) == editions + others


def test_no_body_is_emptied() -> None:
    stubs = [*archive(20), *(article(n, NOTICE) for n in range(20, 30))]
    after = strip_boilerplate(stubs)
    assert NOTICE not in after[3].body
    assert after[25].body == NOTICE


def test_a_notice_without_spaces_is_removed_and_no_space_is_left() -> None:
    notice = "本刊文章未经书面许可不得转载或摘编。"
    made = [
        article(n, f"第{n}座桥今天通车了。市民都来看第{n}座桥。{notice}欢迎！") for n in range(20)
    ]
    assert find_boilerplate(made) == {notice}
    assert strip_boilerplate(made)[3].body == "第3座桥今天通车了。市民都来看第3座桥。欢迎！"


def test_a_notice_after_a_danda_is_removed() -> None:
    notice = "इस लेख को बिना लिखित अनुमति के दोबारा छापना मना है।"
    made = [article(n, f"पुल {n} आज सुबह खोल दिया गया है। {notice}") for n in range(20)]
    assert find_boilerplate(made) == {notice}


def test_a_notice_is_removed_where_words_end_in_a_vowel_sign() -> None:
    notice = "ఈ పత్రికలోని కథనాలను ముందస్తు అనుమతి లేకుండా ఎక్కడా తిరిగి ప్రచురించకూడదు."
    made = [
        article(n, f"వంతెన {n} ఈ రోజు తెరుచుకుంది. {notice} జనం {n} చూడటానికి వచ్చారు.") for n in range(20)
    ]
    assert find_boilerplate(made) == {notice}


@pytest.mark.parametrize("sentence", ["He said so.", "उन्होंने यह कहा।", "他说是的。"])
def test_a_short_statement_inside_a_paragraph_stays(sentence: str) -> None:
    made = [article(n, f"Ferry {n} ran aground at dawn. {sentence} Crew {n}.") for n in range(20)]
    assert find_boilerplate(made) == frozenset()


def test_a_short_call_inside_a_paragraph_is_removed() -> None:
    call = "Seen something odd?"
    made = [
        article(n, f"Ferry {n} ran aground at dawn. {call} Crew {n} is safe, said Gov. Ann Lee.")
        for n in range(20)
    ]
    assert find_boilerplate(made) == {call}
    assert strip_boilerplate(made)[3].body == (
        "Ferry 3 ran aground at dawn. Crew 3 is safe, said Gov. Ann Lee."
    )


def dated(day: float, body: str) -> Article:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return Article(id=str(day), title="T", published=start + timedelta(days=day), body=body)


STORY = " ".join(f"Clause {n} of the post office bill closes forty branches." for n in range(8))


def editions(*days: float) -> list[Article]:
    """Editions of a story, each with a local part that is nearly as long."""
    local = "Postmaster {0} of branch number {1} in the hills spoke."
    return [
        dated(day, f"{STORY}\n" + " ".join(local.format(day, n) for n in range(6))) for day in days
    ]


OTHERS = [dated(day, f"Ferry {day} ran aground at dawn. {NOTICE}") for day in range(40)]
DAY = [30 + n / 100 for n in range(12)]


@pytest.mark.parametrize("days", [DAY, [*DAY, 38.5]])
def test_editions_that_come_out_together_keep_their_story(days: list[float]) -> None:
    """Also if one of them comes out a week later."""
    assert find_boilerplate([*OTHERS, *editions(*days)]) == {NOTICE}


def test_a_text_that_articles_of_many_days_share_is_boilerplate() -> None:
    assert len(find_boilerplate([*OTHERS, *editions(*range(1, 40, 3))])) == 9


def test_a_notice_of_one_day_is_removed_from_articles_with_more_to_say() -> None:
    plea = "Subscribe to the special edition of this weekend."
    special = [dated(day, f"{' '.join(f'w{day}x{n}' for n in range(60))}. {plea}") for day in DAY]
    assert find_boilerplate([*OTHERS, *special]) == {NOTICE, plea}


def test_a_promotion_of_one_day_is_removed_from_briefs() -> None:
    pleas = ["This weekend, all of our printed guides are sold at half their price.",
             "Order one by Sunday night and we send it to you without a charge."]  # fmt: skip
    brief = "Lane {0} of the bridge is closed until {0} in the evening."
    special = [dated(day, f"{brief.format(day)} {' '.join(pleas)}") for day in DAY]
    others = [dated(day, f"Ferry {day} ran aground at dawn.") for day in range(60)]
    assert find_boilerplate([*others, *special]) == set(pleas)
