"""Which articles have a tag or an author: asked of the database, the last answer kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlalchemy import Engine

from recommender.catalogue.database import translate_db_errors
from recommender.errors import CatalogueError
from recommender.overrides.fallback import Members
from recommender.overrides.log import members
from recommender.overrides.override import Override, Scope

ASKED = {Scope.TAG, Scope.AUTHOR}
"""Scopes that the database knows; sections stand in the snapshot."""


class Membership:
    """Answers as the database does, and without it as it last did."""

    def __init__(self, url: str, engine: Callable[[], Engine]) -> None:
        self.changes = 0
        """How often an answer was another one than before."""
        self.stale = False
        """Whether an answer was given without the database."""
        self._url = url
        self._engine = engine
        self._answers: dict[tuple[Scope, str], list[str]] = {}
        self._before: Members = {}

    def of(self, scope: Scope, name: str, *, ask: bool = True) -> list[str]:
        """List the ids of the articles with a tag or an author."""
        try:
            if ask:
                return self._asked(scope, name)
        except CatalogueError:
            pass  # whoever reads the log next meets the same trouble, and tells it
        self.stale = True
        before = self._before.get(scope, {}).get(name, [])
        return self._answers.get((scope, name), before)

    def restore_from(self, before: Members) -> None:
        """Take over what another process was answered."""
        self._before = before

    def about(self, decisions: Iterable[Override]) -> Members:
        """Gather the answers for all that decisions name."""
        found: Members = defaultdict(dict)
        for scope, name in {(one.scope, one.pick) for one in decisions if one.scope in ASKED}:
            known = self._answers.get((scope, name))
            found[scope][name] = self.of(scope, name) if known is None else known
        return dict(found)

    def _asked(self, scope: Scope, name: str) -> list[str]:
        with translate_db_errors(self._url):
            answer = members(self._engine(), scope, name)
        if answer != self._answers.get((scope, name)):
            self._answers[scope, name] = answer
            self.changes += 1
        return answer
