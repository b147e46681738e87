"""Near-duplicates are clustered; texts that merely share passages are not."""

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest

from models.arrays import Timestamps
from models.lexical.near_duplicates import (
    Duplicates,
    common_shingles,
    duplicates_among,
    find_duplicates,
    is_near_duplicate,
)
from models.lexical.shingles import KeySets, key_sets, shingles
from models.lexical.tokenizer import tokenize

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


def duplicates(texts: Sequence[str], published: Timestamps | None = None) -> Duplicates:
    """``published``: in seconds; by default on one day, which shows nothing."""
    size = len(texts)
    published = np.zeros(size, dtype=np.int64) if published is None else published
    pool = np.array([[j if j != i else -1 for j in range(size)] for i in range(size)], np.int32)
    return find_duplicates(shingles(texts), pool, published)


def labels(*texts: str) -> list[int]:
    return duplicates(texts).cluster_id.tolist()


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


CORRECTED = [ORIGINAL.replace("reporters", f"reporter {n}") for n in range(6)]
REWORDED = " ".join(
    f"{word} indeed" if place % 12 == 5 else word for place, word in enumerate(ORIGINAL.split())
)


def test_a_reworded_version_of_a_text_with_many_versions_is_in_its_cluster() -> None:
    assert len(set(labels(*CORRECTED, REWORDED))) == 1
    *others, reworded = labels(*CORRECTED, OTHER, REWORDED)
    assert reworded == others[0] != others[-1]


def test_versions_count_once_wherever_texts_are_compared() -> None:
    texts, rows = [*CORRECTED, REWORDED, OTHER], np.arange(8, dtype=np.int32)
    expected = [True] * 7 + [False]
    assert duplicates_among(shingles(texts), rows, since=0)[6].tolist() == expected
    keys = key_sets(tokenize(texts))
    common = common_shingles(keys, duplicates(texts).variant_id, np.zeros(8, dtype=np.int64))
    assert [is_near_duplicate(keys[6], keys[row], common) for row in rows.tolist()] == expected


def test_a_shared_phrase_in_titles_makes_no_near_duplicates() -> None:
    assert len(set(labels("Learn how to vote", "Learn how to swim", "Learn how to cook"))) == 3
    assert len(set(labels(*["Finding balance in what contracts promise after the award"] * 2))) == 1


BRIDGES = ("กรุงเทพพัฒนา", "ตากสินมหาราช", "ศรีสุริโยทัย", "มิตรภาพหนองบัว", "นครสวรรค์ใต้")
REPORTS = (
    "เทศบาลประกาศว่าสะพาน{}ปิดซ่อมตั้งแต่วันจันทร์ รถทุกคันต้องใช้เส้นทางอื่นเป็นเวลาสี่เดือน",
    "ชาวบ้านขอให้เปิดสะพาน{}เร็วขึ้นก่อนเดือนตุลาคม เพราะตลาดริมน้ำขาดรายได้ทุกวัน",
)
HARBOUR = (
    "港务局从星期一起疏浚北航道。两艘驳船把淤泥运到旧船厂后面的水池，渡轮比平时晚半小时开航。"
    "渔民担心码头边的海草，要求在开工前先做一次调查。"
)


def test_a_long_name_in_a_script_without_spaces_makes_no_near_duplicates() -> None:
    texts = [report.format(bridge) for report in REPORTS for bridge in BRIDGES]
    assert len(set(labels(*texts))) == len(texts)


def test_versions_in_a_script_without_spaces_are_one_cluster() -> None:
    versions = [HARBOUR, HARBOUR.replace("星期一", "星期二"), HARBOUR.replace("两艘", "三艘")]
    assert len(set(labels(*versions, *NEWS))) == 1 + len(NEWS)
    keys = key_sets(tokenize([*versions, *NEWS]))
    none = np.zeros(0, dtype=np.uint32)
    assert [is_near_duplicate(keys[0], keys[row], none) for row in range(4)] == [True] * 3 + [False]


def test_later_articles_do_not_change_earlier_clusters() -> None:
    texts = shingles([f"{news} {GUIDE}" for news in NEWS])
    rows = np.array([3, 4], dtype=np.int32)
    assert not duplicates_among(texts, rows, since=0)[0, 1]
    assert duplicates_among(texts, rows, since=3)[0, 1]


STORIES = [
    f"{news} {' '.join(f'{word}{n}' for word in GUIDE.split())}" for n, news in enumerate(NEWS)
]
DIGEST = "The week in full. " + " ".join(STORIES)


def test_a_digest_is_no_version_of_what_it_repeats() -> None:
    found = duplicates([*STORIES, DIGEST])
    assert len(set(found.cluster_id.tolist())) == len(STORIES) + 1
    assert found.is_digest.tolist() == [False] * len(STORIES) + [True]


def test_versions_of_a_digest_are_one_cluster() -> None:
    month = DIGEST + " " + ORIGINAL + " " + OTHER
    *stories, first, second = labels(*STORIES, DIGEST, month)
    assert first == second
    assert len({*stories, first}) == len(STORIES) + 1


def test_a_digest_of_parts_is_no_version_of_the_whole_texts() -> None:
    parts = [" ".join(story.split()[:40]) for story in STORIES]
    assert len(set(labels(*STORIES, " ".join(parts)))) == len(STORIES) + 1


def test_an_update_that_merges_two_articles_is_a_version_of_both() -> None:
    assert len(set(labels(*STORIES[:2], " ".join(STORIES[:2])))) == 1


def test_a_longer_version_that_quotes_another_article_stays_a_version() -> None:
    longer = f"{ORIGINAL} {UPDATED} {NEWS[0]} Its families hope for news before the weekend."
    original, longer_one, quoted = labels(ORIGINAL, longer, NEWS[0])
    assert original == longer_one != quoted


def test_versions_that_grow_are_one_cluster() -> None:
    words = " ".join(STORIES).split()
    assert len(set(labels(*(" ".join(words[:end]) for end in range(60, 360, 60))))) == 1


def test_a_digest_joins_nothing_in_the_lists_that_are_evaluated() -> None:
    found = duplicates_among(shingles([*STORIES, DIGEST]), np.arange(6, dtype=np.int32), since=0)
    assert (found == np.eye(6, dtype=bool)).all()


TOWNS = ("Arden", "Benton", "Carrick", "Dunmore", "Elgin", "Fairhaven", "Gorston", "Halden")
EDITIONS = [f"{GUIDE} {' '.join(f'{town}{n}' for n in range(40))}." for town in TOWNS]
DAY = 86400
OTHERS = [" ".join(f"other{n}x{m}" for m in range(30)) for n in range(24)]
SPREAD = np.arange(24, dtype=np.int64) * 10 * DAY


def test_editions_that_come_out_together_are_near_duplicates_however_many() -> None:
    texts = [*EDITIONS, *OTHERS]
    together = np.append(np.arange(8, dtype=np.int64) * 3600, SPREAD)
    found = duplicates(texts, together)
    assert len(set(found.cluster_id[:8].tolist())) == 1
    assert len(set(found.cluster_id.tolist())) == 25
    keys = key_sets(tokenize(texts))
    common = common_shingles(keys, found.variant_id, together)
    assert is_near_duplicate(keys[0], keys[7], common)


def test_texts_that_share_a_guide_for_longer_are_no_near_duplicates() -> None:
    later = np.append(np.arange(8, dtype=np.int64) * 2 * DAY, SPREAD)
    texts = [*EDITIONS, *OTHERS]
    found = duplicates(texts, later)
    assert len(set(found.cluster_id.tolist())) == 32
    keys = key_sets(tokenize(texts))
    assert not is_near_duplicate(keys[0], keys[7], common_shingles(keys, found.variant_id, later))


def test_texts_of_one_template_are_not_compared_as_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives have thousands of them, and each comparison takes time."""

    def smaller_duplicates(*_: object) -> None:
        pytest.fail("compared")

    monkeypatch.setattr("models.lexical.digests.smaller_duplicates", smaller_duplicates)
    template = " ".join(STORIES)
    assert len(set(labels(*(f"{template} lane{n} of bridge{n} closed{n}." for n in range(9))))) == 1


def test_occurrences_of_frequent_shingles_take_little_memory() -> None:
    drawn = np.random.default_rng(0)
    pool = drawn.choice(2**32, size=30_000, replace=False).astype(np.uint32)
    texts = [np.sort(drawn.choice(pool, 300, replace=False)) for _ in range(2_000)]
    keys = KeySets(np.concatenate(texts), np.arange(0, 600_001, 300))
    tracemalloc.start()
    assert len(common_shingles(keys, np.arange(2_000, dtype=np.int32), np.arange(2_000))) > 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * len(keys.keys)
