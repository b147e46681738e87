"""Teasers made from bodies: their first sentences, 30 to 80 words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.text.teaser import MAX_WORDS, MIN_WORDS, make_teaser

SENTENCE = (
    "The envoy said on Monday that the talks in Vilnius would go on until Friday."  # 15 words
)


def test_whole_sentences_up_to_thirty_words() -> None:
    assert make_teaser(f"{SENTENCE} {SENTENCE}\n\n{SENTENCE}") == f"{SENTENCE} {SENTENCE}"


def test_subheadings_and_the_repeated_title_are_skipped() -> None:
    body = f"Talks go on\n\nThe title.\n\n{SENTENCE} {SENTENCE}"
    assert make_teaser(body, title="The title.") == f"{SENTENCE} {SENTENCE}"


@pytest.mark.parametrize("end", ["They named three points:", "Photo Anna Nowak", "The envoy"])
def test_a_long_paragraph_without_an_end_mark_lacks_only_its_last_sentence(end: str) -> None:
    assert make_teaser(f"{SENTENCE} {SENTENCE} {end}\n{SENTENCE}") == f"{SENTENCE} {SENTENCE}"


def test_a_short_body_is_used_whole() -> None:
    assert make_teaser(SENTENCE) == SENTENCE
    assert make_teaser("") == ""


def test_without_any_sentence_it_is_cut_at_a_word() -> None:
    assert make_teaser("word " * 100) == " ".join(["word"] * 80) + "…"


@given(st.lists(st.integers(1, 60), max_size=12))
def test_never_more_than_eighty_words(lengths: list[int]) -> None:
    body = " ".join(" ".join(["Word"] + ["word"] * (n - 1)) + "." for n in lengths)
    assert len(make_teaser(body).split()) <= 81


LONG = (
    "The regulator granted the licence on Monday after a review that took four years. "
    "The government said that the plant would be finished in 2033, three years late. "
    "Unions welcomed the decision, but said that wages on the site had to rise soon."
)


@pytest.mark.parametrize(
    "head",
    [
        "Coast plant gets its licence.\n",
        "By Anna Nowak and B. Kowal\n",
        "By Anna Nowak.\n",
        "Last Updated: 2 Jun 2025.\n",
        "Opublikowano: 2 czerwca 2025, 14:30.\n",
        "Advertisement\n",
        "See also: The old plant has to go, and soon.\n",
        "What happens next\n",
        "Ta strona korzysta z plików cookie.\n",
        "Wir verwenden Cookies, um Inhalte zu personalisieren.\n",
        "Lesezeit: 3 Min.\n",
        "(CNN) -- ",
        "WARSAW (AP) — ",
        "HARRISBURG, Pa. — ",
    ],
)
def test_bylines_above_the_text_are_skipped(head: str) -> None:
    teaser = make_teaser(head + LONG, "Coast plant gets its licence", "en", ["Anna Nowak"])
    assert teaser.startswith("The regulator granted")


@pytest.mark.parametrize(
    "between",
    [
        "Subscribe to our newsletter.",
        "Follow us on Facebook.",
        "© 2026 Example Media Ltd. All rights reserved.",
        "This article is more than 3 years old.",
        "Image: Getty.",
        "PUBLICIDAD",
        "(Photo: Jane Doe)",
    ],
)
def test_boilerplate_between_sentences_is_skipped(between: str) -> None:
    first, rest = LONG.split(". ", 1)
    assert make_teaser(f"{first}. {between} {rest}") == make_teaser(LONG)


@pytest.mark.parametrize(
    "sentence",
    [
        "Recommended: a fresh install.",
        "Ads.",
        "The image: red.",
        "Join the union, whose newsletter listed forty demands.",
        "Find us on the beach.",
        "Photo: the day the bridge fell.",
        "Strona rosyjska używa dronów.",
    ],
)
def test_sentences_that_only_begin_like_boilerplate_stay(sentence: str) -> None:
    assert make_teaser(f"{LONG[:81]} {sentence} {LONG[82:]}", "", "en").count(sentence) == 1


def test_times_of_a_live_blog_are_left_out() -> None:
    first, second = LONG.split(". ")[:2]
    assert make_teaser(f"10:42 {first}.\n10:15 - {second}.") == f"{first}. {second}."
    assert make_teaser(f"18:30 {first}.\n{second}.") == f"18:30 {first}. {second}."
    assert make_teaser(f"10:42 is late. {first}.") == f"10:42 is late. {first}."


def test_a_lead_that_is_too_long_is_cut_after_a_clause() -> None:
    clause = " ".join(["word"] * 40)
    assert make_teaser(f"{clause}, {clause} {clause}.\n{LONG}") == clause + "…"
    endless = " ".join(["word"] * 90) + "."
    assert make_teaser(f"{endless}\n{LONG}") == " ".join(["word"] * 80) + "…"
    teaser = make_teaser(f"{SENTENCE} {clause}, {clause}.\n{LONG}")
    assert teaser == f"{SENTENCE} {clause}…"


@given(st.text(max_size=600))
def test_any_text_gives_a_teaser_that_fits(body: str) -> None:
    teaser = make_teaser(body)
    assert len(teaser.split()) <= MAX_WORDS
    assert "\n" not in teaser
    assert bool(teaser) == bool(body.split())


words = st.sampled_from(
    ["The", "plant", "was", "built", "by", "engineers", "from", "four", "countries"]
)
sentences = st.lists(words, min_size=3, max_size=25).map(lambda w: "The " + " ".join(w) + ".")


@given(st.lists(sentences, min_size=12, max_size=20))
def test_a_body_of_sentences_gives_thirty_to_eighty_words(parts: list[str]) -> None:
    teaser = make_teaser("\n".join(parts))
    assert MIN_WORDS <= len(teaser.split()) <= MAX_WORDS
    assert teaser in " ".join(parts)
