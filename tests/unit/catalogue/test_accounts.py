"""Accounts of editors, on both databases."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from recommender.catalogue.accounts import SESSION_SECONDS, Accounts, Editor, Role
from recommender.catalogue.database import open_database
from recommender.cli import recommender
from recommender.errors import EditorError
from recommender.settings import Settings
from sample_site import NOW

AT = NOW.timestamp()
PASSWORD = "correct horse battery"


@pytest.fixture
def editors(database: str) -> Iterator[Accounts]:
    engine = open_database(database)
    yield Accounts(engine)
    engine.dispose()


def test_sessions_end(editors: Accounts) -> None:
    assert not editors.exist()
    editors.add("Ęwa", Role.EDITOR, PASSWORD, AT)
    key = editors.sign_in("Ęwa", PASSWORD, "::1", AT)
    assert editors.holder(key, "session", AT) == Editor("Ęwa", Role.EDITOR)
    assert editors.holder(key, "token", AT) is None
    assert editors.holder(key, "session", AT + SESSION_SECONDS) is None
    editors.change("Ęwa", role=Role.VIEWER)
    assert editors.holder(key, "session", AT) is None


def test_a_removed_editor_has_no_keys(editors: Accounts) -> None:
    editors.add("ann", Role.ADMIN, PASSWORD, AT)
    token = editors.new_key("ann", "token", "", AT)
    editors.remove("ann")
    assert editors.holder(token, "token", AT) is None
    with pytest.raises(EditorError, match="expected the name of an editor"):
        editors.remove("ann")


@pytest.mark.parametrize(
    ("name", "password", "named"),
    [
        ("ann", PASSWORD, "expected a new name"),
        ("", PASSWORD, "expected a name"),
        ("a\nb", PASSWORD, "expected a name"),
        ("bob", "short", "password: expected 12 to 1000 characters, got 5"),
        ("bob", "x" * 1001, "password: expected 12 to 1000 characters, got 1001"),
    ],
)
def test_invalid_accounts_are_refused(
    editors: Accounts, name: str, password: str, named: str
) -> None:
    editors.add("ann", Role.ADMIN, PASSWORD, AT)
    with pytest.raises(EditorError, match=named):
        editors.add(name, Role.EDITOR, password, AT)


def test_the_editors_command(settings: Settings) -> None:
    settings.home.mkdir()

    def call(*arguments: str) -> str:
        given = ["editors", *arguments, "--home", str(settings.home)]
        result = CliRunner().invoke(recommender, given, input=PASSWORD + "\n")
        assert result.exit_code == 0, result.output
        return result.output

    assert call("add", "ann", "--role", "admin", "--password-stdin") == "added: ann (admin)\n"
    assert call("list") == "admin    ann\n"
    assert call("change", "ann", "--role", "viewer") == "changed: ann\n"
    assert len(call("token", "ann").strip()) == 43
    assert call("token", "ann", "--revoke") == "revoked: 1 tokens of ann\n"
    assert call("remove", "ann") == "removed: ann\n"
