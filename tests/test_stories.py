"""Stories: told again is found, told otherwise is not."""

import numpy as np

from models.stories import containment, shingles, story_labels

ORIGINAL = (
    "Negotiators of both sides signed the protocol on prisoners in Vilnius on Monday evening. "
    "The exchange of 240 men is to begin at the Halm bridge before the end of the month. "
    "Monitors from six countries will watch over it, the envoy told reporters."
)
REPUBLISHED = ORIGINAL.replace("Monday evening", "Monday").replace("240", "250")
UPDATED = "The first buses have crossed the bridge, officials said on Tuesday morning. " + ORIGINAL
OTHER = (
    "A protocol on prisoners was signed in the Lithuanian capital after a night of talks. "
    "Families waited outside the town hall for the lists, which name men from eleven towns."
)


def labels(*texts: str) -> list[int]:
    size = len(texts)
    pool = np.array([[j if j != i else -1 for j in range(size)] for i in range(size)], np.int32)
    return story_labels(pool, containment(shingles(texts), pool)).tolist()


def test_versions_of_one_text_are_one_story() -> None:
    one, two, three, other = labels(ORIGINAL, REPUBLISHED, UPDATED, OTHER)
    assert one == two == three
    assert other != one


def test_empty_texts_are_no_versions_of_each_other() -> None:
    assert len(set(labels("", "", "one two"))) == 3
