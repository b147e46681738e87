"""What a decision about every block is about: an article, a section, a tag or an author."""

from __future__ import annotations

from typing import NamedTuple

from flask import url_for
from werkzeug.exceptions import BadRequest

from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.context import DeskContext
from service.desk.presenters.i18n import said
from service.desk.presenters.search_index import card_of


class Target(NamedTuple):
    """One of them, by its name; an article's name is its id."""

    scope: Scope
    name: str
    title: str
    rows: list[int]
    """Rows of its articles in the snapshot in force, newest first."""

    @property
    def url(self) -> str:
        """Its page."""
        return url_for("everywhere.target", scope=str(self.scope), name=self.name)

    def about(self, entry: Override) -> bool:
        """Tell whether an entry is about this in every block."""
        named = (entry.scope, entry.pick) == (self.scope, self.name) and not entry.article
        gone = entry.kind is Kind.WITHDRAW and entry.article == self.name
        return named or (gone and self.scope is Scope.ARTICLE)


def target_of(office: DeskContext, snapshot: Snapshot, scope: str, name: str) -> Target:
    """Find what is meant; its rows are none where nothing in the snapshot belongs to it."""
    if scope not in list(Scope) or not name:
        raise BadRequest(
            said(
                "scope: got %(got)r, wanted one of %(words)s, and a name",
                got=scope[:40],
                words=", ".join(Scope),
            )
        )
    which = Scope(scope)
    named = RowLookup(snapshot).named(which, name, office.live.watcher.members)
    rows = sorted(row for row in named if row >= 0)
    title = name
    if which is Scope.ARTICLE and rows:
        name, title = snapshot.identifier(rows[0]), card_of(snapshot, rows[0])["title"]
    return Target(which, name, title, rows)


def entries_about(office: DeskContext, target: Target) -> list[Override]:
    """Load what was decided about it in every block, oldest first."""
    found: dict[int, Override] = {}
    for one in office.log.entries(article=target.name):
        if one.undoes in found or target.about(one):
            found[one.id] = one
    return list(found.values())
