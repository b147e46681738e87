"""Writing systems: where a word begins and ends, and which spellings are equal.

Only the standard library is used, so that the service can compare words as an index run does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise, takewhile

from models.lexical.normalization import normalize

SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u108f\ua9e0-\ua9ef\uaa60-\uaa7b"  # Burmese
    "\u1780-\u17d3\u17dc\u17dd\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7c"  # Khmer, Tai
    "\u3005-\u3007\u3031-\u3035\u303b\u303c\u3041-\u309a\u309d-\u309f"  # Japanese
    "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    "\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
"""Letters and marks of scripts without spaces between words, as part of a character class."""

KOREAN = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"

INDIAN = (
    "\u0980-\u09e3\u0a80-\u0ae3\u0b00-\u0b63"  # Bengali, Gujarati, Odia
    "\u0b71-\u0be5\u0c00-\u0c65\u0c80-\u0ce3"  # Tamil, Telugu, Kannada
    "\u0d00-\u0d63\u0d80-\u0ddf"  # Malayalam, Sinhala
)

AGGLUTINATIVE = KOREAN + INDIAN
"""Letters and marks of scripts with spaces, in which particles and case endings follow a word
without one. A letter is a syllable there."""

HEBREW = "\u0591-\u05f4\ufb1d-\ufb4f"
CYRILLIC = "\u0400-\u052f"

_MARK_BLOCKS = (
    *(range(0x300, 0x2100), range(0x302A, 0x309B), range(0xA660, 0xABF0)),
    *(range(0xFB1E, 0xFE30), range(0x10A00, 0x11F50), range(0xE0100, 0xE01F0)),
)
"""Blocks of Unicode that have combining marks of living languages."""

_MARKS = [
    code for block in _MARK_BLOCKS for code in block if unicodedata.category(chr(code))[0] == "M"
]


def _character_class(codes: Iterable[int]) -> str:
    """Write ascending code points as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


MARKS = _character_class(_MARKS)
"""Combining marks: vowel signs, tone marks and accents. They belong to the letter before."""

_VIRAMA = 9
"""Combining class of the marks that join two consonants."""

_VIRAMAS = _character_class(code for code in _MARKS if unicodedata.combining(chr(code)) == _VIRAMA)

_JOINED = (
    rf"(?<=[{CYRILLIC}])['’](?=[{CYRILLIC}])"  # "комп'ютер"
    rf"|(?<=[{HEBREW}])[\"'”’׳״](?=[{HEBREW}])"  # acronyms
    "|(?<=[lL])·(?=[lL])"  # "col·legi"
    r"|(?<=[oOgG])‘(?=[^\W\d_])"  # "o‘zbek"
    "|(?<=[Ա-և])[՛-՞](?=[ա-և])"  # stress, exclamation and question in Armenian
    rf"|(?<=[{_VIRAMAS}])[\u200c\u200d](?=\w)"
)
"""Characters inside a word that are neither letters nor marks."""

_RUN = re.compile(rf"\w+(?:(?=['\"·\u0300-\U000e01ef])(?:[{MARKS}]|{_JOINED})\w*)*")
"""A run of letters, marks and digits: one word, or many in a script without spaces. The look-ahead
only saves time."""

_PART = re.compile(
    rf"(?P<spaceless>[{SPACELESS}]+)|(?P<agglutinative>[{AGGLUTINATIVE}]+)"
    rf"|[^{SPACELESS}{AGGLUTINATIVE}]+"
)
"""The longest part of a run in one kind of script."""

_LETTER = re.compile(rf".[{MARKS}]*", re.DOTALL)
"""A letter with its marks."""

_INDIAN = re.compile(f"[{INDIAN}]")

MIN_STEM, MAX_ENDINGS = 3, 2
"""Syllables that forms of a word of an Indian script have in common, at least, and that both
together have besides, at most."""

_HIRAGANA = re.compile("[\u3041-\u309f\u30fc]+")


def _equal_spellings() -> dict[int, str | None]:
    """Build the table of :func:`fold`: by code point, what replaces a character."""
    table: dict[int, str | None] = {}
    optional_marks = {*range(0x370, 0x400), *range(0x590, 0x700), *range(0x1F00, 0x2000)}
    for code in range(0x370, 0x2000):
        character = chr(code)
        if character.isdecimal():
            table[code] = str(unicodedata.decimal(character))
        elif code in optional_marks:
            parts = unicodedata.normalize("NFD", character)
            table[code] = "".join(c for c in parts if unicodedata.category(c) != "Mn")
    equal = {"ı": "i", "ё": "е", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ँ": "ं"}
    equal |= {"ș": "ş", "ț": "ţ"}
    for one, other in {"ሐ": "ሀ", "ኀ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ፀ": "ጸ"}.items():
        # With each of the seven vowels: they sound alike in Amharic, and both are written.
        equal |= {chr(ord(one) + vowel): chr(ord(other) + vowel) for vowel in range(7)}
    equal |= dict.fromkeys("ሃሓኃኻ", "ሀ") | dict.fromkeys("ኣዓ", "አ") | {"ሧ": "ሷ"}
    dropped = [*range(0x300, 0x370), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
    dropped += map(ord, "'\"‘’”·ʻʼ՛՜՞׳״ـ\u200c\u200d\u093c")
    return table | {ord(one): other for one, other in equal.items()} | dict.fromkeys(dropped)


_EQUAL = _equal_spellings()

_THAI_AM = "\u0e4d\u0e32", "\u0e33"
_LAO_AM = "\u0ecd\u0eb2", "\u0eb3"
"""A vowel as two characters, as NFKC writes it, and as one, as people and dictionaries do."""


_PAIRED = re.compile(rf"[{SPACELESS}{AGGLUTINATIVE}]")


def is_letter_pair(word: str) -> bool:
    """Return whether a folded word is a pair of letters, and not a whole word."""
    return _PAIRED.match(word) is not None


def runs(text: str) -> list[str]:
    """Return the runs of letters, marks and digits in a text, as they are written."""
    return _RUN.findall(text)


def letters(text: str) -> list[str]:
    """Return the letters of a text, each with its marks."""
    return _LETTER.findall(text)


def fold(text: str) -> str:
    """Return a text such that all its usual spellings are equal.

    Case is folded, and the four i of Turkish are one letter. Forms of compatibility, such as
    full-width letters, and the digits of all scripts are replaced (NFKC). Accents of Greek, vowel
    points of Arabic and Hebrew, and variants of Arabic letters are removed. Cedilla and comma below
    are equal, and so are letters of Amharic that sound alike. The Armenian ligature of two letters
    is replaced by them, as in capitals. All other accents stay.
    """
    if text.isascii():
        return text.lower()
    folded = normalize("NFKC", text.replace("և", "եվ")).casefold()
    folded = normalize("NFC", folded).translate(_EQUAL)
    return folded.replace(*_THAI_AM).replace(*_LAO_AM)


def words_of(run: str) -> list[str]:
    """Split a run into folded words of at least two letters or digits.

    Scripts without spaces and agglutinative ones are split into overlapping pairs of letters.
    """
    if run.isascii():
        return [run.lower()] if len(run) > 1 else []
    words: list[str] = []
    for part in _PART.finditer(fold(run)):
        text = part.group()
        if part.lastgroup:
            words += _letter_pairs(text)
        elif sum(map(str.isalnum, text)) + text.count("_") > 1:
            words.append(text)
    return words


def _letter_pairs(text: str) -> list[str]:
    """Return the pairs of adjacent letters.

    Pairs of Hiragana are particles and endings, unless the text has no other letters.
    """
    pairs = [one + other for one, other in pairwise(letters(text))]
    return [pair for pair in pairs if not _HIRAGANA.fullmatch(pair)] or pairs


def has_forms(word: str) -> bool:
    """Return whether a word is of an Indian script, and so may have an ending."""
    return _INDIAN.match(word) is not None


def are_forms(one: str, other: str) -> bool:
    """Return whether two words of an Indian script seem to be forms of one word."""
    if not (has_forms(one) and has_forms(other)):
        return False
    first, second = _syllables(one), _syllables(other)
    common = sum(takewhile(bool, map(str.__eq__, first, second)))
    return common >= MIN_STEM and len(first) + len(second) - 2 * common <= MAX_ENDINGS


def _syllables(word: str) -> list[str]:
    """Divide a word into letters with their marks; a virama joins two of them."""
    found: list[str] = []
    for letter in letters(word):
        if found and unicodedata.combining(found[-1][-1]) == _VIRAMA:
            found[-1] += letter
        else:
            found.append(letter)
    return found
