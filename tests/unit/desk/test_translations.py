"""The desk in Polish: no text is missing, stale or left in English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import recommender
import service.desk
from models.features.feature_names import THEMES
from recommender.catalogue.accounts import Role
from recommender.dates import DATE_FORMAT as DATE
from recommender.overrides.override import Kind, Scope
from service.desk.presenters.article.candidates import SIGNAL_NAMES

DESK = Path(service.desk.__file__).parent
BELOW = Path(recommender.__file__).parent
ERRORS = ["OverrideError", "UnknownArticleError", "ArticleError", "SettingsError"]
KEYWORDS = {
    **dict.fromkeys(["_", "gettext_noop", "translate", "Message", *ERRORS]),
    **dict.fromkeys(["ngettext", "translate_plural"], (1, 2)),
}
MODULES = [*DESK.rglob("*.py"), DESK.parent / "state" / "state_updater.py"]
DOMAIN = [
    BELOW / "catalogue" / "setting_changes.py",
    *(BELOW / "overrides").rglob("*.py"),
    BELOW / "dates.py",
    *(BELOW / "serving").rglob("*.py"),
]
"""Texts of these modules are shown at the desk."""
HTTP = ["BadRequest", "Forbidden", "NotFound", "ServiceUnavailable", "Unauthorized"]
WORDS = [str(word) for word in [*Kind, *Scope, *Role]]
SAME = {"tag", "tags", "%(pick)s", "%(scope)s %(pick)s"}


def written() -> Iterator[str | tuple[str, ...]]:
    """Every text of the desk's templates and modules, and the names that it shows."""
    for path, how in [
        *[(path, "jinja2.ext:babel_extract") for path in (DESK / "templates").iterdir()],
        *[(path, "python") for path in [*MODULES, *DOMAIN]],
    ]:
        with path.open("rb") as file:
            for _, message, _, _ in extract(how, file, keywords=KEYWORDS):
                yield message
    yield from [*WORDS, DATE]


def calls(path: Path, names: list[str]) -> Iterator[ast.Call]:
    """Every call of these in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


@pytest.fixture(scope="module")
def polish() -> dict[str, Message]:
    with (DESK / "translations/pl.po").open("rb") as file:
        read = read_po(file, locale="pl", abort_invalid=True)
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in read if m.id}


def names(text: str) -> list[str]:
    """The places that are filled in: ``%(n)s``."""
    return sorted(part.partition(")")[0] for part in text.split("%(")[1:])


def test_every_text_is_translated(polish: dict[str, Message]) -> None:
    expected = {text if isinstance(text, str) else text[0] for text in written()}
    assert "Needs attention" in expected
    assert "Undone." in expected
    assert sorted(expected - set(polish)) == []
    assert sorted(set(polish) - expected) == [], "these are not shown any more"


def test_every_signal_has_a_name_for_editors() -> None:
    assert [*SIGNAL_NAMES] == [*THEMES, "freshness", "boost"]


def test_error_messages_are_translated_in_parts() -> None:
    """A text that is put together before it is said can be looked up in no catalogue."""
    found = [call for path in [*MODULES, *DOMAIN] for call in calls(path, ERRORS)]
    assert len(found) > 15
    assert [ast.unparse(c) for c in found if not isinstance(c.args[0], ast.Constant)] == []
    desk = [path for path in DESK.rglob("*.py") if path.name != "overrides_api.py"]  # for programs
    refused = [call for path in desk for call in calls(path, HTTP)]
    assert len(refused) > 5
    assert [
        ast.unparse(c) for c in refused if not ast.unparse(c.args[0]).startswith("translate(")
    ] == []


def test_every_translation_keeps_its_placeholders(polish: dict[str, Message]) -> None:
    for text, message in polish.items():
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert len(forms) == (1 if isinstance(message.id, str) else 3), text
        for form in forms:
            assert form.strip(), text
            assert form != text or text in SAME, text
            assert names(form) == names(text), text
