"""The desk's Polish: no text is missing, stale, or left in English."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import service.desk
from models.features import THEMES
from recommender.overrides.decision import Kind, Scope

DESK = Path(service.desk.__file__).parent
KEYWORDS = {"_": None, "marked": None, "ngettext": (1, 2), "counted": (1, 2)}
WORDS = [str(kind) for kind in Kind] + [str(s) for s in Scope if s is not Scope.ARTICLE]
PARTS = [theme.replace("_", " ") for theme in THEMES] + ["freshness", "boost"]
SAME = {"tag", "tags"}


def written() -> Iterator[str | tuple[str, ...]]:
    """Every text of the desk's templates and rooms, and the names that it shows."""
    for path, how in [
        *[(path, "jinja2.ext:babel_extract") for path in (DESK / "templates").iterdir()],
        *[(path, "python") for path in DESK.glob("*.py")],
    ]:
        with path.open("rb") as file:
            for _, message, _, _ in extract(how, file, keywords=KEYWORDS):
                yield message
    yield from WORDS + PARTS


@pytest.fixture(scope="module")
def polish() -> dict[str, Message]:
    with (DESK / "translations/pl.po").open("rb") as file:
        read = read_po(file, locale="pl", abort_invalid=True)
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in read if m.id}


def names(text: str) -> list[str]:
    """The places that are filled in: ``%(n)s``."""
    return sorted(part.partition(")")[0] for part in text.split("%(")[1:])


def test_every_text_is_translated(polish: dict[str, Message]) -> None:
    wanted = {text if isinstance(text, str) else text[0] for text in written()}
    assert "Needs attention" in wanted
    assert "Undone." in wanted
    assert sorted(wanted - set(polish)) == []
    assert sorted(set(polish) - wanted) == [], "nobody shows these any more"


def test_every_translation_is_whole(polish: dict[str, Message]) -> None:
    for text, message in polish.items():
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert len(forms) == (1 if isinstance(message.id, str) else 3), text
        for form in forms:
            assert form.strip(), text
            assert form != text or text in SAME, text
            assert names(form) == names(text), text
