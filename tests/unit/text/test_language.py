"""Scripts and languages of single texts."""

import pytest

from recommender.text.language import (
    chinese_script,
    detect_language,
    labels,
    language_scores,
    script_of,
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The bridge over the river was closed for repairs on Tuesday morning.", "en"),
        ("Most na rzece został zamknięty z powodu remontu we wtorek rano.", "pl"),
        ("Міст через річку закрили на ремонт у вівторок вранці.", "uk"),
        ("أغلق الجسر فوق النهر للصيانة صباح الثلاثاء.", "ar"),
        ("川に架かる橋が火曜日の朝に閉鎖された。", "ja"),
        ("這座橋週二早上因維修而關閉。", "zh"),
        ("Broen over elva ble stengt for reparasjon tirsdag morgen, sier kommunen.", "no"),
        ("3 – 1", "und"),
        ("", "und"),
    ],
)
def test_a_sentence_shows_its_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["Гол", "Κ", "שלום", "한국", "ไทย"])
def test_languages_of_another_script_are_impossible(text: str) -> None:
    scores = language_scores(text)
    assert scores.sum() == pytest.approx(1)
    assert scores[labels().index("en")] == 0


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Привіт, NATO і EU та G7", "Cyrl"),
        ("東京の天気", "Kana"),
        ("東京", "Hani"),
        ("iPhone 17: 価格と発売日はいつになるのか", "Kana"),
        ("Microsoft 与 OpenAI 签署协议，GitHub Copilot 降价", "Hani"),
        ("LE SSERAFIM과 NewJeans가 Billboard Hot 100에 진입했다", "Hang"),
        ("Команда Natus Vincere обыграла Team Vitality и FaZe Clan", "Cyrl"),
        ("The word 你好 means hello, says a professor in London", "Latn"),
        ("The Kyiv street Хрещатик is closed to cars on Sunday", "Latn"),
        ("2026: 4-1!", ""),
    ],
)
def test_the_script_of_most_letters_counts_and_latin_ones_less(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Apple 今天发布 iPhone 17 Pro Max 和 Apple Watch Ultra 3，支持 Wi-Fi 7。", "zh"),
        ("Apple представила iPhone 17 Pro Max и Apple Watch Ultra 3 с чипом A19 Pro.", "ru"),
        ("Η Apple παρουσίασε το iPhone 17 Pro Max και το Apple Watch Ultra 3.", "el"),
    ],
)
def test_latin_names_do_not_decide_the_language_of_another_script(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_characters_tell_simplified_from_traditional_chinese() -> None:
    assert chinese_script("桥梁维修关闭") == "Hans"
    assert chinese_script("橋樑維修關閉") == "Hant"
    assert chinese_script("大雨 2026 rain") == ""
