"""What every view works with: settings, the served state, accounts and the override log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.exceptions import ServiceUnavailable

from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.visibility import Origin, Visibility
from recommender.overrides.edits.withdrawals import hidden_copies
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from service.desk.presenters.i18n import translate
from service.state.serving_state import ServingState
from service.state.state_updater import StateUpdater


@dataclass(frozen=True)
class DeskContext:
    """The desk's dependencies, shared by all views of one worker."""

    settings: Settings
    updater: StateUpdater
    accounts: Accounts
    log: Log

    def state(self) -> ServingState:
        """Return the snapshot and overrides that are served now.

        Raises
        ------
        ServiceUnavailable
            Nothing is served yet.
        """
        state = self.updater.state
        if state is None:
            raise ServiceUnavailable(translate(self.updater.unavailable_reason))
        return state

    def title_of(self, article: str) -> str:
        """Return an article's title, or its id where the current snapshot lacks it."""
        state = self.updater.state
        snapshot = None if state is None else state.snapshot
        row = None if snapshot is None else snapshot.row(article)
        return article if snapshot is None or row is None else str(snapshot.card(row)["title"])

    def required_role(self, overrides: Iterable[Override]) -> Role:
        """Return the role that may save these overrides.

        Withdrawing and restoring an article, and undoing that, requires an admin.

        Raises
        ------
        OverrideError
            An override undoes an entry that does not exist.
        """
        roots = [one if one.undoes is None else self.log.root(one.undoes) for one in overrides]
        admins = {Kind.WITHDRAW, Kind.SHOW}
        return Role.ADMIN if any(root.kind in admins for root in roots) else Role.EDITOR

    def hidden_copies(self, article: str) -> list[str]:
        """Return the ids of the articles that are hidden as copies of another one."""
        state = self.state()
        return hidden_copies(state.overrides, state.snapshot, article)

    def refresh(self) -> None:
        """Read and activate what was just saved, so that this worker serves it at once."""
        self.updater.poll_overrides()
        self.updater.activate()

    def cms_withdrawals(self, article: str, now: float) -> list[Visibility]:
        """Return the visibility rows by which a content system hides an article now."""
        rows = self.updater.override_watcher.known.visibility
        return [row for row in rows if row.key == (article, Origin.PUSH) and not row.visible(now)]
