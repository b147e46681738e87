"""Targets of site-wide rules: an article, a section, a tag or an author."""

from __future__ import annotations

from typing import NamedTuple

from flask import url_for
from werkzeug.exceptions import BadRequest, NotFound

from recommender.names import name_key
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.context import DeskContext
from service.desk.presenters.i18n import translate


class Target(NamedTuple):
    """What a site-wide rule is about."""

    scope: Scope
    name: str
    """Name of the section, tag or author; an article's id."""
    title: str
    rows: list[int]
    """Rows of its articles in the current snapshot, newest first."""

    @property
    def url(self) -> str:
        """Address of its page."""
        return url_for("global_rules.page", scope=str(self.scope), name=self.name)

    def matches(self, override: Override) -> bool:
        """Return whether an override is a site-wide rule about this target."""
        key = self.name if self.scope is Scope.ARTICLE else name_key(self.name)
        same = (override.scope, override.pick_key, override.article) == (self.scope, key, "")
        kinds = {Kind.WITHDRAW, Kind.SHOW}
        withdrawal = override.kind in kinds and override.article == self.name
        return same or (withdrawal and self.scope is Scope.ARTICLE)


def find_target(context: DeskContext, snapshot: Snapshot, scope: str, name: str) -> Target:
    """Find a target by its scope and name; without rows where no article belongs to it.

    Raises
    ------
    BadRequest
        The scope is unknown or the name is empty.
    """
    if scope not in list(Scope) or not name:
        raise BadRequest(
            translate(
                "scope: expected one of %(scopes)s and a name, got %(got)r",
                scopes=", ".join(Scope),
                got=scope[:40],
            )
        )
    which = Scope(scope)
    named = RowLookup(snapshot).named(which, name, context.updater.override_watcher.members)
    rows = snapshot.by_date(row for row in named if row >= 0)
    title = name
    if which is Scope.ARTICLE and rows:
        name, title = snapshot.identifier(rows[0]), snapshot.card(rows[0])["title"]
    return Target(which, name, title, rows)


def target_entries(context: DeskContext, target: Target) -> list[Override]:
    """Load the log entries about a target and their undo entries, oldest first."""
    found: dict[int, Override] = {}
    # The name may be written in several ways, so all site-wide entries are compared.
    article = target.name if target.scope is Scope.ARTICLE else ""
    for entry in context.log.entries(article=article):
        if entry.undoes in found or target.matches(entry):
            found[entry.id] = entry
    return list(found.values())


def row_or_404(snapshot: Snapshot, article: str) -> int:
    """Return the row of an article.

    Raises
    ------
    NotFound
        The snapshot does not contain it.
    """
    row = snapshot.row(article)
    if row is None:
        raise NotFound(
            translate("article %(article)r is not in the current index", article=article[:80])
        )
    return row
