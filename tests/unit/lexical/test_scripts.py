"""Words in many scripts: which letters belong together, and which spellings are equal."""

import unicodedata

import pytest

from models.lexical.scripts import are_forms, fold, is_letter_pair, runs, words_of


def words(text: str) -> list[str]:
    return [word for run in runs(text) for word in words_of(run)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop: x 42nd goal_scorer", ["don", "stop", "42nd", "goal_scorer"]),
        ("Zażółć gęślą jaźń, Šárka!", ["zażółć", "gęślą", "jaźń", "šárka"]),
        ("नदी के किनारे से", ["नदी", "किनारे"]),  # marks are no letters: "के" has one letter
        ("комп'ютер і пам’ять", ["компютер", "память"]),
        ('צה"ל הודיע', ["צהל", "הודיע"]),
        ("l'accord, col·legi", ["accord", "collegi"]),
        ("கடல்", ["கட", "டல்"]),
        ("한강은 KT가", ["한강", "강은", "kt"]),
        ("图书馆", ["图书", "书馆"]),
        ("2031年iPhone发布", ["2031", "iphone", "发布"]),
        ("北の港へ", ["北の", "の港", "港へ"]),
        ("北について", ["北に"]),  # particles and endings are left out
        ("さくら", ["さく", "くら"]),  # but not where there is nothing else
        ("ข้าว", ["ข้า", "าว"]),
        ("ទឹក", ["ទឹក"]),
        ("水 が a", []),
    ],
)
def test_words_of_a_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IŞIKLI SOKAĞI", "Işıklı sokağı"),
        ("İNCE MİNARE", "ince minare"),
        ("STRASSE", "Straße"),
        ("ΚΑΛΗΜΈΡΑ ΤΗΣ", "καλημέρα της"),
        ("ΚΑΛΗΜΕΡΑ", "Καλημέρα"),
        ("Ёлка", "елка"),
        ("за́мок", "замок"),  # a stress mark
        ("كِتَابٌ", "كتاب"),
        ("إدارة", "اداره"),
        ("کتاب", "كتاب"),  # Persian and Arabic k
        ("شָ", "ش"),
        ("שָׁלוֹם", "שלום"),
        ("ＡＢＣ１２", "abc12"),
        ("ﾄﾏﾄ", "トマト"),
        ("۱۲۳ १२३ ๑๒๓", "123 123 123"),
        ("ज़मीन", "जमीन"),
        ("ক্\u200dষ", "ক্ষ"),
        ("București şi Constanţa", "Bucureşti și Constanța"),
        ("Oʻzbekiston gʻalabasi", "o‘zbekiston g‘alabasi"),
        ("ԵՐԵՎԱՆ", "Երևան"),
        ("ինչո՞ւ", "ինչու"),
        ("ፀሐይ", "ጸሀይ"),
        ("የዓለም ኃይል", "የአለም ሀይል"),
        ("ሥራ", "ስራ"),
    ],
)
def test_equal_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert words(one) == words(other)


@pytest.mark.parametrize(("one", "other"), [("kot", "kót"), ("мій", "мии"), ("ñu", "nu")])
def test_other_accents_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_decomposed_letters_are_composed() -> None:
    assert words(unicodedata.normalize("NFD", "Dálniční žleb")) == ["dálniční", "žleb"]


def test_only_parts_of_words_are_letter_pairs() -> None:
    assert [word for word in words("港口 abc 한강 ไทย नदी") if is_letter_pair(word)] == [
        "港口",
        "한강",
        "ไท",
        "ทย",
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("চাঁদপুরে", "চাঁদপুরের", True),
        ("খুলনার", "খুলনায়", True),
        ("প্রতিদিন", "প্রতিবেশী", False),  # the consonants before the difference are joined
        ("গোপালগঞ্জ", "গোপালপুর", False),
        ("কুমারখালী", "কুমারগঞ্জ", False),
        ("ঢাকার", "ঢাকায়", False),  # too short to tell
        ("Москва", "Москве", False),
    ],
)
def test_forms_of_a_word_begin_alike(one: str, other: str, expected: bool) -> None:
    assert are_forms(one, other) is expected
