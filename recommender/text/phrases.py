"""Phrases of scripts whose terms are letter pairs: the names and words that the pairs belong to.

In a script without spaces ICU finds the words, but it divides names that its dictionary lacks. So
words become one name where the pair across them occurs in about as many articles as those beside
it. Words of Indian scripts are whole, with their endings:
:func:`models.lexical.scripts.are_forms` compares them. Endings of Korean are known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, pairwise, starmap
from typing import NamedTuple

from icu4py.breakers import WordBreaker

from models.lexical.scripts import SPACELESS, fold, is_letter_pair, letters, runs, words_of

MAX_RATIO = 1.5
"""Ratio of the document frequencies of adjacent pairs of a phrase, at most."""

MAX_LETTERS = 12
"""Letters of a phrase. Longer ones are sentences that articles share."""

MIN_LETTERS = 3
"""Letters of a word of an Indian script. Two Korean letters are a word."""

_PARTS = re.compile(f"[{SPACELESS}]+|[^{SPACELESS}]+")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_KOREAN = re.compile("[\uac00-\ud7a3]")
_HIRAGANA = re.compile("[\u3041-\u309f]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]+")

_CHINESE_PARTICLES = frozenset("的了是在和与與")
"""Fillers of one letter that are no parts of names."""

_KOREAN_ENDING = re.compile(
    "들?(?:에게서?|에서?|께서?|한테서?|으?로(?:서|써|부터)?|부터|까지|처럼|보다|마다|조차|마저|만큼"
    "|대로|뿐|밖에|와|과|이?(?:랑|나|라도|라고|라는|란|며)|이(?:야|다|고|던))?(?:[이가은는을를의도만])?"
    "|이?였(?:다|습니다)|이었(?:다|습니다)|인데|입니다|적(?:인|으로)"
    "|(?:하|되|시키)(?:는|고|며|면|면서|지|지만|지는|기|기를|게|여|여서|어|어서|도록|려고|려면|다|던|거나"
    "|므로|세요|신|십시오|[였었](?:다|던|고|으며|습니다))"
    "|[합됩]니다|[한된할될함됨해돼]|[해돼](?:서|야|도)|[했됐](?:다|던|고|으며|습니다)|[한된]다"
)
"""Particles and endings that follow a Korean noun, also of the verbs that are made of nouns."""

_MAX_ENDING = 6
"""Letters of an ending in Korean."""

_KOREAN_PARTICLES = frozenset("를는에")
"""Endings of one letter with which hardly any noun ends."""

Pairs = Mapping[str, tuple[int, float]]
"""Document frequency and weight of letter pairs."""


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    """Of its letters in the text."""
    may_join: bool
    """Whether it can be a part of a name."""


def phrases(text: str, pairs: Pairs, fillers: Collection[str] = ()) -> dict[str, float]:
    """Return the phrases of a text, with the greatest weight of their pairs.

    Parameters
    ----------
    pairs : those of the text that other texts have, too.
    fillers : words of any topic, which are no phrases.
    """
    found: dict[str, float] = {}
    for run in runs(text):
        if any(map(is_letter_pair, words_of(run))):
            for part in _PARTS.findall(fold(run)):
                by_words = _SPACELESS.match(part)
                own = _by_words(part, pairs, fillers) if by_words else _one_word(part, pairs)
                for phrase, weight in own:
                    found[phrase] = max(weight, found.get(phrase, 0.0))
    return {phrase: weight for phrase, weight in found.items() if phrase not in fillers}


def _by_words(part: str, pairs: Pairs, fillers: Collection[str]) -> Iterator[tuple[str, float]]:
    """Yield the words of a text without spaces, and names of several words."""
    known = _known(letters(part), pairs)
    group: list[_Word] = []
    for word in _words(part, fillers):
        if group and not _is_one_name(group, word, known):
            yield from _named(group, known)
            group = []
        group.append(word)
    yield from _named(group, known)


def _known(spelled: Sequence[str], pairs: Pairs) -> list[tuple[int, float]]:
    return [pairs.get(one + other, (0, 0.0)) for one, other in pairwise(spelled)]


def _words(part: str, fillers: Collection[str]) -> Iterator[_Word]:
    """Yield the words. Those in Hiragana are particles and endings."""
    start = 0
    for text in _pieces(part):
        end = start + len(letters(text))
        # Other fillers of one letter may be a part of a name.
        is_filler = text in fillers and (end - start > 1 or text in _CHINESE_PARTICLES)
        yield _Word(text, start, end, not is_filler and not _HIRAGANA.fullmatch(text))
        start = end


def _pieces(part: str) -> Iterator[str]:
    """Yield the words that ICU finds, and whole those in Katakana, which it divides."""
    for is_katakana, group in groupby(WordBreaker(part, ""), _is_katakana):
        pieces = list(group)
        yield from ["".join(pieces)] if is_katakana else pieces


def _is_katakana(piece: str) -> bool:
    return _KATAKANA.fullmatch(piece) is not None


def _is_one_name(group: Sequence[_Word], word: _Word, known: Sequence[tuple[int, float]]) -> bool:
    """Return whether the pair before a word is about as frequent as those around it."""
    if not (group[-1].may_join and word.may_join):
        return False
    first, last = max(group[0].start, word.start - 2), min(word.end, word.start + 2) - 1
    frequencies = [frequency for frequency, _ in known[first:last]]
    return frequencies[0] > 0 and all(starmap(_similar, pairwise(frequencies)))


def _named(
    group: Sequence[_Word], known: Sequence[tuple[int, float]]
) -> Iterator[tuple[str, float]]:
    """Yield a group of words as one phrase if it is short, or else each of its words."""
    is_short = group[-1].end - group[0].start <= MAX_LETTERS
    for words in [group] if is_short else [[word] for word in group]:
        inner = known[words[0].start : words[-1].end - 1]
        if inner and min(inner)[0] > 0:
            yield "".join(word.text for word in words), max(weight for _, weight in inner)


def _one_word(part: str, pairs: Pairs) -> Iterator[tuple[str, float]]:
    """Yield a word of a script with spaces if other texts have it: in Korean without endings."""
    spelled = letters(part)
    known = _known(spelled, pairs)
    if _KOREAN.match(part):
        least, size = 2, _korean_stem(spelled, [frequency for frequency, _ in known])
        inner = known[: size - 1]
    else:
        # In other texts the word may have other endings.
        least, size = MIN_LETTERS, len(spelled)
        inner = known[: MIN_LETTERS - 1]
    if least <= size <= MAX_LETTERS and inner and min(inner)[0]:
        yield "".join(spelled[:size]), max(weight for _, weight in inner)


def _korean_stem(spelled: Sequence[str], frequencies: Sequence[int]) -> int:
    """Return the number of letters before the longest ending; 0 if all is one.

    Many nouns end as particles of one letter do. Those are cut off only where the pair across the
    cut is rarer than the one before it.
    """
    for size in range(max(0, len(spelled) - _MAX_ENDING), len(spelled)):
        ending = "".join(spelled[size:])
        if size != 1 and _KOREAN_ENDING.fullmatch(ending):
            is_certain = size == 0 or len(ending) > 1 or ending in _KOREAN_PARTICLES
            if is_certain or frequencies[size - 1] * MAX_RATIO < frequencies[size - 2]:
                return size
    return len(spelled)


def _similar(one: int, other: int) -> bool:
    return bool(one and other) and max(one, other) <= MAX_RATIO * min(one, other)
