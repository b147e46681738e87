"""Copies: which near-duplicates a decision about a text applies to."""

import numpy as np
import pytest

from models.lexical.copies import copies_of_texts, non_copies
from models.lexical.near_duplicates import find_duplicates
from models.lexical.shingles import shingles

REPORT = (
    "The harbour board will dredge the northern channel from Monday. Two barges take the silt to "
    "a basin behind the old shipyard, and ferries sail half an hour later than usual. Fishermen "
    "fear for the eel grass that grows along the mole, and ask for a study before the work begins."
)
EDITED = REPORT.replace("Monday", "Tuesday")
ANALYSIS = (
    "For thirty years no council dared to touch the channel, because every plan split the town "
    "into those who live by freight and those who live by nets. A retired pilot keeps the charts "
    "of four failed attempts in a drawer. One was stopped by a court, one by a flood, two by "
    "elections. This time the money comes from the ministry and has to be spent before winter. "
    "The board published its plan on Friday: "
)
QUOTING = ANALYSIS + REPORT + (
    " What it leaves out is the price of the basin. Neighbours of the shipyard were told about it "
    "by post, and only after the contract had been signed. The mayor calls that an oversight."
)  # fmt: skip
OTHER_QUOTING = (
    "Eel grass stores more carbon than a forest of the same size, biologists at the coastal "
    "station have shown. They map the meadows by boat each June and find a tenth gone since the "
    "last dredging. Their chart hangs in the town hall, beside the plan of the board, which says: "
) + REPORT


def found(texts: list[str], hidden: list[str]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs of texts that are no copies, and pairs of a hidden text and its copy."""
    size = len(texts)
    sets = shingles([*texts, *hidden])
    pool = np.array([[j if j != i else -1 for j in range(size)] for i in range(size)], np.int32)
    dates = np.zeros(size, dtype=np.int64)
    labels = find_duplicates(sets[:size], pool, dates)
    pairs = (
        non_copies(sets[:size], labels.cluster_id),
        copies_of_texts(sets[size:], sets[:size], dates, labels).pairs,
    )
    separate, copied = (
        set(zip(ones.tolist(), others.tolist(), strict=True)) for ones, others in pairs
    )
    return separate, copied


def test_a_version_with_a_changed_word_is_a_copy() -> None:
    assert found([REPORT, EDITED], [REPORT, EDITED]) == (set(), {(0, 0), (0, 1), (1, 0), (1, 1)})


def test_an_article_that_quotes_a_short_one_is_no_copy_of_it() -> None:
    separate, copied = found([REPORT, QUOTING], [REPORT, QUOTING])
    assert separate == {(0, 1)}
    assert copied == {(0, 0), (1, 0), (1, 1)}


def test_two_articles_that_quote_the_same_are_no_copies() -> None:
    separate, copied = found([REPORT, QUOTING, OTHER_QUOTING], [QUOTING])
    assert separate == {(0, 1), (0, 2), (1, 2), (2, 1)}
    assert copied == {(0, 0), (0, 1)}


@pytest.mark.parametrize("line", ["More follows.", "We report on this as soon as we know more."])
def test_notices_with_the_same_line_are_no_copies(line: str) -> None:
    one, other = (
        f"{title} {title} {line} {line}"
        for title in ("Fire in the old shipyard at Arden", "Ferry to Halm runs aground again")
    )
    assert found([one, other], [one])[1] == {(0, 0)}


def test_many_copies_of_a_text_are_found() -> None:
    copies = [REPORT.replace("Monday", f"day{n}") for n in range(9)]
    separate, copied = found([*copies, QUOTING], [EDITED])
    assert copied == {(0, n) for n in range(9)}
    assert {one for one in separate if 9 not in one} == set()


def test_a_reworded_copy_of_a_hidden_text_is_found_beside_many_others() -> None:
    words = enumerate(REPORT.split())
    reworded = " ".join(f"{word} indeed" if n % 12 == 5 else word for n, word in words)
    corrected = [REPORT.replace("begins.", f"begins in ward{n}.") for n in range(70)]
    assert found([*corrected, reworded], [EDITED])[1] == {(0, n) for n in range(71)}


def test_a_text_without_words_has_no_copies() -> None:
    assert found(["", "", REPORT], ["", "Harbour"]) == (set(), set())


def test_a_notice_in_many_texts_does_not_keep_a_hidden_text_from_its_copy() -> None:
    half = ANALYSIS.index("One was stopped")
    rewritten = ANALYSIS[:half] + "The rest of them burned with the archive. " + OTHER_QUOTING[:99]
    others = [f"Council meeting number {n} begins with a prayer {n}. {REPORT}" for n in range(5)]
    assert (0, 0) in found([rewritten + REPORT, *others], [ANALYSIS + REPORT])[1]


def test_a_hidden_digest_hides_none_of_its_stories_and_another_version_of_itself() -> None:
    stories = [REPORT, ANALYSIS, OTHER_QUOTING.removesuffix(REPORT)]
    digest = f"The week in full. {' '.join(stories)}"
    again = digest.replace("Monday", "Tuesday")
    assert found([*stories, again], [digest])[1] == {(0, 3)}
    assert found([*stories, digest], [again])[1] == {(0, 3)}


def test_a_hidden_story_hides_its_longer_and_its_shorter_version() -> None:
    longer, shorter = f"{ANALYSIS} A second vote is due in June.", ANALYSIS[:300]
    assert found([longer, shorter, REPORT], [ANALYSIS])[1] == {(0, 0), (0, 1)}
