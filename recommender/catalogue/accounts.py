"""Who may decide: named editors with roles, their passwords, sessions and tokens.

Nobody exists until ``recommender editors add`` makes somebody: no default account, no default
secret. Passwords are hashed with argon2id; keys are random and stored as sha256.
"""

from __future__ import annotations

import hashlib
import secrets as randomness
from enum import StrEnum
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, func, inspect, or_, select

from recommender.catalogue.database import exclusive_transaction, translate_db_errors
from recommender.catalogue.schema import editor_keys, editors, secrets, sign_in_failures
from recommender.errors import EditorError, TooManyAttemptsError

SHORTEST = 12
"""Characters of a password: OWASP's advice for one factor alone is 15, NIST's least is 8."""

LONGEST = 1_000
"""Characters of a password: hashing a novel would be a way to keep us busy."""

WINDOW = 15 * 60
"""Seconds for which failed attempts count."""

FAILURES = {"name": 10, "address": 50}
"""Failed attempts in that time after which no more are looked at; an office shares an address."""

SESSION = 12 * 3600
"""Seconds that somebody stays signed in: a long shift."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(randomness.token_hex(16))


class Role(StrEnum):
    """What an editor may do; each also may what those before it may."""

    VIEWER = "viewer"
    """Look."""
    EDITOR = "editor"
    """Pin, block, boost, hold, undo."""
    ADMIN = "admin"
    """Withdraw and restore articles, import files."""

    def may(self, wanted: Role) -> bool:
        """Tell whether this role includes another."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


class Editor(NamedTuple):
    """A person at the desk."""

    name: str
    role: Role


class Accounts:
    """The accounts in the catalogue's database."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    def exist(self) -> bool:
        """Tell whether anybody may sign in; without tables nobody may."""
        with translate_db_errors(self._url), self._engine.connect() as connection:
            if not inspect(connection).has_table("editors"):
                return False
            return connection.execute(select(editors.c.name).limit(1)).first() is not None

    def everybody(self) -> list[Editor]:
        """List the editors by name."""
        query = select(editors.c.name, editors.c.role).order_by(editors.c.name)
        with translate_db_errors(self._url), self._engine.connect() as connection:
            return [Editor(name, Role(role)) for name, role in connection.execute(query)]

    def add(self, name: str, role: Role, password: str, now: float) -> None:
        """Make an account. Raises :class:`EditorError` for a name or password that is none."""
        _check_name(name)
        hashed = _hashed(password)
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editors") as connection,
        ):
            if connection.execute(select(editors).where(editors.c.name == name)).first():
                raise EditorError(f"editor {name!r}: is there already, wanted a new name")
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
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editors") as connection,
        ):
            changed = connection.execute(
                editors.update().where(editors.c.name == name).values(**values)
            )
            if not changed.rowcount:
                raise EditorError(f"editor {name!r}: wanted the name of one that is there")
            ended = editor_keys.c.purpose == "session"
            connection.execute(delete(editor_keys).where(editor_keys.c.editor == name, ended))

    def remove(self, name: str) -> None:
        """Delete an account with its sessions and tokens; what they decided stays."""
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editors") as connection,
        ):
            gone = connection.execute(delete(editors).where(editors.c.name == name))
            if not gone.rowcount:
                raise EditorError(f"editor {name!r}: wanted the name of one that is there")
            connection.execute(delete(editor_keys).where(editor_keys.c.editor == name))

    def cookie_secret(self) -> str:
        """Fetch the random value that signs cookies; there is one once an editor exists."""
        query = select(secrets.c.value).where(secrets.c.name == "cookies")
        with translate_db_errors(self._url), self._engine.connect() as connection:
            return str(connection.execute(query).scalar_one())

    def sign_in(self, name: str, password: str, address: str, now: float) -> str:
        """Open a session and return its key.

        Raises :class:`TooManyAttemptsError` after too many failures, whatever the password is,
        and :class:`EditorError` where name or password are wrong, without telling which.
        """
        self._check_failures(name, address, now)
        query = select(editors.c.password).where(editors.c.name == name)
        with translate_db_errors(self._url), self._engine.connect() as connection:
            # Also where there is nobody of that name: it takes as long, and tells nothing.
            hashed = connection.execute(query).scalar() or _NOBODY
        if len(password) > LONGEST or not _matches(hashed, password):
            failure = {"name": name[:100], "address": address[:100], "at": int(now)}
            with (
                translate_db_errors(self._url),
                exclusive_transaction(self._engine, "sign_in_failures") as connection,
            ):
                connection.execute(sign_in_failures.insert(), [failure])
            raise EditorError("sign-in: wrong name or password")
        return self.open_session(name, now)

    def open_session(self, name: str, now: float) -> str:
        """Open a session for who has shown who they are, and return its key.

        Raises :class:`EditorError` where there is no editor of that name.
        """
        return self.new_key(name, "session", "browser", now, SESSION)

    def new_key(
        self, name: str, purpose: str, label: str, now: float, seconds: int | None = None
    ) -> str:
        """Make a key for an editor; it is told now and never again."""
        key = randomness.token_urlsafe(32)
        row = {
            "digest": _digest(key),
            "editor": name,
            "purpose": purpose,
            "label": label[:100],
            "created": int(now),
            "ends": None if seconds is None else int(now) + seconds,
        }
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editor_keys") as connection,
        ):
            if not connection.execute(select(editors).where(editors.c.name == name)).first():
                raise EditorError(f"editor {name!r}: wanted the name of one that is there")
            connection.execute(delete(editor_keys).where(editor_keys.c.ends <= int(now)))
            connection.execute(editor_keys.insert(), [row])
        return key

    def holder(self, key: str, purpose: str, now: float) -> Editor | None:
        """Find whose key this is, if it still holds."""
        query = (
            select(editors.c.name, editors.c.role)
            .join(editor_keys, editor_keys.c.editor == editors.c.name)
            .where(editor_keys.c.digest == _digest(key), editor_keys.c.purpose == purpose)
            .where(or_(editor_keys.c.ends.is_(None), editor_keys.c.ends > now))
        )
        with translate_db_errors(self._url), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Editor(row.name, Role(row.role))

    def revoke(self, key: str) -> None:
        """End a session or a token by its key."""
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editor_keys") as connection,
        ):
            connection.execute(delete(editor_keys).where(editor_keys.c.digest == _digest(key)))

    def revoke_tokens(self, name: str) -> int:
        """End all tokens of an editor; tells how many there were."""
        whose = editor_keys.c.editor == name
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "editor_keys") as connection,
        ):
            gone = delete(editor_keys).where(whose, editor_keys.c.purpose != "session")
            return connection.execute(gone).rowcount

    def _check_failures(self, name: str, address: str, now: float) -> None:
        recent = sign_in_failures.c.at > now - WINDOW
        for column, value in (("name", name[:100]), ("address", address[:100])):
            query = select(func.count()).where(recent, sign_in_failures.c[column] == value)
            with translate_db_errors(self._url), self._engine.connect() as connection:
                if (connection.execute(query).scalar() or 0) >= FAILURES[column]:
                    raise TooManyAttemptsError(
                        f"sign-in: too many failed attempts; try again in {WINDOW // 60} minutes"
                    )


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise EditorError(f"editor: got {name[:120]!r}, wanted a name of 1 to 100 characters")


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise EditorError(
            f"password: got {len(password)} characters, wanted {SHORTEST} to {LONGEST}"
        )
    return _hasher.hash(password)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
