"""What all rooms of the desk work with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.exceptions import ServiceUnavailable

from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.visibility import Origin, Visibility
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from service.desk.presenters.i18n import said
from service.state.live import ServingState, SnapshotWatcher


@dataclass(frozen=True)
class DeskContext:
    """The settings, the state in force, the accounts and the log."""

    settings: Settings
    live: SnapshotWatcher
    editors: Accounts
    log: Log

    def state(self) -> ServingState:
        """Take the state in force."""
        if self.live.state is None:
            raise ServiceUnavailable(said(self.live.waits_for))
        return self.live.state

    def title_of(self, article: str) -> str:
        """Tell the title of an article, or its id where the snapshot in force does not hold it."""
        snapshot = None if self.live.state is None else self.live.state.snapshot
        row = None if snapshot is None else snapshot.row(article)
        return article if snapshot is None or row is None else str(snapshot.card(row)["title"])

    def role_for(self, decisions: Iterable[Override]) -> Role:
        """Tell which role decisions take: withdrawing, and undoing that, takes an admin.

        Raises an OverrideError for an undo of an entry that is not there.
        """
        roots = [one if one.undoes is None else self.log.root(one.undoes) for one in decisions]
        return Role.ADMIN if any(r.kind is Kind.WITHDRAW for r in roots) else Role.EDITOR

    def saved(self) -> None:
        """Let this worker follow at once what it has just saved."""
        self.live.refresh_overrides()
        self.live.refresh()


def pushes(office: DeskContext, article: str, now: float) -> list[Visibility]:
    """Find the row by which a content system hides an article now; none where it does not."""
    rows = office.live.watcher.known.visibility
    return [row for row in rows if row.key == (article, Origin.PUSH) and not row.visible(now)]
