"""Decode the bytes of a page by the encoding that the header or the page declares."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE
)

_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""Encodings that browsers use for these names (WHATWG Encoding Standard)."""


def decode(data: bytes, header: str | None) -> str:
    """Decode a page: by byte order mark, else as valid UTF-8, else as declared.

    Parameters
    ----------
    data : the page.
    header : encoding of the HTTP header, which precedes that of the page.

    Returns
    -------
    str
        Bytes that cannot be decoded are replaced by U+FFFD.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    declared = _DECLARED.search(data[:4096])
    # Valid UTF-8 of some length is never another encoding, so it precedes a wrong header.
    named = [header or "", declared[1].decode("ascii", "replace") if declared else ""]
    for name in ["utf-8", *filter(None, map(_known, named))]:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode(next(filter(None, map(_known, named)), "utf-8"), "replace")


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, ValueError, TypeError):
        return ""
    return _AS_BROWSERS.get(codec, codec)
