"""Repair XML that a strict parser refuses, where it is certain what was meant.

Feeds have blank lines before the declaration, control characters, entities of HTML, and text after
the end. At such a place a parser stops, or it leaves out the element around it.
"""

from __future__ import annotations

import html
import re
from typing import BinaryIO

from recommender.ingest.readers import charset
from recommender.ingest.readers.files import LegacyText

CHUNK_BYTES = 256 * 1024
"""Bytes of a large file that are repaired at once, together with the rest of their last line."""

MAX_PREAMBLE = 4096
"""Characters before the declaration: blank lines, or the warnings of a PHP program."""

MAX_CHARACTER, FIRST_SURROGATE, LAST_SURROGATE = 0x10FFFF, 0xD800, 0xDFFF
"""Numbers of the last character of Unicode, and of those that are none."""

_REFERENCE = r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
"""References to control characters, such as ``&#x0B;``."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL_REFERENCE = re.compile(_REFERENCE)
_CONTROL_BYTES = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_SURROGATE = (
    r"&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])"
    r"|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});"
)
"""References to surrogates. lxml accepts them, and then cannot show the text."""

_REFERENCE_BYTES = re.compile(f"{_REFERENCE}|{_SURROGATE}".encode() + rb"|\xef\xbf[\xbe\xbf]")

_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,11})|([0-9]{1,11}))(?![0-9a-fA-F]);?")
"""A reference to a character by its number, in hexadecimal or decimal digits."""

_LONG_NUMBER = re.compile(r"#(?<=[&;]#)[xX]?[0-9a-fA-F]{12,};?")
"""The end of a reference to no character, also of an escaped one. Python refuses to convert numbers
of thousands of digits. It begins with a fixed character, which is found quickest."""

_LONG_AUTHOR = re.compile(
    r"(<(?:[\w-]+:)?(?:author|creator|contributor|publisher|owner|name|email|managingEditor|webMaster)"
    r"\b[^<>]*>\s*+(?:<!\[CDATA\[)?[^<\]]{500})[^<\]]+",
    re.IGNORECASE,
)
"""The beginning of a name that is none. feedparser searches addresses in it in quadratic time."""

_NAMESPACE = re.compile(
    r"""(xmlns(?<=\bxmlns)(?::[\w.-]{1,80})? ?= ?)("[^"<>]{1,500}"|'[^'<>]{1,500}')"""
)
"""The name of a namespace. feedparser fails at one with a space."""

_DECLARATION = re.compile(r"<\?xml\s[^<>]*>\s*")
_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_AMPERSAND = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:(\w{1,40});|(?!#))", re.DOTALL)
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))


def repaired(text: str) -> bytes:
    """Repair a whole feed.

    Removes what is before the declaration, the declaration, control characters, and what is after
    the end; writes entities of HTML as characters, and escapes single ampersands.

    Returns
    -------
    bytes
        XML in UTF-8 without a declaration.
    """
    start = text.find("<?xml", 0, MAX_PREAMBLE)
    if start > 0 and not _ROOT.search(text, 0, start):
        text = text[start:]
    text = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n\xa0"), count=1)
    text = _CONTROL_REFERENCE.sub("", _CONTROL.sub("", text))
    text = _NUMBER.sub(_character, _LONG_NUMBER.sub("#65533;", text))
    text = _NAMESPACE.sub(lambda found: found[1] + "".join(found[2].split()), text)
    text = _LONG_AUTHOR.sub(r"\1", text)
    if ends := list(_END.finditer(text)):
        text = text[: ends[-1].end()]
    if "<!ENTITY" not in text:  # else the document defines entities of its own
        text = _AMPERSAND.sub(_escaped, text)
    return text.encode()


def _character(found: re.Match[str]) -> str:
    """Remove a reference to no character, such as ``&#x110000;``, at which feedparser fails."""
    number = int(found[1], 16) if found[1] else int(found[2])
    is_known = number <= MAX_CHARACTER and not FIRST_SURROGATE <= number <= LAST_SURROGATE
    return found[0] if is_known else ""


def _escaped(found: re.Match[str]) -> str:
    if not found[0].startswith("&") or found[1] in _OF_XML:
        return found[0]
    shown = html.unescape(found[0])
    if found[1] and shown != found[0]:
        return "".join(f"&#{ord(letter)};" for letter in shown)
    return f"&amp;{found[0][1:]}"


class RepairedFile:
    """A large XML file as a stream of bytes: without blank lines before it and control characters.

    Lines that are not UTF-8 although they should be are decoded. If their encoding cannot be
    detected, other bytes become U+FFFD.

    Parameters
    ----------
    file : the open file.
    legacy : decodes what is not in the encoding of the file.
    """

    def __init__(self, file: BinaryIO, legacy: LegacyText) -> None:
        self._file, self._legacy = file, legacy
        self._is_first, self._is_utf8, self._keeps_all = True, True, False

    def read(self, size: int = -1) -> bytes:
        """Read the next bytes, more than ``size`` in most cases; b"" at the end."""
        del size  # lxml takes what it gets
        chunk = self._file.read(CHUNK_BYTES)
        if chunk and not chunk.endswith(b"\n"):
            chunk += self._file.readline()
        if self._is_first:
            self._is_first, chunk = False, self._begun(chunk)
        if self._keeps_all:
            return chunk
        chunk = _REFERENCE_BYTES.sub(b"", chunk.translate(None, _CONTROL_BYTES))
        if self._is_utf8 and not charset.is_utf8(chunk):
            name = self._legacy.encoding
            text = charset.decode_as(chunk, name) if name else chunk.decode("utf-8", "replace")
            chunk = text.encode()
        return chunk

    def _begun(self, chunk: bytes) -> bytes:
        """Look at the encoding of the first bytes, and remove blank lines before them."""
        mark, declared = charset.marked(chunk), charset.declared(chunk)
        self._keeps_all = mark.startswith(("utf-16", "utf-32")) or declared.startswith("iso2022")
        self._is_utf8 = declared in ("", "utf-8")
        return chunk if self._keeps_all else chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
