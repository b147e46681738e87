"""The heading of the list in the languages of newsrooms, and the direction of their scripts."""

from __future__ import annotations

from typing import NamedTuple

from recommender.language_tags import (
    language_and_script,
    primary_language,
    tag_without_region,
    usual_script,
)

HEADINGS = {
    "af": "Verwante artikels",
    "ar": "مقالات ذات صلة",
    "az": "Oxşar məqalələr",
    "be": "Чытайце таксама",
    "bg": "Прочетете още",
    "bn": "আরও পড়ুন",
    "bs": "Pročitajte i ovo",
    "ca": "Articles relacionats",
    "cs": "Související články",
    "cy": "Erthyglau cysylltiedig",
    "da": "Læs også",
    "de": "Mehr zum Thema",
    "el": "Διαβάστε επίσης",
    "en": "Related posts",
    "eo": "Rilataj artikoloj",
    "es": "Artículos relacionados",
    "et": "Loe ka",
    "eu": "Lotutako artikuluak",
    "fa": "مطالب مرتبط",
    "fi": "Lue myös",
    "fil": "Mga kaugnay na artikulo",
    "fr": "À lire aussi",
    "ga": "Ailt ghaolmhara",
    "gl": "Artigos relacionados",
    "gu": "આ પણ વાંચો",
    "he": "כתבות נוספות בנושא",
    "hi": "यह भी पढ़ें",
    "hr": "Pročitajte i ovo",
    "hu": "Kapcsolódó cikkek",
    "hy": "Կարդացեք նաև",
    "id": "Baca juga",
    "is": "Lestu einnig",
    "it": "Articoli correlati",
    "ja": "関連記事",
    "ka": "წაიკითხეთ აგრეთვე",
    "kk": "Тағы оқыңыз",
    "km": "អត្ថបទពាក់ព័ន្ធ",
    "kn": "ಇದನ್ನೂ ಓದಿ",
    "ko": "관련 기사",
    "lo": "ບົດຄວາມທີ່ກ່ຽວຂ້ອງ",
    "lt": "Taip pat skaitykite",
    "lv": "Lasiet arī",
    "mk": "Прочитајте и",
    "ml": "ഇതും വായിക്കുക",
    "mr": "हेही वाचा",
    "ms": "Baca juga",
    "my": "ဆက်စပ်ဆောင်းပါးများ",
    "ne": "यो पनि पढ्नुहोस्",
    "nl": "Lees ook",
    "nn": "Les òg",
    "no": "Les også",
    "pa": "ਇਹ ਵੀ ਪੜ੍ਹੋ",
    "pl": "Czytaj także",
    "ps": "اړوندې مقالې",
    "pt": "Leia também",
    "ro": "Citește și",
    "ru": "Читайте также",
    "si": "මෙයත් කියවන්න",
    "sk": "Súvisiace články",
    "sl": "Preberite tudi",
    "sq": "Lexoni edhe",
    "sr": "Прочитајте и ово",
    "sr-Latn": "Pročitajte i ovo",
    "sv": "Läs också",
    "sw": "Soma pia",
    "ta": "இதையும் படிக்கவும்",
    "te": "ఇది కూడా చదవండి",
    "th": "ข่าวที่เกี่ยวข้อง",
    "tr": "İlgili haberler",
    "uk": "Читайте також",
    "ur": "یہ بھی پڑھیں",
    "uz": "Shuningdek oʻqing",
    "vi": "Bài viết liên quan",
    "zh-Hans": "相关文章",
    "zh-Hant": "相關文章",
}
"""Heading of the list by the language of the article; English for all other languages."""

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
"""Scripts that are written from right to left, as ISO 15924 codes."""


class Heading(NamedTuple):
    """The heading of a list."""

    text: str
    language: str
    """BCP 47; "" if it is not known."""


def heading_in(language: str) -> Heading:
    """Return the heading in the language of a tag, or in English."""
    spellings = (tag_without_region(language), language_and_script(language))
    for known in (*spellings, primary_language(language)):
        if known in HEADINGS:
            return Heading(HEADINGS[known], known)
    return Heading(HEADINGS["en"], "en")


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for a tag, ``auto`` where the language is unknown."""
    group = language_and_script(language)
    if (group.partition("-")[2] or usual_script(group)) in RIGHT_TO_LEFT:
        return "rtl"
    return "ltr" if group not in {"", "und"} else "auto"
