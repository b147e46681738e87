"""Remove datelines: the place, the agency and the reporter before the first sentence."""

from __future__ import annotations

import re

MAX_DATELINE = 60
"""Characters of a dateline such as "HARRISBURG, Pa. (AP) - "."""

MIN_LETTERS = 4
"""Letters of a place in capitals: "U.S. - China talks" begins with none."""

MEDIA = frozenset({"AFP", "ANI", "BBC", "CNN", "DPA", "EFE", "PAP", "PTI", "TPO", "TTO", "VOV"})
"""Agencies and media with fewer letters, which precede a dash alone."""

_DASH = re.compile(" ?(?:[—–]|--| -) ")
_AGENCY = re.compile(r" ?\([^()]{2,30}\)$")
_RUSSIAN_AGENCY = re.compile(
    r"(?:[А-ЯЁ -]{3,30}, \d{1,2} [а-я]{3,8}\. )?/?(?:РИА Новости|ТАСС|Интерфакс)/?\. "
)

_BRACKETS = r"\[\]()（）〔〕【】"
_REPORTER = (
    rf"[\[(（〔【][^{_BRACKETS}]{{0,30}}(?:[=＝]|[記记]者|기자)[^{_BRACKETS}]{{0,30}}[\])）〕】] ?"
    r"(?:[^=.]{2,30} = )?"
)
_PAPER = r"(?:本[报報]|新[华華]社|中新[社网網]|中央社)"
_DISPATCH = (
    rf"(?:{_PAPER}[^，。：（]{{0,20}}(?:[\d一二三四五六七八九十]日[电電] ?"
    r"|(?<![腾騰通资資短])[讯訊](?: |(?=[(（〔【])))|本[报報][讯訊])"
)
_EAST_ASIAN = re.compile(rf"(?:{_DISPATCH})?(?:{_REPORTER})|{_DISPATCH}")
"""Reporters in brackets, "[Seoul=Agency] Reporter = ", and the dispatches of Chinese papers."""
_EAST_ASIAN_LETTER = re.compile("[가-힣ぁ-ヿ一-鿿]")

_TIME = re.compile(r"\d{1,2}:\d{2}(?: [-–—|])? (?!Uhr|AM|PM)(?=[^\W\d_])")
"""The time of an entry in a live blog."""


def without_dateline(sentence: str) -> str:
    """Remove the dateline, a place with or without an agency: "WARSAW (AP) - "."""
    found = _EAST_ASIAN.match(sentence)
    if found and _EAST_ASIAN_LETTER.search(sentence, found.end()):
        return sentence[found.end() :]
    rest = _after_dash(sentence)
    agency = _RUSSIAN_AGENCY.match(rest)
    return rest[agency.end() :] if agency else rest


def without_times(paragraphs: list[str]) -> list[str]:
    """Remove the times before the entries of a live blog: "10:42 The council voted".

    A single time belongs to its sentence.
    """
    entries = [_without_time(paragraph) for paragraph in paragraphs]
    timed = sum(entry != paragraph for entry, paragraph in zip(entries, paragraphs, strict=True))
    return entries if timed > 1 else paragraphs


def _without_time(paragraph: str) -> str:
    time = _TIME.match(paragraph)
    return paragraph[time.end() :] if time and _begins(paragraph[time.end() :]) else paragraph


def _after_dash(sentence: str) -> str:
    """Return what follows a place or an agency and a dash."""
    dash = _DASH.search(sentence[:MAX_DATELINE])
    if dash is None:
        return sentence
    before, rest = sentence[: dash.start()], sentence[dash.end() :]
    agency = _AGENCY.search(before)
    place = before[: agency.start()] if agency else before
    town = place.partition(",")[0]
    letters = sum(c.isalpha() for c in town)
    in_capitals = town.isupper() and (letters >= MIN_LETTERS or town in MEDIA)
    named = in_capitals or (bool(agency) and (not town or town.istitle()))
    return rest if named and len(town.split()) <= 5 and _begins(rest) else sentence


def _begins(text: str) -> bool:
    return text[:1].isupper() or text[:1] in set("\"“„«'")
