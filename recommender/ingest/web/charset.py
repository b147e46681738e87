"""Bytes of a page to text, by the encoding that header or page name, if it can be true."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE
)

_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""What a page means by these names, as the WHATWG Encoding Standard has it."""


def decode(data: bytes, header: str | None) -> str:
    """Decode a page: by its byte order mark, the header, its own word, and UTF-8 where valid.

    Never fails: what no encoding explains is replaced by U+FFFD.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    declared = _DECLARED.search(data[:4096])
    # Longer texts that happen to be valid UTF-8 do not exist: this wins over a wrong header.
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
