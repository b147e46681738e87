"""The form of the settings page: its fields, and the values that an admin entered."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from recommender.errors import SettingsError
from recommender.settings import Settings
from recommender.settings.desk import value_of
from service.desk.presenters.i18n import gettext_noop, translate

SECTIONS = "ranking.recency_by_section"

AUTO = "auto"
"""Value of a setting that the program chooses."""

MAX_HEADING = 100
"""Characters of a heading."""

MAX_SECTIONS = 50
"""Sections with a recency of their own."""


class Field(NamedTuple):
    """A number that the page can change. It may be :data:`AUTO`, if that is a choice."""

    name: str
    label: str
    hint: str
    least: float
    most: float
    step: float
    """1 for whole numbers."""
    choices: tuple[tuple[float | str, str], ...] = ()
    """Values with their names, where the page offers a choice of words and not a number."""

    @property
    def id(self) -> str:
        """Name of the form's field."""
        return self.name.replace(".", "-")


CARDS = Field(
    "ranking.cards",
    gettext_noop("Number of cards"),
    gettext_noop(
        "Related posts in a list, unless the page that shows it asks for another number. "
        "Active at once."
    ),
    1, 20, 1,
)  # fmt: skip
MINIMUM_CARDS = Field(
    "ranking.minimum_cards",
    gettext_noop("Minimum number of cards"),
    gettext_noop("An article with fewer related or pinned posts shows no list. Active at once."),
    0, 20, 1,
)  # fmt: skip
RELEVANCE = Field(
    "ranking.minimum_relevance",
    gettext_noop("Minimum relevance"),
    gettext_noop(
        "How sure it must be that the topic is the same. A higher value is active at once, a lower "
        "one after the next index run, which updates all lists. The places that it frees show the "
        "newest articles, or nothing, as the site is set up."
    ),
    0, 0.99, 0.01,
    (
        (AUTO, gettext_noop("automatic (by the links of the site)")),
        (0, gettext_noop("none")),
        (0.3, "30%"),
        (0.5, gettext_noop("50%: more likely than not")),
        (0.7, "70%"),
        (0.9, gettext_noop("90%: very sure")),
    ),
)  # fmt: skip
DIVERSITY = Field(
    "ranking.diversity_penalty",
    gettext_noop("Variety"),
    gettext_noop(
        "How much a list avoids articles that resemble each other. Active at once."
    ),
    0, 100, 0.5,
    (
        (0, gettext_noop("off: the best matches only")),
        (4, gettext_noop("slight")),
        (8.5, gettext_noop("normal")),
        (17, gettext_noop("strong")),
    ),
)  # fmt: skip
BOOST = Field(
    "ranking.recency.boost",
    gettext_noop("Preference for new articles"),
    gettext_noop("They move up among others that match about as well. Active at once."),
    0, 10, 0.05,
    (
        (0, gettext_noop("off")),
        (0.25, gettext_noop("slight")),
        (0.5, gettext_noop("normal")),
        (1, gettext_noop("strong")),
        (2, gettext_noop("very strong")),
    ),
)  # fmt: skip
HALF_LIFE = Field(
    "ranking.recency.half_life_days",
    gettext_noop("Preference halves after (days)"),
    gettext_noop("With 7, an article a week old has half of it. Active at once."),
    0.1, 3650, 0.1,
)  # fmt: skip

FIELDS = (CARDS, MINIMUM_CARDS, RELEVANCE, DIVERSITY, BOOST, HALF_LIFE)

LABELS = {field.name: field.label for field in FIELDS} | {
    "heading": gettext_noop("Heading"),
    SECTIONS: gettext_noop("Preference for new articles by section"),
}


class SectionRow(NamedTuple):
    """The recency of one section, as texts of the form."""

    name: str
    boost: str
    days: str


class SettingsForm(NamedTuple):
    """The texts in the fields."""

    texts: dict[str, str]
    """By name of the setting."""
    sections: list[SectionRow]


def form_of(settings: Settings) -> SettingsForm:
    """Fill in the form with settings."""
    texts = {field.name: number_text(value_of(settings, field.name)) for field in FIELDS}
    texts["heading"] = settings.heading
    rows = [
        SectionRow(name, number_text(one.boost), number_text(one.half_life_days))
        for name, one in settings.ranking.recency_by_section.items()
    ]
    return SettingsForm(texts, rows)


def form_sent(sent: MultiDict[str, str], current: SettingsForm) -> SettingsForm:
    """Read the form as it was sent; a field that was not sent has the current text."""
    texts = {
        name: sent.get(name.replace(".", "-"), text).strip() for name, text in current.texts.items()
    }
    if "section" not in sent:
        return SettingsForm(texts, current.sections)
    columns = (sent.getlist(name) for name in ("section", "section-boost", "section-days"))
    rows = [SectionRow(*(text.strip() for text in row)) for row in zip(*columns, strict=False)]
    return SettingsForm(texts, [row for row in rows if any(row)][: MAX_SECTIONS + 1])


def form_with(form: SettingsForm, other: SettingsForm, names: Collection[str]) -> SettingsForm:
    """Return the form with some settings as in another one."""
    texts = {name: other.texts[name] for name in names if name != SECTIONS}
    sections = other.sections if SECTIONS in names else form.sections
    return SettingsForm(form.texts | texts, sections)


def values_of(form: SettingsForm, settings: Settings) -> dict[str, Any]:
    """Return the values that differ from the settings, by name.

    Raises
    ------
    SettingsError
        A text is no valid value.
    """
    found = dict(_values(form))
    before = {name: value_of(settings, name) for name in found}
    return {name: value for name, value in found.items() if value != before[name]}


def _values(form: SettingsForm) -> Iterator[tuple[str, Any]]:
    heading = " ".join(form.texts["heading"].split())
    if len(heading) > MAX_HEADING or not heading.isprintable():
        raise SettingsError(
            "Heading: expected at most %(most)s printable characters.", most=MAX_HEADING
        )
    yield "heading", heading
    for field in FIELDS:
        yield field.name, _number(field, form.texts[field.name], field.label)
    yield SECTIONS, _sections(form.sections)


def _sections(rows: list[SectionRow]) -> dict[str, Any]:
    if len(rows) > MAX_SECTIONS:
        raise SettingsError("Preference by section: expected at most %(most)s.", most=MAX_SECTIONS)
    found: dict[str, Any] = {}
    for row in rows:
        if not row.boost and not row.days:
            continue  # an emptied row removes the section
        if not row.name:
            raise SettingsError("Preference by section: choose the section of each row.")
        if row.name in found:
            raise SettingsError("Preference by section: %(name)s is there twice.", name=row.name)
        found[row.name] = {
            "boost": _number(BOOST, row.boost, row.name),
            "half_life_days": _number(HALF_LIFE, row.days, row.name),
        }
    return found


def _number(field: Field, text: str, label: str) -> float | int | str:
    """Parse a number, or :data:`AUTO` if that is a choice. A comma is a decimal point."""
    if text == AUTO and AUTO in dict(field.choices):
        return AUTO
    try:
        value = float(text.replace(",", ".")) if text.isascii() and len(text) <= 20 else math.nan
    except ValueError:
        value = math.nan
    is_whole = field.step != 1 or value == math.floor(value) if math.isfinite(value) else False
    if not is_whole or not field.least <= value <= field.most:
        raise SettingsError(
            "%(label)s: expected a number from %(low)s to %(high)s, got %(got)r.",
            label=translate(label) if label == field.label else label,
            low=number_text(field.least),
            high=number_text(field.most),
            got=text[:20],
        )
    return int(value) if field.step == 1 else value


def number_text(value: float | str) -> str:
    """Write a number without needless digits, and a word as it is."""
    return value if isinstance(value, str) else f"{value:.6g}"


def choice_name(field: Field, value: float | str) -> str:
    """Name a value as the page's choices do; a number that is none of them stays a number."""
    name = dict(field.choices).get(value)
    return translate(name) if name else number_text(value)


def shown_value(name: str, value: Any) -> str:
    """Write a stored value for the history; "" for none."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        parts = (
            translate(
                "%(section)s: %(preference)s, %(days)s days",
                section=section,
                preference=choice_name(BOOST, one["boost"]),
                days=number_text(one["half_life_days"]),
            )
            for section, one in value.items()
        )
        return "; ".join(parts) or translate("the same in all sections")
    if name == "heading":
        if value:
            return translate("“%(one)s”", one=value)
        return translate("a heading in the language of each article")
    return choice_name(next(one for one in FIELDS if one.name == name), value)
