"""Sentences in every script: where one ends, and how two are joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sentencex import segment

from models.lexical.scripts import MARKS as COMBINING
from recommender.language_tags import primary_language
from recommender.text.abbreviations import is_abbreviation
from recommender.text.word_count import letters_of, word_count

MARKS = "।॥۔؟።፧։។៕။།༎。！？｡"
"""Marks that only end sentences. A full stop also ends abbreviations."""

CLOSING = "\"'”’“»)\\]」』）》〉】"
"""Quotation marks and brackets after the end of a sentence."""

MIN_UNMARKED_WORDS = 10
"""Words of a paragraph in Thai or Lao that is no sub-heading. These languages end sentences
without a mark."""

_AFTER_TYPED = r"(?<=፡፡)|(?<=[ա-և]:)|(?<=[\u0900-\u0b7f]\|)|(?<=[\u0900-\u0b7f] \|)"
"""After what writers type instead of a mark: two Ethiopic word separators, a colon in Armenian, and
a vertical bar in scripts of India."""

_END = re.compile(rf"(?:[.!?…{MARKS}]|[፡:|](?:{_AFTER_TYPED}))[{CLOSING}]*$")
_AFTER_MARK = re.compile(rf"(?:(?<=[{MARKS}])|{_AFTER_TYPED})(?![{MARKS}{CLOSING}])\s*")
_DANDA = re.compile(r"[।۔]|[\u0900-\u0b7f] ?\|")
_UNMARKED = re.compile("[\u0e01-\u0eff]")
_NO_PHRASE_END_AFTER = (
    *(r"[\d(–—-]", "ว่า", "คือ", "และ", "หรือ", "ວ່າ", "ຄື", "ແລະ", "ຫຼື"),
    *(r"[ .(].\.", r"[ .(]..\.", r"[ .(]...\."),
)
"""A number, "that", "namely", "and", "or", and abbreviations. Lookbehinds have a fixed length."""

_PHRASE_END = re.compile(
    "".join(f"(?<!{before})" for before in _NO_PHRASE_END_AFTER)
    + r" (?![ๆໆ\d(–—-]|ແລະ|ຫຼື|[^()]{0,60}\))"
)
"""A space that may end a phrase: not beside a number, nor in brackets or before a sign of
repetition."""

_FULL_STOP = re.compile(rf"\.[{CLOSING}]*\s*$")

_OPENING = re.compile(r"(?<=\s)[\"'”’»]+$")
"""Quotation marks between a space and a word."""

ENDING_CHARACTERS = 40
"""Last characters of a sentence that show how it ends."""

_ORDINALS = """
bs cs da de et eu fi fo hr hu is lb lt lv mk nb nn no pl sh sk sl sr tr"""
ORDINALS = frozenset(_ORDINALS.split())
"""Languages that write a full stop after an ordinal number: "1. Bundesliga"."""

MAX_ABBREVIATION = 3
"""Letters of an abbreviation before a number, or of one without a vowel."""

_VOWELS = set("aeiouyøœæıаеёиіоуыэюяєαεηιουω")
_STOPPED_WORD = re.compile(rf"(?<![.,:])\b([\w{COMBINING}]+)\.\s*$")
_DOTTED_WORD = re.compile(r"(?<![\w.])((?:[^\W\d_]+\.)*[^\W\d_]+)\.\s*$")
"""A word that may have full stops inside, such as "m.in."."""

_ORDINAL = re.compile(r"\d{1,2}")
_INITIAL = re.compile(
    rf"[^\W\d_\u0900-\u0b81\u0d80-\u109f\u1100-\U0010ffff]|[\u0b82-\u0d7f][{COMBINING}]*"
)
"""A single letter, with its marks in the scripts of southern India. In those of northern India and
in Korean a single syllable can be a verb, which ends a sentence."""
_WIDE_END = re.compile(
    "[\u2018\u2019\u201c\u201d\u2026\u3001-\u303f\u3040-\u30ff\u3400-\u9fff\uff01-\uff65]$"
)
_PART = re.compile(r"[^\s，、；：]*[\s，、；：]*")
_CLAUSE = re.compile(r".*(?:[,;:–—،؛](?=\s|$)|[，、；：፣])", re.DOTALL)
_WIDE = re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uff65]")


def is_closed(paragraph: str) -> bool:
    """Return whether a paragraph ends with a sentence, so that it is no sub-heading."""
    if has_end_mark(paragraph):
        return True
    return bool(_UNMARKED.search(paragraph)) and word_count(paragraph) >= MIN_UNMARKED_WORDS


def has_end_mark(text: str) -> bool:
    """Return whether a text ends with a mark that ends a sentence."""
    return bool(_END.search(text))


def goes_on(text: str, rest: str) -> bool:
    """Return whether the rest of a line continues the last sentence of a text without end mark.

    In Thai and Lao, where phrases end with a space, it continues the last phrase.
    """
    is_phrase = _UNMARKED.search(text[-1:]) and _PHRASE_END.match(text + rest, len(text))
    return bool(rest.strip()) and not is_phrase


def sentences(paragraph: str, language: str) -> list[str]:
    """Split a paragraph into sentences; Thai and Lao into phrases.

    Parameters
    ----------
    paragraph : text with single spaces.
    language : BCP 47, for abbreviations.
    """
    if _UNMARKED.search(paragraph):
        return _PHRASE_END.split(paragraph)
    language = language or "en"
    parts = _with_opening_marks(segment(language, paragraph))
    has_danda = bool(_DANDA.search(paragraph))
    if has_danda or primary_language(language) != "en":
        parts = _without_false_ends(parts, language, has_danda)
    return [piece.strip() for part in parts for piece in _AFTER_MARK.split(part) if piece.strip()]


def _with_opening_marks(parts: Iterable[str]) -> list[str]:
    """Move quotation marks to the sentence that they open.

    In Swedish and Finnish the same mark opens and closes: the library takes it for a closing one.

    Parameters
    ----------
    parts : with the space after each.
    """
    joined: list[str] = []
    for part in parts:
        opening = _OPENING.search(joined[-1][-ENDING_CHARACTERS:]) if joined else None
        marks = opening[0] if opening else ""
        if marks:
            joined[-1] = joined[-1].removesuffix(marks)
        joined.append(marks + part)
    return joined


def _without_false_ends(parts: Iterable[str], language: str, has_danda: bool) -> list[str]:
    """Join what was split at a full stop that ends no sentence.

    Parameters
    ----------
    parts : with the space after each.
    has_danda : whether a danda ends sentences there. Then each full stop abbreviates a word.
    """
    joined: list[str] = []
    for part in parts:
        end = joined[-1][-ENDING_CHARACTERS:] if joined else ""
        if _FULL_STOP.search(end) and (has_danda or _goes_on(end, part, language)):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _goes_on(before: str, after: str, language: str) -> bool:
    """Return whether a sentence goes on after a full stop, as after an ordinal or abbreviation.

    The library that splits sentences knows the abbreviations of English, but few of others.
    """
    is_inside = before[-1] == "." and after[:1].isascii()  # "A.B.公司", without a space
    if is_inside or after[:1] != after[:1].title() or after[:1] == "-":
        return True  # Georgian has no capitals there
    dotted = _DOTTED_WORD.search(before)
    if dotted is not None and is_abbreviation(dotted[1], language):
        return True
    word = _STOPPED_WORD.search(before)
    if word is None:
        return False
    if _INITIAL.fullmatch(word[1]):
        return True
    if _ORDINAL.fullmatch(word[1]) and primary_language(language) in ORDINALS:
        return True
    is_short = len(word[1]) <= MAX_ABBREVIATION
    return is_short and (after[:1].isdigit() or _is_without_vowel(word[1]))


def _is_without_vowel(word: str) -> bool:
    """Return whether a word in Latin, Greek or Cyrillic letters has only consonants: "ks"."""
    letters = set(unicodedata.normalize("NFD", word.casefold()))
    return word.isalpha() and max(letters) < "\u0530" and letters.isdisjoint(_VOWELS)


def join_sentences(parts: Iterable[str]) -> str:
    """Join sentences by spaces, and those of Chinese and Japanese without."""
    text = ""
    for part in parts:
        text += part if not text or _is_wide(text) else f" {part}"
    return text


def _is_wide(text: str) -> bool:
    """Return whether the text ends in a script that has no spaces after sentences."""
    return bool(_WIDE_END.search(text[-1:])) and bool(_WIDE.search(text[-6:]))


def cut(text: str, words: int, least: int = 0) -> str:
    """Return the first words of a text, with an ellipsis if some are left out.

    Where there are no spaces between words, it ends after a comma or space, if there is one.

    Parameters
    ----------
    words : at most.
    least : it ends with a clause, at a comma, if that leaves so many words; 0 is at any word.
    """
    if word_count(text) <= words:
        return text
    chosen = _first_parts(text, words)
    clause = _CLAUSE.match(chosen) if least else None
    if clause is not None and word_count(clause[0]) >= least:
        chosen = clause[0]
    return (chosen.rstrip(" ，、；：,;:–—،؛፣\n") or _first_letters(text, words)) + "…"


def _first_parts(text: str, words: int) -> str:
    """Return the first parts of a text, each up to a comma or space."""
    chosen, count = "", 0
    for part in _PART.findall(text):
        count += word_count(part)
        if count > words:
            break
        chosen += part
    return chosen


def _first_letters(text: str, words: int) -> str:
    """Return the first words of a text without spaces. Marks stay with their letter."""
    end = letters_of(words, text)
    while end and unicodedata.category(text[end : end + 1] or " ")[0] == "M":
        end -= 1
    return text[:end]
