"""Turns a figure of Matplotlib into SVG that a page with light and dark colours can contain.

Matplotlib writes colours and fonts into ``style`` attributes, which a strict content security
policy forbids. They become presentation attributes, and the colours become variables of the page.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from matplotlib import rc_context
from matplotlib.figure import Figure

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"

COLOURS = {
    "#1c2127": "--ink",
    "#5b6470": "--quiet",
    "#dfe3e8": "--line",
    "#2a78d6": "--c1",
    "#eb6834": "--c2",
    "#1baf7a": "--c3",
    "#eda100": "--c4",
    "#4a3aa7": "--c5",
    "#e87ba4": "--c6",
    "#008300": "--c7",
    "#a3abb5": "--other",
}
"""Colours in which figures are drawn, and the variables of the page that replace them."""

Titles = Mapping[str, str | Sequence[str]]
"""Texts to show where the pointer is, by the ``gid`` of an artist: one, or one for each point."""


def inline_svg(figure: Figure, name: str, label: str, titles: Titles) -> str:
    """Render a figure.

    Parameters
    ----------
    figure : one unit of its canvas is a CSS pixel, at 72 dpi.
    name : prefix of the ids in the SVG, unique on the page.
    label : what the figure shows, for those who cannot see it.
    titles : texts to show at its parts.
    """
    file = io.BytesIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": name, "text.parse_math": False}
    with rc_context(settings), warnings.catch_warnings():
        # The font of the page has the glyphs that Matplotlib's own one lacks.
        warnings.filterwarnings("ignore", message="Glyph|Matplotlib currently does not support")
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    root = etree.fromstring(file.getvalue(), etree.XMLParser(resolve_entities=False))
    for element in [*root.iter(f"{SVG}metadata"), *root.iter(f"{SVG}style")]:
        element.getparent().remove(element)
    for element in root.iter(f"{SVG}*"):
        _use_attributes(element)
        _add_titles(element, titles)
        _prefix_ids(element, name)
    for attribute in ("width", "height", "version"):
        del root.attrib[attribute]
    root.set("role", "img")
    root.set("aria-label", label)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _use_attributes(element: etree._Element) -> None:
    """Replace the ``style`` of an element by attributes; the page has the font."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name and name != "font-family":
            variable = COLOURS.get(value.lower())
            element.set(name, f"var({variable})" if variable else value)


def _add_titles(element: etree._Element, titles: Titles) -> None:
    found = titles.get(element.get("id", ""))
    if found is None:
        return
    if isinstance(found, str):
        element.insert(0, _title(found))
        return
    for point, text in zip(element.iter(f"{SVG}use"), found, strict=True):
        point.append(_title(text))


def _title(text: str) -> etree._Element:
    title = etree.Element(f"{SVG}title")
    title.text = xml_text(text)
    return title


def xml_text(text: str) -> str:
    """Leave out the characters that XML does not allow."""
    return re.sub("[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _prefix_ids(element: etree._Element, name: str) -> None:
    """Make the ids of an element unique on the page, also where they are used."""
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.get('id')}")
    if "clip-path" in element.attrib:
        element.set("clip-path", element.get("clip-path", "").replace("url(#", f"url(#{name}-"))
    if HREF in element.attrib:
        element.set("href", element.attrib.pop(HREF).replace("#", f"#{name}-"))
