"""Decode bytes of files and pages: by byte order mark, as UTF-8, as declared, or as detected."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer ones before those with which they begin."""

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^<>]{0,200}?(?:charset|encoding)\s*+=\s*+[\"']?([\w.:-]+)", re.IGNORECASE
)

_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""Encodings that browsers use for these names (WHATWG Encoding Standard)."""

MAX_HEAD = 4096
"""Bytes at the beginning of a document that declare its encoding."""

MAX_SAMPLE = 200_000
"""Bytes from which an encoding is detected."""

MIN_CONFIDENCE = 0.03
"""Confidence of chardet below which nothing is detected: a single word of two or three letters."""

_USUAL = """
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 koi8-r koi8-u iso-8859-2
iso-8859-5 iso-8859-7 iso-8859-15 shift_jis cp932 euc-jp gb18030 big5 euc-kr cp949
"""
USUAL = tuple(_USUAL.split())
RARE = ("cp437", "cp850", "cp852", "cp866", "mac-roman", "mac-latin2", "mac-cyrillic")
"""Encodings that are detected: those of Windows and of the web, and those of DOS and the
Macintosh."""

RARE_CONFIDENCE, RARE_RATIO = 0.06, 1.05
"""Confidence of a rare encoding, and its ratio to that of a usual one, which make it the choice."""

_LATIN, _OTHER = "A-Za-z\u00c0-\u024f\u1e00-\u1eff", "\u0370-\u0fff"
_MIXED = re.compile(
    f"[{_LATIN}](?=[{_OTHER}])|[{_OTHER}](?=[{_LATIN}])|[\x00-\x08\x0e-\x1f\x7f-\x9f]"
    f"|(?<=[{_LATIN}{_OTHER}])[¡-ª¬-¶¸-º¼-¿×÷](?=[{_LATIN}{_OTHER}¡-¿])"
)
_BETWEEN_WORDS = re.compile(rb"[\s<>\";,]+")
_IN_WORD = re.compile(rb"[A-Za-z\x80-\xff][\x80-\xff]|[\x80-\xff][A-Za-z]")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


class Decoded(NamedTuple):
    """Text, and where its encoding was detected, the name of it."""

    text: str
    detected: str = ""


def decode(data: bytes, header: str | None = None) -> Decoded:
    """Decode a document: by its mark, else as valid UTF-8, else as declared, else as detected.

    Parameters
    ----------
    data : a page, a feed or a text file.
    header : encoding of the HTTP header, which precedes that of the document.

    Returns
    -------
    Decoded
        Bytes that no encoding explains are replaced by U+FFFD.
    """
    if name := marked(data):
        return Decoded(data.decode(name, "replace"))
    # Valid UTF-8 of some length is never another encoding, so it precedes a wrong header.
    for name in filter(None, ["utf-8", _known(header or ""), declared(data)]):
        try:
            return Decoded(data.decode(name))
        except UnicodeDecodeError:
            continue
    found = detected([data])
    text = decode_as(data, found) if found else data.decode("utf-8", "replace")
    return Decoded(text, found)


def declared(data: bytes) -> str:
    """Return the encoding that the beginning of an XML file or a page declares; "" if none."""
    found = _DECLARED.search(data[:MAX_HEAD])
    return _known(found[1].decode("ascii", "replace")) if found else ""


def marked(data: bytes) -> str:
    """Return the encoding that a byte order mark names, or UTF-16 without a mark; else ""."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    even, odd = data[:MAX_HEAD:2].count(0), data[1:MAX_HEAD:2].count(0)
    if 5 * (even + odd) < len(data[:MAX_HEAD]):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def detected(parts: Iterable[bytes]) -> str:
    """Detect the encoding of texts that are not UTF-8; "" if it remains open.

    Parameters
    ----------
    parts : lines of one file. The first :data:`MAX_SAMPLE` bytes of those that are not UTF-8 are
        looked at.

    Returns
    -------
    str
        Name of a Python codec. "utf-8" if all lines are UTF-8 with a few other bytes.
    """
    sample = _sample(parts)
    if not sample:
        return "utf-8"
    if not _IN_WORD.search(sample):
        return ""  # a single byte may be anything
    from chardet import detect  # noqa: PLC0415 - few files need it

    found = detect(sample, include_encodings=_plausible(sample, USUAL), no_match_encoding="utf-8")
    rare = detect(sample, include_encodings=_plausible(sample, RARE), no_match_encoding="utf-8")
    if rare["confidence"] > max(RARE_CONFIDENCE, RARE_RATIO * found["confidence"]):
        found = rare
    return _known(found["encoding"] or "") if found["confidence"] >= MIN_CONFIDENCE else ""


def _plausible(sample: bytes, names: Iterable[str]) -> list[str]:
    """Return the encodings in which the fewest words are odd, and UTF-8."""
    odd: dict[str, int] = {}
    for name in names:
        try:
            odd[name] = _odd_letters(sample.decode(name))
        except UnicodeDecodeError:
            continue
    return ["utf-8", *(name for name, count in odd.items() if count == min(odd.values()))]


def _odd_letters(text: str) -> int:
    """Count letters next to those of another alphabet, to symbols, and capitals inside a word."""
    capitals = sum(
        one.islower() and two.isupper() and not (one + two).isascii() for one, two in pairwise(text)
    )
    return capitals + len(_MIXED.findall(text))


def decode_as(data: bytes, name: str) -> str:
    """Decode the lines of a text that are not UTF-8 by a detected encoding.

    Bytes that it does not have are read as Windows-1252, or else become U+FFFD.
    """
    lines = data.splitlines(keepends=True)
    return "".join(
        line.decode("utf-8" if _is_mostly_utf8(line) else name, _WINDOWS) for line in lines
    )


def _sample(parts: Iterable[bytes]) -> bytes:
    """Return the words with letters that are not ASCII, and two words before and after each."""
    found: list[bytes] = []
    size = 0
    for line in (line for part in parts for line in part.splitlines()):
        if size >= MAX_SAMPLE:
            break
        if not _is_mostly_utf8(line):
            words = _BETWEEN_WORDS.split(line)
            high = (place for place, word in enumerate(words) if not word.isascii())
            near = sorted({max(place + step, 0) for place in high for step in range(-2, 3)})
            found.append(b" ".join(words[place] for place in near if place < len(words)))
            size += len(found[-1])
    return b"\n".join(found)[:MAX_SAMPLE]


def is_utf8(data: bytes) -> bool:
    """Return whether bytes are valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(line: bytes) -> bool:
    """Return whether at least half of what is not ASCII is UTF-8: something was pasted into it."""
    if line.isascii():
        return True
    high = sum(byte >= 0x80 for byte in line)
    return 2 * sum(len(found) for found in _MULTIBYTE.findall(line)) >= high


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return bytes(wrong).decode("cp1252", "replace"), error.end


_WINDOWS = "related-posts-windows-1252"
codecs.register_error(_WINDOWS, _as_windows)


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, ValueError, TypeError):
        return ""
    return _AS_BROWSERS.get(codec, codec)
