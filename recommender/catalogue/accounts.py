"""Editors' accounts: names with roles, passwords, sessions and tokens.

There is no default account and no default secret: ``recommender editors add`` makes the first
account. Passwords are hashed with argon2id. Keys are random and stored as sha256.
"""

from __future__ import annotations

import hashlib
import secrets as randomness
from enum import StrEnum
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, func, inspect, or_, select

from recommender.catalogue.database import exclusive_transaction, reading
from recommender.catalogue.schema import editor_keys, editors, secrets, sign_in_failures
from recommender.errors import EditorError, TooManyAttemptsError

MIN_PASSWORD = 12
"""Shortest password. NIST SP 800-63B requires 8; OWASP advises 15 without a second factor."""

MAX_PASSWORD = 1_000
"""Longest password. Hashing a very long one would keep the service busy."""

FAILURE_SECONDS = 15 * 60
"""Seconds for which a failed attempt to sign in counts."""

MAX_FAILURES = {"name": 10, "address": 50}
"""Failed attempts per account and per address, after which all are refused. An office shares an
address."""

SESSION_SECONDS = 12 * 3600
"""Seconds of a session: a long shift."""

_hasher = PasswordHasher()
_UNKNOWN_EDITOR = _hasher.hash(randomness.token_hex(16))


class Role(StrEnum):
    """What an editor may do. Each role includes those before it."""

    VIEWER = "viewer"
    """See the desk."""
    EDITOR = "editor"
    """Pin, block, boost, hold, undo."""
    ADMIN = "admin"
    """Withdraw and restore articles, import files."""

    def may(self, other: Role) -> bool:
        """Return whether this role includes ``other``."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Editor(NamedTuple):
    """An account."""

    name: str
    role: Role


class Accounts:
    """Accounts in the database of the catalogue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exist(self) -> bool:
        """Return whether there is an account; False also without the table of accounts."""
        with reading(self._engine) as connection:
            if not inspect(connection).has_table("editors"):
                return False
            return connection.execute(select(editors.c.name).limit(1)).first() is not None

    def all(self) -> list[Editor]:
        """List the editors by name."""
        query = select(editors.c.name, editors.c.role).order_by(editors.c.name)
        with reading(self._engine) as connection:
            return [Editor(name, Role(role)) for name, role in connection.execute(query)]

    def add(self, name: str, role: Role, password: str, now: float) -> None:
        """Create an account.

        Raises
        ------
        EditorError
            The name is taken, or the name or password is invalid.
        """
        _check_name(name)
        hashed = _hashed(password)
        with exclusive_transaction(self._engine, "editors") as connection:
            if connection.execute(select(editors).where(editors.c.name == name)).first():
                raise EditorError(
                    f"editor {name!r}: expected a new name, but an editor has it already"
                )
            row = {"name": name, "role": str(role), "password": hashed, "created": int(now)}
            connection.execute(editors.insert(), [row])
            if not connection.execute(select(secrets)).first():
                value = {"name": "cookies", "value": randomness.token_urlsafe(48)}
                connection.execute(secrets.insert(), [value])

    def change(self, name: str, *, role: Role | None = None, password: str | None = None) -> None:
        """Give an editor another role or password, and sign them out everywhere."""
        values = {} if role is None else {"role": str(role)}
        if password is not None:
            values["password"] = _hashed(password)
        with exclusive_transaction(self._engine, "editors") as connection:
            changed = connection.execute(
                editors.update().where(editors.c.name == name).values(**values)
            )
            if not changed.rowcount:
                raise _no_editor(name)
            ended = editor_keys.c.purpose == "session"
            connection.execute(delete(editor_keys).where(editor_keys.c.editor == name, ended))

    def remove(self, name: str) -> None:
        """Delete an account with its sessions and tokens. The overrides of the editor stay."""
        with exclusive_transaction(self._engine, "editors") as connection:
            gone = connection.execute(delete(editors).where(editors.c.name == name))
            if not gone.rowcount:
                raise _no_editor(name)
            connection.execute(delete(editor_keys).where(editor_keys.c.editor == name))

    def cookie_secret(self) -> str:
        """Return the secret that signs cookies. The first account creates it."""
        query = select(secrets.c.value).where(secrets.c.name == "cookies")
        with reading(self._engine) as connection:
            return str(connection.execute(query).scalar_one())

    def sign_in(self, name: str, password: str, address: str, now: float) -> str:
        """Check a password, open a session and return its key.

        Raises
        ------
        TooManyAttemptsError
            Too many attempts failed, whatever the password is.
        EditorError
            The name or the password is wrong; the message does not name which.
        """
        self._check_failures(name, address, now)
        query = select(editors.c.password).where(editors.c.name == name)
        with reading(self._engine) as connection:
            # An unknown name is hashed too, so that the time does not reveal which names exist.
            hashed = connection.execute(query).scalar() or _UNKNOWN_EDITOR
        if len(password) > MAX_PASSWORD or not _matches(hashed, password):
            failure = {"name": name[:100], "address": address[:100], "at": int(now)}
            with exclusive_transaction(self._engine, "sign_in_failures") as connection:
                connection.execute(sign_in_failures.insert(), [failure])
            raise EditorError("sign-in: wrong name or password")
        return self.open_session(name, now)

    def open_session(self, name: str, now: float) -> str:
        """Open a session for an authenticated editor and return its key.

        Raises
        ------
        EditorError
            There is no such editor.
        """
        return self.new_key(name, "session", "browser", now, SESSION_SECONDS)

    def new_key(
        self, name: str, purpose: str, label: str, now: float, seconds: int | None = None
    ) -> str:
        """Create a key and return it. Only its hash is stored.

        Parameters
        ----------
        purpose : "session", "token" or "articles".
        label : shown in the list of keys.
        seconds : lifetime; None is unlimited.
        """
        key = randomness.token_urlsafe(32)
        row = {
            "digest": _digest(key),
            "editor": name,
            "purpose": purpose,
            "label": label[:100],
            "created": int(now),
            "ends": None if seconds is None else int(now) + seconds,
        }
        with exclusive_transaction(self._engine, "editor_keys") as connection:
            if not connection.execute(select(editors).where(editors.c.name == name)).first():
                raise _no_editor(name)
            connection.execute(delete(editor_keys).where(editor_keys.c.ends <= int(now)))
            connection.execute(editor_keys.insert(), [row])
        return key

    def holder(self, key: str, purpose: str, now: float) -> Editor | None:
        """Return the editor of a valid key; None for any other key."""
        query = (
            select(editors.c.name, editors.c.role)
            .join(editor_keys, editor_keys.c.editor == editors.c.name)
            .where(editor_keys.c.digest == _digest(key), editor_keys.c.purpose == purpose)
            .where(or_(editor_keys.c.ends.is_(None), editor_keys.c.ends > now))
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else Editor(row.name, Role(row.role))

    def revoke(self, key: str) -> None:
        """Revoke a session or token."""
        with exclusive_transaction(self._engine, "editor_keys") as connection:
            connection.execute(delete(editor_keys).where(editor_keys.c.digest == _digest(key)))

    def revoke_tokens(self, name: str) -> int:
        """Revoke all tokens of an editor and return their number."""
        of_editor = editor_keys.c.editor == name
        with exclusive_transaction(self._engine, "editor_keys") as connection:
            gone = delete(editor_keys).where(of_editor, editor_keys.c.purpose != "session")
            return connection.execute(gone).rowcount

    def _check_failures(self, name: str, address: str, now: float) -> None:
        # Failures from before the clock was set back must not lock an account for that long.
        recent = sign_in_failures.c.at.between(now - FAILURE_SECONDS, now + FAILURE_SECONDS)
        for column, value in (("name", name[:100]), ("address", address[:100])):
            query = select(func.count()).where(recent, sign_in_failures.c[column] == value)
            with reading(self._engine) as connection:
                if (connection.execute(query).scalar() or 0) >= MAX_FAILURES[column]:
                    raise TooManyAttemptsError(
                        "sign-in: too many failed attempts; try again in "
                        f"{FAILURE_SECONDS // 60} minutes"
                    )


def _no_editor(name: str) -> EditorError:
    return EditorError(
        f"expected the name of an editor, got {name!r}; `recommender editors list` has all"
    )


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise EditorError(f"expected a name of 1 to 100 characters, got {name[:120]!r}")


def _hashed(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise EditorError(
            f"password: expected {MIN_PASSWORD} to {MAX_PASSWORD} characters, got {len(password)}"
        )
    return _hasher.hash(password)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
