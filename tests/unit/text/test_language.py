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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("诺基亚发布 Nokia Lumen X4 和 Nokia Pulse Ultra，支持 Wi-Fi 7 与 Bluetooth 6。", "zh"),
        ("ノキアはNokia Lumen X4 ProとNokia Pulse Ultra 2を発表した。", "ja"),
        ("밴드 RIVER NINE과 Anna Berg가 부른 'Glass Harbour'가 Euro Chart 4위에 올랐다.", "ko"),
        ("Team Nordlys обыграла Iron Foxes в финале Harbour Masters по Star Arena 3.", "ru"),
        ("Nokia представи Lumen X4 Pro и Pulse Ultra 2, съобщиха от компанията.", "bg"),
        ("Η Nokia παρουσίασε το Lumen X4 Pro και το Pulse Ultra 2 με Wi-Fi 7.", "el"),
        ("أعلنت نوكيا عن Lumen X4 Pro و Pulse Ultra 2 مع دعم Wi-Fi 7.", "ar"),
        ("โนเกียเปิดตัว Lumen X4 Pro และ Pulse Ultra 2 รองรับ Wi-Fi 7", "th"),
        ("运行 wget https://dl.example.org/lumen_0.11_linux_amd64.zip 然后解压。", "zh"),
    ],
)
def test_latin_names_and_code_do_not_change_the_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The city of Beijing (北京市人民政府) said on Tuesday that it builds bicycle lanes.",
            "en",
        ),
        ("The novel Тихая река by Pavel Orlov has now been printed in English.", "en"),
        ("Miasto Kijów (Київ) otworzyło we wtorek nowy most nad rzeką.", "pl"),
        (
            "The bridge over the river was closed for repairs on Tuesday. 这座桥周二因维修而关闭。",
            "en",
        ),
    ],
)
def test_names_and_sentences_in_another_script_do_not_change_it(text: str, language: str) -> None:
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
        ("Mercedes и BMW", "Latn"),
        ("Председник Kovač је отворио Nordic Harbour Forum", "Cyrl"),
        ("Predsednik je u sredu otvorio Forum (Форум) luka", "Latn"),
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
def test_a_text_shows_its_script(text: str, script: str) -> None:
    assert script_of(text) == script


def test_characters_tell_simplified_from_traditional_chinese() -> None:
    assert chinese_script("桥梁维修关闭") == "Hans"
    assert chinese_script("橋樑維修關閉") == "Hant"
    assert chinese_script("大雨 2026 rain") == ""
