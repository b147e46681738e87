"""Names of sections and tags: which are none, and lists of them that are written as one text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.lexical.normalization import normalize

_NO_CATEGORY = """
uncategorized, uncategorised, no category, unclassified, nicht kategorisiert, unkategorisiert,
ohne kategorie, non classé, non catégorisé, sans catégorie, sin categoría, sin categorizar,
sin clasificar, senza categoria, non categorizzato, sem categoria, não categorizado,
geen categorie, niet gecategoriseerd, ongecategoriseerd, bez kategorii, ukategorisert,
ukategoriseret, ikke kategoriseret, okategoriserade, okategoriserad, luokittelematon,
kategorioimaton, óflokkað, nezařazené, nezaradené, nekategorizováno, kategorizálatlan,
nincs kategorizálva, fără categorie, necategorizat, kategorisiz, kategorilenmemiş,
sense categoria, sen categoría, sen clasificar, sailkatu gabea, nekategorizirano, nerazvrščeno,
некатегоризовано, некатегоризирани, без категория, без рубрики, без категории, без категорії,
без рубрики, be kategorijos, bez kategorijas, määratlemata, χωρίς κατηγορία, μη κατηγοριοποιημένο,
غير مصنف, غير مصنفة, بدون تصنيف, دسته بندی نشده, ללא קטגוריה, अवर्गीकृत, অশ্রেণীবদ্ধ,
tak berkategori, tanpa kategori, chưa phân loại, chưa được phân loại, ไม่มีหมวดหมู่,
ไม่ได้จัดหมวดหมู่, 未分類, 未分类, 미분류, 분류되지 않음
"""


_NO_NAME = """
undefined, null, none, nan, n/a, na, unknown, false, true, object object, no section, no tags, empty
"""
"""What programs write where a name is missing, or in place of one."""

_PAIRS = r"and|und|et|y|e|i|og|och|ja|en|oraz|&|\+|и|та|та|ve"
_PAIR_AT_END = re.compile(rf",[^,]*\s(?:{_PAIRS})\s[^,]*$", re.IGNORECASE)
"""The end of a name that is an enumeration: "Food, Wine & Travel"."""


def section_key(name: str) -> str:
    """Return the words of a name in one spelling."""
    return " ".join(re.split(r"[\s\W_]+", normalize("NFKC", name).casefold())).strip()


NO_SECTION = frozenset(
    filter(None, (section_key(name) for name in (_NO_CATEGORY + "," + _NO_NAME).split(",")))
)
"""Names that content systems give to what has no section, by language; and placeholders."""


def is_section(name: str) -> bool:
    """Return whether a text is the name of a section or tag, and not a word for none."""
    return bool(name.strip()) and section_key(name) not in NO_SECTION


def split_names(text: str) -> list[str]:
    """Split a list of names that is written as one text: "Town, Bridges, Money".

    A name that is an enumeration itself stays whole: "Food, Wine & Travel".
    """
    if ";" in text or "|" in text:
        return [name for part in re.split(r"[;|]", text) if (name := part.strip())]
    if _PAIR_AT_END.search(text) and text.count(",") < 3:
        return [text.strip()]
    return [name for part in re.split(r"[,،、，]", text) if (name := part.strip())]


def section_and_tags(sections: Iterable[str], tags: Iterable[str]) -> tuple[str, list[str]]:
    """Choose the first name of a section; the other names are tags, after the given ones."""
    names = [name for name in sections if is_section(name)]
    found = [name for name in (*tags, *names[1:]) if is_section(name)]
    return (names[0] if names else ""), list(dict.fromkeys(found))
