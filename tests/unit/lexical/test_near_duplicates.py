"""Near-duplicates are clustered; texts that merely share passages are not."""

import numpy as np

from models.lexical.near_duplicates import cluster_ids, duplicates_among, shingles

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
    return cluster_ids(shingles(texts), pool).tolist()


def test_versions_of_one_text_are_one_cluster() -> None:
    one, two, three, other = labels(ORIGINAL, REPUBLISHED, UPDATED, OTHER)
    assert one == two == three
    assert other != one


def test_empty_texts_are_no_near_duplicates() -> None:
    assert len(set(labels("", "", "one two"))) == 3


GUIDE = (
    "Polling stations are open from seven in the morning until nine in the evening. Take a "
    "document with a picture along; a driving licence is enough, an expired passport is not. "
    "Who cannot come in person may ask for a ballot by post until the Tuesday before the vote."
)
NEWS = (
    "A bridge over the Halm was closed on Friday after engineers found cracks in two piers.",
    "The mayor of Arden withdrew from the race and named no reason for it in her letter.",
    "Teachers in the north voted for a strike that will begin after the autumn holidays.",
    "A reactor on the coast was given leave to run for ten more years by the regulator.",
    "Orchards lost a third of the harvest to frost, and growers ask the state for help.",
)


def test_a_shared_passage_makes_no_near_duplicates() -> None:
    assert len(set(labels(*(f"{news} {GUIDE}" for news in NEWS)))) == len(NEWS)


def test_a_text_published_many_times_is_one_cluster() -> None:
    assert len(set(labels(*[ORIGINAL] * 7))) == 1


def test_a_shared_phrase_in_titles_makes_no_near_duplicates() -> None:
    assert len(set(labels("Learn how to vote", "Learn how to swim", "Learn how to cook"))) == 3
    assert len(set(labels(*["Finding balance in what contracts promise after the award"] * 2))) == 1


def test_later_articles_do_not_change_earlier_clusters() -> None:
    texts = shingles([f"{news} {GUIDE}" for news in NEWS])
    rows = np.array([3, 4], dtype=np.int32)
    assert not duplicates_among(texts, rows, since=0)[0, 1]
    assert duplicates_among(texts, rows, since=3)[0, 1]
