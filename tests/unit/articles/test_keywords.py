"""Keywords are whole words and names in every script, and no dates."""

from datetime import UTC, datetime

import pytest

from models.lexical.scripts import fold
from models.lexical.stop_words import amount_words
from models.lexical.tokenizer import tokenize
from recommender.articles.article import Article
from recommender.articles.keywords import keywords_of, publication_names
from recommender.articles.model_inputs import for_words
from recommender.text.calendar_names import is_calendar_name
from term_counts import count_named_terms


def keywords(language: str, *bodies: str, host: str = "") -> list[str]:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    articles = [
        Article(
            id=str(n),
            title="-",
            published=day,
            body=body,
            language=language,
            url=host and f"https://{host}/{n}",
        )
        for n, body in enumerate(bodies)
    ]
    counts, names = count_named_terms(tokenize([for_words(a) for a in articles]))
    return [term for term, _ in next(keywords_of(articles, counts, names))]


def test_dates_and_numbers_are_no_keywords() -> None:
    found = keywords("en", "On Monday 2031 the ferry came in March.", "Ferry: 2031, Monday, March")
    assert found == ["ferry"]


def test_dates_and_amounts_are_no_parts_of_names() -> None:
    bodies = (
        "The ferry took 14 Poles on March 15, the 4th Ferry of Route 66.",
        "A ferry with 14 Poles left on March 15; the 4th Ferry of Route 66.",
    )
    assert set(keywords("en", *bodies)) == {"ferry", "Poles", "Route", "Route 66"}
    assert set(keywords("en", "The March-April ferry.", "A ferry in March-April.")) == {"ferry"}


def test_a_name_with_a_hyphen_is_whole() -> None:
    bodies = ("Kilingi-Nõmme sai uue silla.", "Sild avati Kilingi-Nõmme lähedal.")
    assert "Kilingi-Nõmme" in keywords("et", *bodies)


@pytest.mark.parametrize(
    "address",
    [
        "https://quay.example/tickets",
        "www.quay.example",
        "tickets@quay.example",
        "quay/tickets/list.txt",
    ],
)
def test_words_of_addresses_are_no_keywords(address: str) -> None:
    assert keywords("en", f"A ferry: {address}.", f"The ferry, {address}") == ["ferry"]
    both = keywords("en", f"A ferry at the quay: {address}.", f"The quay, a ferry, {address}")
    assert set(both) == {"ferry", "quay"}


def test_a_name_with_a_dot_or_a_slash_is_a_keyword() -> None:
    found = keywords("en", "Ask quay.example or snow/ice.", "The quay.example: snow/ice.")
    assert {"quay", "snow", "ice"} <= set(found)


def test_the_day_of_a_date_is_no_part_of_a_name() -> None:
    bodies = (
        "Zum Hafenstreik 15.09. mit Fähre 11 fahren.",
        "Der Hafenstreik 15.09.2026, Fähre 11.",
    )
    assert set(keywords("de", *bodies)) == {"Hafenstreik", "Fähre", "Fähre 11"}


def test_words_of_any_topic_are_no_keywords() -> None:
    bodies = ("He said the ferry didn't dock. According to him, it did.", "She told Said: a ferry")
    assert set(keywords("en", *bodies, bodies[0].replace("He", "Ona"))) == {"dock", "ferry"}


def test_a_name_that_is_spelled_like_a_word_of_any_topic_is_a_keyword() -> None:
    found = keywords("en", "We met Edward Said on a ferry.", "A ferry, wrote Edward Said.")
    assert set(found) == {"ferry", "Edward", "Said", "Edward Said"}


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("Montags", "de"),
        ("Mondays", "en"),
        ("söndagen", "sv"),
        ("tammikuussa", "fi"),
        ("poniedziałek", "pl"),
        ("środę", "pl"),
        ("пятницу", "ru"),
        ("среду", "ru"),
        ("středu", "cs"),
        ("Sept", "en"),
        ("सोमवार", "hi"),
        ("月曜日", "ja"),
        ("MART", "tr"),
        ("ekimde", "tr"),
        ("októberben", "hu"),
        ("lokakuussa", "fi"),
        ("ოქტომბერში", "ka"),
        ("lipcu", "pl"),
        ("липні", "uk"),
        ("января", "ru"),
        ("únoru", "cs"),
        ("באוקטובר", "he"),
        ("وأكتوبر", "ar"),
    ],
)
def test_names_of_days_and_months(word: str, language: str) -> None:
    assert is_calendar_name(word, language)
    assert not is_calendar_name("Marchenko", language)
    assert not is_calendar_name("Marco", language)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Sabata", "it"),
        ("Marco", "it"),
        ("Domenico", "it"),
        ("Lune", "fr"),
        ("Augusta", "en"),
        ("Augusto", "es"),
        ("Martin", "tr"),
        ("Marta", "tr"),
        ("Marcin", "pl"),
        ("Lipek", "pl"),
        ("Cumali", "tr"),
        ("Kasımpaşa", "tr"),
        ("Eylülay", "tr"),
        ("Szerdahely", "hu"),
    ],
)
def test_names_that_resemble_days_and_months_are_none(name: str, language: str) -> None:
    assert not is_calendar_name(name, language)


def test_amounts_are_no_keywords() -> None:
    assert keywords("en", "A ferry for 3 million", "Percent of years, a ferry") == ["ferry"]
    assert keywords("pl", "Prom za 5 tysięcy", "Prom: trwa lat 7, dni i minut 9") == ["Prom"]


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("Millionen", "de"),
        ("milionów", "pl-PL"),
        ("mln", "pl"),
        ("млрд", "ru"),
        ("Mio", "de"),
        ("cent", "en"),
        ("лет", "ru"),
        ("anni", "it"),
        ("yıl", "tr"),
        ("लाख", "hi"),
        ("cztery", "pl"),
        ("σαράντα", "el"),
        ("vierzig", "de"),
        ("cuarenta", "es"),
        ("שלוש", "he"),
        ("bốn", "vi"),
    ],
)
def test_words_that_measure(word: str, language: str) -> None:
    assert fold(word) in amount_words(language)
    assert "millionaire" not in amount_words(language)
    assert "sec" not in amount_words(language)


def test_an_unknown_language_has_no_names_of_dates_or_amounts() -> None:
    assert not is_calendar_name("monday", "xx-unknown")
    assert "million" not in amount_words("xx-unknown")


def test_keywords_of_hindi_are_whole_words() -> None:
    found = keywords("hi", "पीपलगढ़ का पुल खुला", "पीपलगढ़ में मेला, पुल बंद")
    assert set(found) == {"पीपलगढ़", "पुल"}


def test_a_name_without_spaces_is_one_keyword() -> None:
    assert keywords("zh", "昨天魏岭港通车", "居民在魏岭港等候") == ["魏岭港"]


def test_joined_words_are_one_keyword() -> None:
    joined = "زرین\u200cکوه"
    found = keywords("fa", f"فرهاد {joined} آمد", f"{joined} و فرهاد")
    assert joined in found
    assert "فرهاد زرین" not in found


@pytest.mark.parametrize(
    ("language", "one", "other", "shared"),
    [
        ("th", "ธนาคารคงอัตราดอกเบี้ย", "ลูกหนี้จ่ายดอกเบี้ยสูง", {"ดอกเบี้ย"}),
        ("th", "น้ำท่วมถนน", "ระดับน้ําลดลง", {"น้ำ"}),  # two spellings of a vowel
        ("lo", "ລັດຖະບານອະນຸມັດແຜນ", "ປະຊາຊົນຖາມລັດຖະບານ", {"ລັດຖະບານ"}),
        ("km", "ប្រជាជនជួបនាយក", "នាយកទៅបំពេញទស្សនកិច្ច", {"នាយក"}),
        ("my", "အစိုးရကဆိုသည်", "ပြည်သူများကအစိုးရကိုမေးသည်", {"အစိုးရ"}),
        ("zh", "佩尔港改造计划", "居民在佩尔港等候", {"佩尔港"}),
        ("ja", "平瀬港の再開発", "住民は平瀬港に集まった", {"平瀬港"}),
    ],
)
def test_keywords_without_spaces_are_words(
    language: str, one: str, other: str, shared: set[str]
) -> None:
    assert shared <= set(keywords(language, one, other)) & set(keywords(language, other, one))


@pytest.mark.parametrize(
    ("language", "one", "other", "shared"),
    [
        ("ko", "미호강 제방이 무너졌다", "제방을 고쳤다", "제방"),
        ("ta", "விவசாயிகளுக்கு உதவி உள்ளது", "அணை உள்ளது, விவசாயிகள் கோரிக்கை", "விவசாயிகளுக்கு"),
    ],
)
def test_a_word_of_letter_pairs_begins_where_the_text_begins_it(
    language: str, one: str, other: str, shared: str
) -> None:
    assert keywords(language, one, other) == [shared]


def test_words_of_any_topic_are_no_keywords_of_thai() -> None:
    assert "การ" not in keywords("th", "การแข่งขันฟุตบอล", "การส่งออกข้าว")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.hbp.co.example", "HBP"),
        ("www.harbourpost.example", "Harbour Post"),
        ("news.the-harbour-post.co.example", "Harbour Post"),
        ("lephare.example", "Phare"),
        ("zolcblatt.example:8080", "Zölcblatt"),
    ],
)
def test_the_name_of_the_publication_is_no_keyword(host: str, name: str) -> None:
    bodies = (f"The ferry, says {name}, is late.", f"A ferry late? asks {name}.", "Snow, he says.")
    assert keywords("en", *bodies, host="other.example") == keywords("en", *bodies)
    left_out = set(keywords("en", *bodies)) - set(keywords("en", *bodies, host=host))
    assert name in left_out
    assert "ferry" not in left_out


def test_the_name_of_the_site_is_that_of_a_publication() -> None:
    assert publication_names([], "The Harbour Post") == {"theharbourpost", "harbourpost"}


def test_a_short_name_of_a_publication_is_one_in_capitals() -> None:
    bodies = ("A hut on the ferry, says HUT.", "HUT asks: a ferry to the hut? No hut. No hut.")
    assert set(keywords("en", *bodies, host="www.hut.example")) == {"ferry", "hut"}
