"""What a worker serves: a snapshot with the overrides and settings that apply to it now."""

from __future__ import annotations

from dataclasses import dataclass, field

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.overrides.replica import OverrideSet
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.settings import Settings
from recommender.settings.desk import (
    SettingChange,
    locked_names,
    served_ranking,
    with_desk_settings,
)
from recommender.snapshots.snapshot import Snapshot
from service.http.response_cache import ResponseCache


@dataclass(frozen=True)
class ServingState:
    """What one request works with; a change of the first two makes a new state."""

    snapshot: Snapshot
    overrides: ActiveOverrides = NO_OVERRIDES
    """Overrides that are active now."""
    responses: ResponseCache = field(default_factory=ResponseCache)
    """Responses made from this snapshot and these overrides."""
    resolved: ResolvedOverrides | None = None
    """All overrides, with those that start later or have ended."""
    known: OverrideSet = field(default_factory=OverrideSet)
    """The entries that :attr:`resolved` was made from."""
    heading: str = ""
    """Heading of the lists; "" is one in the language of the article."""

    @property
    def rows(self) -> RowLookup:
        """Rows by id; those of the articles that overrides name are looked up already."""
        return RowLookup(self.snapshot) if self.resolved is None else self.resolved.rows

    def overrides_at(self, as_of: float) -> ActiveOverrides:
        """Return the overrides that are active at another time (seconds since 1970 UTC)."""
        return self.overrides if self.resolved is None else self.resolved.at(as_of)


class StateBuilder:
    """Combines a snapshot with the known overrides and settings.

    Rows are looked up only where the snapshot or the overrides are new.

    Parameters
    ----------
    settings
        Settings of the process, which the desk can change.
    watcher
        Has the known overrides and changes of settings.
    """

    def __init__(self, settings: Settings, watcher: OverrideWatcher) -> None:
        self._settings = settings
        self._watcher = watcher
        self._locked = locked_names()
        self._changes: tuple[SettingChange, ...] = ()
        """Changes of settings in the last state."""
        self._rows: RowLookup | None = None
        self._resolved: ResolvedOverrides | None = None
        self._resolved_from: OverrideSet | None = None

    def is_current(self, state: ServingState, now: float) -> bool:
        """Return whether no override was added, has started or has ended, and no setting changed.

        ``state`` is the last one that was built; ``now`` is in seconds since 1970 UTC.
        """
        return (
            self._resolved is not None
            and self._resolved_from is self._watcher.known
            and self._changes == self._watcher.setting_changes
            and state.overrides.since <= now < state.overrides.until
        )

    def build(self, snapshot: Snapshot, now: float) -> ServingState:
        """Return what to serve of a snapshot at ``now``, in seconds since 1970 UTC."""
        changes = self._changes = self._watcher.setting_changes
        ranking = served_ranking(snapshot.manifest.ranking, self._settings, changes, self._locked)
        if snapshot.ranking != ranking:
            snapshot = snapshot.under(ranking)
        if self._rows is None or self._rows.snapshot is not snapshot:
            self._rows, self._resolved = RowLookup(snapshot), None
        known = self._watcher.known
        if self._resolved is None or self._resolved_from is not known:
            self._resolved_from = known
            self._resolved = self._watcher.resolve(self._rows)
        heading = with_desk_settings(self._settings, changes, self._locked).heading
        return ServingState(
            snapshot,
            self._resolved.at(now),
            resolved=self._resolved,
            known=known,
            heading=heading,
        )
