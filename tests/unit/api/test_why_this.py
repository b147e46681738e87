"""Why a card is shown, in a sentence for readers."""

import inspect
from string import Formatter

import pytest

from recommender.messages import Message
from recommender.serving import reasons
from recommender.serving.reasons import LITTLE_IN_COMMON, WEAK_EVIDENCE
from service.api.why_this import KINDS, SENTENCES, why_this


def sentence(*found: Message, origin: str = "related", language: str = "en") -> str:
    return why_this(found, origin, language)


@pytest.mark.parametrize(
    ("origin", "language", "expected"),
    [
        ("editor", "en", "Chosen by the editors"),
        ("latest", "en-GB", "One of the latest articles"),
        ("editor", "pl", "Wybór redakcji"),
        ("latest", "de-AT", "Aus den neuesten Artikeln"),
        ("editor", "sw", ""),
        ("editor", "", ""),
    ],
)
def test_the_origin_of_a_card(origin: str, language: str, expected: str) -> None:
    assert sentence(WEAK_EVIDENCE, origin=origin, language=language) == expected


def test_the_strongest_reason_is_the_sentence() -> None:
    names = Message("both texts have: %(terms)s", terms="Oslo, {0}")
    tags = Message("same tags: %(tags)s", tags="elections")
    assert sentence(names, tags) == "In both texts: Oslo, {0}"
    assert sentence(tags, names, language="pl") == "Ten sam temat: elections"
    assert sentence(Message("a reason of a later version"), tags) == "Same topic: elections"
    assert sentence(WEAK_EVIDENCE) == "On a similar subject"


def test_little_in_common_is_no_reason() -> None:
    assert sentence(LITTLE_IN_COMMON) == ""


def test_every_reason_has_a_sentence_in_every_language() -> None:
    source = inspect.getsource(reasons)
    assert all(f'"{text}"' in source for text in KINDS)
    kinds = {kind for kind, _ in KINDS.values()} | {"editor", "latest"}
    for sentences in SENTENCES.values():
        assert set(sentences) == kinds
        for kind, text in sentences.items():
            fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            assert fields == ([""] if kind in {"mention", "topic"} else [])
