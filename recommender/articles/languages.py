"""Choose the language of articles whose source names none.

A short text alone does not show its language. Together the texts of an archive show how frequent
each language is, and that frequency decides for the short ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from models.arrays import Floats, Mask, Positions, Vectors
from recommender.articles.article import Article
from recommender.articles.language_frequencies import merged_indistinct, weighted_by_frequency
from recommender.language_tags import (
    SEVERAL_SCRIPTS,
    canonical_tag,
    leaves_script_open,
    primary_language,
    tag_with_script,
)
from recommender.text.language import chinese_script, labels, language_scores, script_of

CERTAIN = 0.995
"""Probability from which the text alone decides, whatever else is in the archive."""

MIN_CERTAIN_CHARACTERS = 100
"""Characters of a text that may decide alone: a title can be a quotation."""

TEASER_START = 40
"""Characters by which a teaser is recognised in its body."""

SCRIPT_CHARACTERS = 400
"""Characters of a text that show its script."""

MIN_SCRIPT_LETTERS = 20
"""Letters from which on they show it, if some are Latin; a title may consist of foreign names."""

FIRST_NOT_LATIN = "\u0370"
"""Greek, Cyrillic and all letters after them; names in Latin letters stay in them anywhere."""

CONFUSED = (
    frozenset({"no", "da"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"id", "ms", "jv"}),
    frozenset({"pt", "gl"}),
    frozenset({"es", "an", "gl", "ast"}),
    frozenset({"cs", "sk"}),
    frozenset({"bg", "mk"}),
    frozenset({"nl", "af"}),
    frozenset({"de", "lb", "nds"}),
    frozenset({"hi", "mr", "ne"}),
)
"""Languages so similar that detection may be certain of the wrong one, or of none of them."""


class Undeclared(NamedTuple):
    """An article whose source names no language."""

    section: str
    text: str


class Detected(NamedTuple):
    """The language of an article, as BCP 47."""

    language: str
    """"und" where nothing in the archive shows it."""
    is_certain: bool
    """Whether the text alone shows it. Otherwise it may change as the archive grows."""


Known = Counter[tuple[str, str]]
"""Number of articles by section and language whose language is known."""


def detect_languages(
    articles: Sequence[Undeclared], known: Known, allowed: Sequence[str] = ()
) -> list[Detected]:
    """Detect the languages of articles, each with the help of the others.

    The probabilities of each text are weighted with the frequencies of the languages in its section
    and in the archive. These are estimated from the same texts (Saerens et al. 2002, "Adjusting the
    outputs of a classifier to new a priori probabilities"). A language that neither a source nor a
    long text nor several short ones show is not considered. Texts in Bosnian, Croatian or Serbian
    are all in one of the three: see :func:`merged_indistinct`.

    Parameters
    ----------
    articles : those without a known language.
    known : the others.
    allowed : BCP 47 tags of the setting ``languages``. One tag is the language of every article.
        Several are those that are considered, as far as the script of a text allows.
    """
    if len(allowed) == 1:
        return [Detected(allowed[0], is_certain=False)] * len(articles)
    unrestricted = np.array([language_scores(a.text) for a in articles], dtype=np.float32)
    if not len(unrestricted):
        return []
    scores = _restricted(unrestricted, allowed)
    long = np.array([len(a.text) >= MIN_CERTAIN_CHARACTERS for a in articles])
    certain = long & (scores.max(axis=1) >= CERTAIN)
    scores, in_group = _within_groups(scores, long)
    chosen = _most_likely(scores, articles, known, certain, certain | in_group)
    chosen, merged = merged_indistinct(chosen, unrestricted, scores, _count_matrix(known)[0])
    certain &= ~merged
    tags = {primary_language(tag): tag for tag in reversed(allowed)}
    return [
        Detected(_tag(a.text, position, tags), bool(sure))
        for a, position, sure in zip(articles, chosen, certain, strict=True)
    ]


def language_of(text: str) -> Detected:
    """Return the language that a text shows by itself; "und" for a short or unclear one."""
    scores = language_scores(text) if len(text) >= MIN_CERTAIN_CHARACTERS else np.zeros(1)
    if scores.max() < CERTAIN:
        return Detected("und", is_certain=False)
    return Detected(labels()[int(scores.argmax())], is_certain=True)


def contradicts(declared: str, detected: str) -> bool:
    """Return whether a declared language cannot be that of a text.

    Parameters
    ----------
    declared, detected : BCP 47. ``detected`` is what :func:`language_of` is certain of. Languages
        that it does not know, or confuses with the declared one, are no contradiction.
    """
    one, other = primary_language(declared), primary_language(detected)
    if one == other or one not in labels():
        return False
    return not any({one, other} <= group for group in CONFUSED)


def _restricted(scores: Vectors, allowed: Sequence[str]) -> Vectors:
    """Keep the probabilities of allowed languages, where a text can be in one of them."""
    if not allowed:
        return scores
    named = {primary_language(tag) for tag in allowed}
    kept = scores * np.array([label in named for label in labels()], dtype=np.float32)
    total = kept.sum(axis=1, keepdims=True)
    return np.where(total > 0, kept / np.where(total > 0, total, 1), scores)


def _within_groups(scores: Vectors, long: Mask) -> tuple[Vectors, Mask]:
    """Keep the languages of a group of :data:`CONFUSED` where a long text shows that group.

    Returns
    -------
    scores : (n, l).
    in_group : which texts show one, (n,). Within it the archive decides.
    """
    in_group = np.zeros(len(scores), dtype=bool)
    for group in CONFUSED:
        columns = np.array([label in group for label in labels()])
        shown = long & (scores[:, columns].sum(axis=1) >= CERTAIN)
        scores = np.where(shown[:, None] & ~columns, 0, scores)
        in_group |= shown
    return scores, in_group


def _most_likely(
    scores: Vectors, articles: Sequence[Undeclared], known: Known, certain: Mask, counted: Mask
) -> Positions:
    """Choose a language for each text; -1 if neither the texts nor ``known`` show any.

    Parameters
    ----------
    scores : probabilities of the texts, (n, l).
    certain : which texts decide alone, (n,).
    counted : which texts show that their most likely language is in the archive, (n,).
    """
    chosen: Positions = scores.argmax(axis=1)
    counts = Counter(known)
    counts.update(
        (articles[row].section, labels()[chosen[row]]) for row in np.flatnonzero(counted).tolist()
    )
    names, codes = np.unique([article.section for article in articles], return_inverse=True)
    in_sections, in_archive = _count_matrix(counts, names.tolist()), _count_matrix(counts)[0]
    if not scores.any() and not in_archive.any():
        return np.full_like(chosen, -1)
    rows = np.flatnonzero(~certain)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    if len(rows):
        scripts = np.array([script_of(articles[row].text) for row in rows.tolist()])
        weighted = weighted_by_frequency(
            scores[rows], scripts, codes[rows], in_sections, in_archive
        )
        chosen[rows] = weighted.argmax(axis=1)
    return chosen


def _count_matrix(counts: Known, sections: Sequence[str] | None = None) -> Floats:
    """Write the counts as (sections, l); without sections in one row."""
    columns = {label: column for column, label in enumerate(labels())}
    rows = {name: row for row, name in enumerate(sections or ())}
    matrix = np.zeros((len(rows) or 1, len(columns)))
    for (section, language), number in counts.items():
        row, column = rows.get(section) if rows else 0, columns.get(primary_language(language))
        if row is not None and column is not None:
            matrix[row, column] += number
    return matrix


def _tag(text: str, position: int, tags: Mapping[str, str]) -> str:
    """Write a detected language as BCP 47, with the script of the text if it is not the usual."""
    if position < 0:
        return "und"
    language = labels()[position]
    return tag_with_script(tags.get(language, language), _open_script(language, text))


def with_languages(articles: Sequence[Article], allowed: Sequence[str] = ()) -> list[Article]:
    """Return the articles with valid languages; see :func:`detect_languages`."""
    tags = [canonical_tag(article.language) for article in articles]
    known = Counter((a.section, tag) for a, tag in zip(articles, tags, strict=True) if tag)
    undeclared = [
        Undeclared(a.section, text_of(a.title, a.teaser, a.body))
        for a, tag in zip(articles, tags, strict=True)
        if not tag
    ]
    detected = iter(detect_languages(undeclared, known, allowed))
    return [
        msgspec.structs.replace(article, language=tag or next(detected).language)
        for article, tag in zip(articles, tags, strict=True)
    ]


def text_of(title: str, teaser: str, body: str) -> str:
    """Join the text whose language is detected; a teaser that was made of the rest is left out."""
    made = teaser == title or teaser[:TEASER_START] in body
    return "\n".join(filter(None, (title, "" if made else teaser, body)))


class WithScripts(NamedTuple):
    """Articles with the script of their text in their language."""

    articles: list[Article]
    usual: Mapping[str, str]
    """The script of texts that are too short to show one, by ISO 639 code."""


def with_scripts(
    articles: Sequence[Article], usual: Mapping[str, str] | None = None
) -> WithScripts:
    """Add the script of each text to its language where the tag leaves it open.

    ``zh`` becomes ``zh-Hans`` or ``zh-Hant``, and ``sr-RS`` becomes ``sr-Latn-RS`` for a text in
    Latin letters. A text that is too short has the script of most others in the language.

    Parameters
    ----------
    articles : with the languages of their sources.
    usual : the scripts of short texts where the articles are not the whole archive.
    """
    languages, usual = languages_with_scripts(articles, usual)
    pairs = zip(articles, languages, strict=True)
    return WithScripts([msgspec.structs.replace(a, language=tag) for a, tag in pairs], usual)


def languages_with_scripts(
    articles: Sequence[Article], usual: Mapping[str, str] | None = None
) -> tuple[list[str], Mapping[str, str]]:
    """Return the languages of articles with scripts, and the script of short texts by language.

    See :func:`with_scripts` for the parameters.
    """
    tags = [(article.language, _script_in_text(article)) for article in articles]
    if usual is None:
        usual = _usual_scripts(tags)
    return [
        tag_with_script(tag, script or usual.get(primary_language(tag), ""))
        if leaves_script_open(tag)
        else tag
        for tag, script in tags
    ], usual


def _usual_scripts(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the script that most texts of a language show, by ISO 639 code.

    ``tags`` are the language of each text, and its script or "".
    """
    votes = Counter((primary_language(tag), script) for tag, script in tags if script)
    return dict(key for key, _ in reversed(votes.most_common()))  # the most frequent one is last


def _script_in_text(article: Article) -> str:
    """Return the script of a text whose tag leaves it open; "" for others and for short ones."""
    if not leaves_script_open(article.language):
        return ""
    text = text_of(article.title, article.teaser, article.body)
    return _open_script(primary_language(article.language), text)


def _open_script(language: str, text: str) -> str:
    """Return the script of a text in a language that has several; "" if the text is too short."""
    sample = text[:SCRIPT_CHARACTERS]
    if language == "zh":
        return chinese_script(sample)
    letters = [character for character in sample if character.isalpha()]
    is_short = len(letters) < MIN_SCRIPT_LETTERS and min(letters, default="") < FIRST_NOT_LATIN
    return "" if language not in SEVERAL_SCRIPTS or is_short else script_of(sample)
