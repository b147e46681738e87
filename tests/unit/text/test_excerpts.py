"""Teasers that were cut off, and what content systems append to texts."""

import pytest

from recommender.text.excerpts import (
    is_cut_off,
    stops_early,
    without_appended,
    without_appended_line,
    without_ellipsis,
)

TITLE = "Tide mill grinds again"
WHOLE = "The miller opened the gates at dawn."

APPENDED = [
    "Continue reading...",
    "Continue reading Tide mill grinds again →",
    "Continue reading “Tide mill grinds again”",
    "Read more",
    "[Read more…]",
    "(more…)",
    ">> Czytaj dalej",
    "Weiterlesen →",
    "Lire la suite »",
    "Leer más",
    "Читать далее",
    "Đọc tiếp",
    "The post Tide mill grinds again appeared first on The Quay.",
    "The post Mill? A story first appeared on The Quay.",
    "Der Beitrag Tide mill grinds again erschien zuerst auf Kai.",
    "L’article Tide mill grinds again est apparu en premier sur Le Quai.",
    "Artykuł Tide mill grinds again pochodzi z serwisu Nabrzeże.",
    "Tide mill grinds again yazısı ilk önce Rıhtım üzerinde ortaya çıktı.",
    "Read more The post Tide mill grinds again appeared first on The Quay.",
]


@pytest.mark.parametrize("tail", APPENDED)
def test_what_is_appended_to_a_whole_sentence_goes(tail: str) -> None:
    assert without_appended(f"{WHOLE} {tail}", TITLE) == WHOLE
    assert without_appended_line(f"First.\n{WHOLE} {tail}", TITLE) == f"First.\n{WHOLE}"
    assert without_appended_line(f"{WHOLE}\n{tail}", TITLE) == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "At the mill you can read more.",
        "There is no more",
        "The ballad was first published in 1790.",
        "Der Roman erschien zuerst bei einem kleinen Verlag.",
        "What the miller says about the Tide mill grinds again project",
        "A life of Thomas More",
    ],
)
def test_sentences_of_people_stay(text: str) -> None:
    assert without_appended(text, TITLE) == text


def test_texts_without_spaces() -> None:
    assert without_appended("水車は夜明けに動き出した。続きを読む") == "水車は夜明けに動き出した。"
    assert without_appended("水车在黎明时开动。阅读全文") == "水车在黎明时开动。"
    ended = "水車は動いた。投稿 Tide mill grinds again は 岸 に最初に表示されました。"
    assert without_appended(ended, TITLE) == "水車は動いた。"


@pytest.mark.parametrize(
    "mark", ["…", "...", "[…]", " [...]", "(…)", ". . .", "……", "… [+812 chars]", "…”", '...".']
)
def test_ellipses(mark: str) -> None:
    assert is_cut_off(f"The miller opened the{mark}")
    assert without_ellipsis(f"The miller opened the{mark}") == "The miller opened the"
    assert not is_cut_off(WHOLE)


BODY = (
    f"QUAY — {WHOLE} Forty sacks of barley had waited since the spring\nNobody had paid for them."
)


@pytest.mark.parametrize(
    ("teaser", "is_early"),
    [
        (f"{WHOLE} Forty sacks of bar", True),
        (f"{WHOLE} Forty sacks of barley had", True),
        (f"{WHOLE} Forty sacks of barley had waited since the spring", False),
        (WHOLE, False),
        ("What the gates of the mill cost the town", False),
        ("", False),
    ],
)
def test_teasers_that_end_in_the_middle_of_the_body(teaser: str, is_early: bool) -> None:
    assert stops_early(teaser, BODY) is is_early


def test_half_sentences_without_spaces() -> None:
    body = "水車は夜明けに動き出し、四十袋の大麦が春から待っていたと粉屋は話した。次の日も動いた。"
    assert stops_early("水車は夜明けに動き出し、四十袋の大麦が春から待って", body)
    assert not stops_early(
        "水車は夜明けに動き出し、四十袋の大麦が春から待っていたと粉屋は話した。", body
    )


def test_half_phrases_of_a_script_without_end_marks() -> None:
    phrase = "สะพานเก่าข้ามแม่น้ำเปิดให้บริการอีกครั้งหลังซ่อมแซมนานสี่เดือน"
    body = f"{phrase} ชาวบ้านดีใจ"
    assert stops_early(phrase.removesuffix("เดือน"), body)
    assert not stops_early(phrase, body)
    assert not stops_early(body, body)
    said = f"{phrase}และนายกเทศมนตรีกล่าวว่า"
    assert stops_early(said, f"{said} ชาวบ้านดีใจ")
