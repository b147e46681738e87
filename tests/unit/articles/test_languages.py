"""Languages of articles whose source names none: the archive decides for short texts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from recommender.articles.article import Article
from recommender.articles.languages import (
    Undeclared,
    contradicts,
    detect_languages,
    with_languages,
    with_scripts,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)

ENGLISH = (
    "Sudoku: Hard", "Derby: Arden 1 Brisko 1", "Menu: Gnocchi", "Live: Regatta", "Tarot: Virgo",
    "Photos: Rodeo", "Obituary: Ilse Brandt", "Video: Panda", "Toto results", "Audio: Ministers",
    "Traffic: A9 shut", "Bingo", "Weekend forecast", "Cinema: La Vita Nuova", "In brief: Lisboa",
)  # fmt: skip
NORWEGIAN = (
    "Regn i helgen", "Nytt stadion åpnet", "Bilder: Elva flommer over", "Leder: Skolens penger",
    "Ferja innstilt", "Toget står", "Brann i låve slukket", "Kampen: 2–2", "Uvær ventes i fjellet",
)  # fmt: skip
UKRAINIAN = ("Бюджет міста ухвалено", "Дощ і вітер", "Гол у ворота", "Концерт скасували")
LONG_ENGLISH = (
    "The council met on Monday and agreed to spend more on the roads and the schools. " * 3
)
LONG_POLISH = (
    "Rada zebrała się w poniedziałek i zgodziła się wydać więcej na drogi oraz szkoły. " * 3
)


def detected(
    texts: Sequence[str],
    known: dict[tuple[str, str], int] | None = None,
    allowed: Sequence[str] = (),
) -> list[str]:
    undeclared = [Undeclared("", text) for text in texts]
    return [one.language for one in detect_languages(undeclared, Counter(known or {}), allowed)]


def test_titles_of_one_language_are_in_that_language() -> None:
    assert set(detected(ENGLISH)) == {"en"}
    assert set(detected(NORWEGIAN)) == {"no"}


def test_another_script_is_never_the_language_of_the_majority() -> None:
    found = detected([*ENGLISH, *UKRAINIAN])
    assert set(found[: len(ENGLISH)]) == {"en"}
    assert set(found[len(ENGLISH) :]) == {"uk"}


def test_texts_with_many_latin_names_are_in_the_language_of_the_others() -> None:
    plain = ["市政府周二宣布新增自行车道。", "地铁延长周末运营时间。", "大桥因维修关闭。"]
    names = ["诺基亚发布 Nokia Lumen X4 Pro 和 Nokia Pulse Ultra 2", "Nokia Lumen X4 Pro 评测"]
    assert set(detected([*plain, *names])) == {"zh-Hans"}
    assert set(detected([*plain, *names], allowed=("zh", "en"))) == {"zh-Hans"}


def test_short_texts_are_in_a_language_of_the_archive() -> None:
    titles = ["Quiz: Kapitały", "Sudoku: Trudne", "Horoscope", "Finale", "Pogoda: burze z gradem"]
    found = detected(titles, {("", "en"): 40, ("", "pl"): 40})
    assert set(found) <= {"en", "pl"}
    assert (found[2], found[4]) == ("en", "pl")


def test_a_title_without_words_has_the_language_of_its_section() -> None:
    known = Counter({("Wiadomości", "pl"): 5, ("News", "en"): 50})
    articles = [Undeclared("Wiadomości", "1:0"), Undeclared("News", "1:0"), Undeclared("", "1:0")]
    found = [one.language for one in detect_languages(articles, known)]
    assert found == ["pl", "en", "en"]
    assert detected(["1:0", "2026"]) == ["und", "und"]


def test_only_a_long_text_decides_alone() -> None:
    articles = [Undeclared("", text) for text in (LONG_POLISH, *ENGLISH)]
    found = detect_languages(articles, Counter())
    assert found[0] == ("pl", True)
    assert not any(one.is_certain for one in found[1:])
    assert Counter(one.language for one in found[1:])["en"] > 0.8 * len(ENGLISH)


CROATIAN = (
    "Gradsko vijeće jučer je prihvatilo proračun za sljedeću godinu. Novca za škole neće biti "
    "dovoljno, kaže oporba. Radovi na cesti počinju u ožujku i trajat će najmanje dvije godine."
)
INDONESIAN = (
    "Dewan kota kemarin mengesahkan anggaran tahun depan. Warga desa sudah lama meminta jalan "
    "diperlebar, karena truk melewati pusat desa. Pekerjaan dimulai pada bulan Maret."
)


@pytest.mark.parametrize(
    ("text", "language", "relative"), [(CROATIAN, "hr", "bs"), (INDONESIAN, "id", "ms")]
)
def test_a_long_text_in_a_language_with_close_relatives(
    text: str, language: str, relative: str
) -> None:
    assert detected([text])[0] == language
    assert detected([text, *ENGLISH])[0] == language
    assert detected([text], {("", "en"): 500})[0] == language
    assert detected([text], {("", "en"): 500, ("", relative): 500})[0] == relative


SERBIAN = (
    (
        "Obilne snežne padavine zatvorile su puteve kod Zlatibora. Putari rade celu noć, a "
        "vozačima se savetuje da nose lance. Hiljade domaćinstava ostale su bez struje."
    ),
    (
        "Novi brzi voz stigao je u Suboticu na probnu vožnju. Putnici će od jeseni do Beograda "
        "putovati sedamdeset minuta. Cena karte još nije određena."
    ),
    (
        "Muzej hleba u Pećincima otvorio je novu postavku posvećenu pšenici. Deca mogu da mese "
        "testo i da vide staru vodenicu. Ulaz je besplatan vikendom."
    ),
    "Hrvatska bira predsednika",
    "Hiljade ljudi na ulicama",
)


def test_untagged_texts_in_serbian_are_in_the_language_of_the_tagged_ones() -> None:
    found = detected([*SERBIAN, *ENGLISH, *[LONG_ENGLISH] * 20], {("", "sr-Latn"): 1})
    assert {tag.partition("-")[0] for tag in found[: len(SERBIAN)]} == {"sr"}
    assert set(found[len(SERBIAN) :]) == {"en"}
    assert detected([*SERBIAN, CYRILLIC * 3], {("", "hr"): 9}) == ["hr"] * len(SERBIAN) + ["sr"]


@pytest.mark.parametrize(
    ("known", "language"),
    [({("News", "sr"): 1}, "hr"), ({("News", "sr"): 500, ("News", "hr"): 1}, "sr-Latn")],
)
def test_many_tags_outweigh_the_texts_and_one_does_not(
    known: dict[tuple[str, str], int], language: str
) -> None:
    assert detected([CROATIAN] * 15, known) == [language] * 15


def test_english_titles_stay_in_english_beside_a_few_texts_in_serbian() -> None:
    found = detected([*SERBIAN[:3], *ENGLISH, *[LONG_ENGLISH] * 10])
    assert set(found[3:]) == {"en"}
    assert set(found[:3]) == {"hr"}


def test_the_setting_decides_which_of_them_it_is() -> None:
    assert set(detected(SERBIAN, {("", "hr"): 9}, allowed=["sr-Latn", "en"])) == {"sr-Latn"}


def test_a_title_without_words_stays_in_serbian_beside_a_text_in_croatian() -> None:
    assert detected(["1:0", CROATIAN, *[CYRILLIC * 3] * 5]) == ["sr", "hr"] + ["sr"] * 5


def test_without_tags_they_are_all_in_one_language_which_may_change() -> None:
    articles = [Undeclared("", text) for text in SERBIAN]
    found = detect_languages(articles, Counter())
    assert len({one.language.partition("-")[0] for one in found}) == 1
    assert not any(one.is_certain for one in found)


def test_a_guess_follows_the_archive_as_it_grows() -> None:
    assert detected(["Menu: Gnocchi"], {("", "it"): 30}) == ["it"]
    assert detected(["Menu: Gnocchi"], {("", "it"): 30, ("", "en"): 4_000}) == ["en"]


def test_the_setting_restricts_the_languages() -> None:
    assert set(detected([*ENGLISH, LONG_POLISH, *UKRAINIAN], allowed=["pt-BR"])) == {"pt-BR"}
    found = detected([LONG_ENGLISH, LONG_POLISH, UKRAINIAN[0], "1:0"], allowed=["en-GB", "pl"])
    assert found[:2] == ["en-GB", "pl"]
    assert found[2] not in {"en-GB", "pl"}  # what is in neither is not forced


def article(language: str, title: str, body: str = "") -> Article:
    return Article(id=title, title=title, body=body, language=language, published=NOW)


def test_the_language_of_the_source_wins() -> None:
    rows = [article("en", "A", LONG_POLISH), article("", "B", LONG_POLISH), article("??", "C")]
    assert [one.language for one in with_languages(rows)][:2] == ["en", "pl"]
    assert with_languages(rows)[2].language in {"en", "pl"}


SIMPLIFIED, TRADITIONAL = "桥梁维修关闭，议会开会讨论。", "橋樑維修關閉，議會開會討論。"
CYRILLIC, LATIN = (
    "Скупштина града усвојила је буџет за идућу годину.",
    ("Skupština grada usvojila je budžet za iduću godinu."),
)


def test_the_text_shows_the_script_that_a_tag_leaves_open() -> None:
    rows = [
        article("zh", SIMPLIFIED), article("zh", TRADITIONAL), article("zh-TW", SIMPLIFIED),
        article("sr-RS", LATIN), article("sr", CYRILLIC), article("en", CYRILLIC),
    ]  # fmt: skip
    found = [one.language for one in with_scripts(rows).articles]
    assert found == ["zh-Hans", "zh-Hant", "zh-TW", "sr-Latn-RS", "sr", "en"]


def test_a_short_title_has_the_script_of_most_others() -> None:
    rows = [
        article("zh", TRADITIONAL),
        article("zh", "大雨"),
        article("sr", LATIN),
        article("sr", "F1"),
    ]
    found = [one.language for one in with_scripts(rows).articles]
    assert found == ["zh-Hant", "zh-Hant", "sr-Latn", "sr-Latn"]
    short = with_scripts([*rows, article("sr", "Снег у Нишу"), article("sr", "Nokia 5")]).articles
    assert [one.language for one in short[-2:]] == ["sr", "sr-Latn"]
    alone = with_scripts([article("zh", "大雨")]).articles
    assert alone == [msgspec.structs.replace(alone[0], language="zh")]


def test_a_later_short_title_has_the_usual_script_of_the_archive() -> None:
    archive = [article("sr", LATIN), article("sr-RS", LATIN), article("sr", CYRILLIC)]
    archive += [article("zh", TRADITIONAL), article("en", "Kiša")]
    usual = with_scripts(archive).usual
    assert usual == {"sr": "Latn", "zh": "Hant"}
    later = [article("sr", "Kiša u Nišu"), article("zh", "大雨"), article("uz", "Toshkent")]
    found = [with_scripts([one], usual).articles[0].language for one in later]
    assert found == ["sr-Latn", "zh-Hant", "uz"]
    assert with_scripts([article("sr", CYRILLIC)], usual).articles[0].language == "sr"


@pytest.mark.parametrize(
    ("declared", "detected", "is_contradiction"),
    [
        ("pl", "en", True),
        ("zh-TW", "ja", True),
        ("uk-UA", "ru", True),
        ("nb", "no", False),
        ("nn", "da", False),
        ("sr-Latn", "hr", False),
        ("gsw", "de", False),  # not a language that can be detected
    ],
)
def test_similar_and_unknown_languages_are_no_contradiction(
    declared: str, detected: str, is_contradiction: bool
) -> None:
    assert contradicts(declared, detected) is is_contradiction
