"""Texts that are made to slow a regular expression down, from its own parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

COMMON = " \n\t_a1-!<[\"'.\u0301"
"""Characters that are tried in every pattern, beside its own."""

MAX_SAMPLES = 3
"""Samples of a part of a pattern."""

MAX_HEADS, MAX_PUMPS = 3, 30
"""Beginnings and repeated parts of the attacks on one pattern."""

_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}


class Attack(NamedTuple):
    """A text that begins with ``head`` and repeats ``pump``. Its end suits no pattern."""

    head: str
    pump: str

    def text(self, size: int) -> str:
        """Return a text of about ``size`` characters."""
        return self.head + self.pump * max(size // len(self.pump), 1) + "\x01"


def attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    """Return the attacks on a pattern: each part repeated, after each of its beginnings."""
    source = pattern.pattern
    tree = parser.parse(source, pattern.flags)
    alphabet = "".join(dict.fromkeys([*COMMON, *_literals(tree)]))[:24]
    heads, whole = [""], _samples(tree, alphabet)
    pumps = [*whole, *(one[:-1] for one in whole)]
    for before, inside in _repeats(tree, "", alphabet):
        heads.append(before)
        pumps += [before, *inside, *(before + one for one in inside)]
    pumps = [*alphabet[: len(COMMON)], *pumps, *alphabet[len(COMMON) :]]
    heads = list(dict.fromkeys(heads))[:MAX_HEADS]
    pumps = list(dict.fromkeys(filter(None, pumps)))[:MAX_PUMPS]
    return [Attack(head, pump) for head in heads for pump in pumps]


def _repeats(tree: Iterable[Any], before: str, alphabet: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the beginning of each repeated part, and samples of the part."""
    for node in tree:
        for part in _inner(node):
            if node[0] in _REPEATS:
                yield before, _samples(part, alphabet)
            yield from _repeats(part, before, alphabet)
        before += next(iter(_samples([node], alphabet)), "")


def _inner(node: Any) -> list[Any]:
    """Return the parts of a node."""
    code, value = node
    if code in _REPEATS:
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in {codes.ASSERT, codes.ATOMIC_GROUP}:
        return [value[1] if code is codes.ASSERT else value]
    return []


def _samples(tree: Iterable[Any], alphabet: str) -> list[str]:
    """Return a few texts that a part matches, one for each of its alternatives."""
    found = [""]
    for node in tree:
        options = _options(node, alphabet)[: 2 * MAX_SAMPLES] or [""]
        found = [one + option for one in found[:1] for option in options] + [
            one + options[0] for one in found[1:]
        ]
    return list(dict.fromkeys(found))[: 3 * MAX_SAMPLES]


def _options(node: Any, alphabet: str) -> list[str]:
    code, value = node
    if code is codes.LITERAL:
        return [chr(value)]
    if code in {codes.NOT_LITERAL, codes.ANY, codes.IN}:
        return [c for c in alphabet if _fits(node, c)][: 2 * MAX_SAMPLES] or _first(node)
    if code in _REPEATS:
        least = max(int(value[0]), 1)
        return [one * least for one in _samples(value[2], alphabet)]
    if code in {codes.SUBPATTERN, codes.BRANCH, codes.ATOMIC_GROUP}:
        return [one for part in _inner(node) for one in _samples(part, alphabet)]
    return []


def _fits(node: Any, character: str) -> bool:
    """Return whether a character belongs to a class."""
    code, value = node
    if code is codes.ANY:
        return character != "\n"
    if code is codes.NOT_LITERAL:
        return ord(character) != value
    negated = value[0][0] is codes.NEGATE
    return negated != any(_in_item(item, character) for item in value)


def _in_item(item: Any, character: str) -> bool:
    code, value = item
    if code is codes.LITERAL:
        return bool(ord(character) == value)
    if code is codes.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if code is codes.CATEGORY:
        return re.fullmatch(_CATEGORIES[value], character) is not None
    return False


_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _first(node: Any) -> list[str]:
    """Return the first character of a class of which no common character is one."""
    for code, value in node[1]:
        if code is codes.LITERAL:
            return [chr(value)]
        if code is codes.RANGE:
            return [chr(value[0])]
    return []


def _literals(tree: Iterable[Any]) -> Iterator[str]:
    """Yield the characters that a pattern names."""
    for node in tree:
        code, value = node
        if code in {codes.LITERAL, codes.NOT_LITERAL}:
            yield chr(value)
        elif code is codes.IN:
            yield from _literals(item for item in value if item[0] is codes.LITERAL)
        for part in _inner(node):
            yield from _literals(part)
