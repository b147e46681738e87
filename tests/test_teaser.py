"""Teasers made from bodies: whole sentences, 30 to 80 words."""

from hypothesis import given
from hypothesis import strategies as st

from recommender.teaser import make_teaser

SENTENCE = (
    "The envoy said on Monday that the talks in Vilnius would go on until Friday."  # 15 words
)


def test_whole_sentences_until_thirty_words() -> None:
    assert make_teaser(f"{SENTENCE} {SENTENCE}\n\n{SENTENCE}") == f"{SENTENCE} {SENTENCE}"


def test_sub_headings_and_the_title_again_are_passed_over() -> None:
    body = f"Talks go on\n\nThe title.\n\n{SENTENCE} {SENTENCE}"
    assert make_teaser(body, title="The title.") == f"{SENTENCE} {SENTENCE}"


def test_a_short_body_gives_what_it_has() -> None:
    assert make_teaser(SENTENCE) == SENTENCE
    assert make_teaser("") == ""


def test_without_any_sentence_it_is_cut_at_a_word() -> None:
    assert make_teaser("word " * 100) == " ".join(["word"] * 80) + "…"


@given(st.lists(st.integers(1, 60), max_size=12))
def test_never_more_than_eighty_words(lengths: list[int]) -> None:
    body = " ".join(" ".join(["Word"] + ["word"] * (n - 1)) + "." for n in lengths)
    assert len(make_teaser(body).split()) <= 81
