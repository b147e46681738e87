"""After any sequence of work and crashes, one whole published state and all overrides are served.

A simple model in memory says what was published and decided. Crashes kill a child process in the
middle of an index run or a save. Afterwards its work is there completely or not at all.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crash_server import CrashServer
from recommender.articles.article import Status
from recommender.catalogue.database import connect_service
from recommender.catalogue.visibility import Origin, Visibility
from recommender.catalogue.visibility_table import rows_since
from recommender.errors import ArticleNotFoundError, OverrideError
from recommender.home import DataDir
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.serving.filters import Query
from recommender.serving.responses import related_answer
from recommender.settings import Settings, load_settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids, use
from sample_site import ENCODER, NOW, publish, records, write_jsonl
from service.state.state_updater import StateUpdater

SEQUENCES = int(os.environ.get("RECOMMENDER_SEQUENCES", "100"))
"""2,000 by hand: 20 CPU minutes."""

RECORDS = {row["id"]: row for row in records()[:11]}
IDS = sorted(RECORDS)
NEW = IDS[-2:]
"""Articles that the first snapshot does not have."""

AT = NOW.timestamp()
ids = st.sampled_from(IDS)
picks = st.integers(0, 9)
"""Which of several. Their number depends on crashes, and must not change what is drawn."""


@cache
def crash_server() -> CrashServer:
    return CrashServer()


@pytest.fixture(scope="module", autouse=True)
def clean_up() -> Iterator[None]:
    # Each index run collects garbage twice. Without this it would go through all of the libraries.
    first_home()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    shutil.rmtree(first_home().parent)
    if crash_server.cache_info().currsize:
        crash_server().close()


def settings_of(home: Path) -> Settings:
    return load_settings(home, environ={}, embedding_model=ENCODER)


@cache
def first_home() -> Path:
    """A data directory with one snapshot, that each sequence starts from."""
    folder = Path(tempfile.mkdtemp())
    rows = [row for row in RECORDS.values() if row["id"] not in NEW]
    publish(settings_of(folder / "home"), write_jsonl(folder / "site.jsonl", rows))
    return folder / "home"


class Newsroom(RuleBasedStateMachine):
    """What people do in any order, and the model of what readers must get."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(first_home(), self.folder / "home")
        self.settings = settings_of(self.folder / "home")
        self.home = DataDir(self.settings.home)
        self.log = Log(
            self.settings.catalogue_url, connect_service(self.settings.catalogue_url, timeout=5.0)
        )
        self.source = {name: row for name, row in RECORDS.items() if name not in NEW}
        self.current = current_id(self.home)
        self.titles = {self.current: {name: str(row["title"]) for name, row in self.source.items()}}
        self.overrides: dict[int, Override] = {}
        self.version = 0
        self.hidden: set[str] = set()
        self.opened: dict[str, Snapshot] = {}
        self.runs = 0
        self.worker = self.started()

    def teardown(self) -> None:
        self.worker.override_watcher.close()
        self.log.close()
        shutil.rmtree(self.folder)

    def started(self) -> StateUpdater:
        updater = StateUpdater(self.settings.home, self.settings.catalogue_url)
        updater.poll_overrides()
        updater.refresh()
        return updater

    @rule(name=ids, number=st.integers(1, 3), status=st.sampled_from(["published", "withdrawn"]))
    def add_or_change(self, name: str, number: int, status: str) -> None:
        title = f"{RECORDS[name]['title']}, part {number}"
        self.source[name] = RECORDS[name] | {"title": title, "status": status}

    @rule()
    def index(self) -> None:
        self._indexed(publish(self.settings, self._file(), now=self._next()))

    @rule(seconds=st.floats(0.0, 0.6))
    def crash_while_indexing(self, seconds: float) -> None:
        before, hidden = self.current, self._hidden()
        done = crash_server().run(
            seconds,
            do="index",
            home=str(self.settings.home),
            source=str(self._file()),
            now=self._next().isoformat(),
        )
        current, withdrawn = current_id(self.home), self._withdrawn()
        assert done in {None, current}
        for snapshot in set(snapshot_ids(self.home)) - set(self.titles):
            # Complete, and one can switch to it, even if the crash came before it was current.
            self.titles[snapshot] = self._titles(withdrawn)
        if current != before:
            assert current == snapshot_ids(self.home)[-1]
            self._indexed(current)
        if done is None:
            # Hidden at once by the import, shown again only at the end of the run.
            self.hidden = self._hidden()
            assert self.hidden <= hidden | withdrawn
            assert self.hidden >= (withdrawn if current != before else hidden)

    @rule(name=ids)
    def withdraw(self, name: str) -> None:
        self._added(self._try_add(_override("withdraw", name, "")))

    @rule(kind=st.sampled_from(["hold", "block", "pin"]), name=ids, pick=ids)
    def override(self, kind: str, name: str, pick: str) -> None:
        self._added(self._try_add(_override(kind, name, pick)))

    @rule(name=ids, seconds=st.floats(0.0, 0.05))
    def crash_while_saving(self, name: str, seconds: float) -> None:
        override = _override("withdraw", name, "")
        number = crash_server().run(
            seconds,
            do="add",
            url=self.settings.catalogue_url,
            override=msgspec.to_builtins(override),
            now=AT,
        )
        saved = self.log.entries(after=self.version)
        assert len(saved) <= 1
        if number is not None:
            assert [entry.id for entry in saved] == [number]
        for entry in saved:
            assert (entry.kind, entry.article) == (override.kind, override.article)
            self._added(entry)

    @rule(which=picks)
    def undo(self, which: int) -> None:
        if not self.overrides:
            return
        number = sorted(self.overrides)[which % len(self.overrides)]
        undo = self._try_add(Override(kind=Kind.UNDO, undoes=number, author="ann"))
        assert undo is not None
        self.version = undo.id
        del self.overrides[number]

    @rule(which=picks)
    def roll_back(self, which: int) -> None:
        stored = snapshot_ids(self.home)
        self.current = stored[which % len(stored)]
        use(self.home, self.current)

    @rule()
    def restart_the_worker(self) -> None:
        self.worker.override_watcher.close()
        self.worker = self.started()

    @invariant()
    def one_published_state_and_all_overrides_are_served(self) -> None:
        self.worker.poll_overrides()
        self.worker.refresh()
        state = self.worker.state
        assert state is not None
        assert state.snapshot.id == self.current
        snapshot, active = self._expected()
        for name in IDS:
            served = _cards(state.snapshot, name, state.overrides_at(AT))
            assert served == _cards(snapshot, name, active)
            self._check(name, served)

    def _check(self, name: str, served: Any) -> None:
        """Compare the cards under an article with the model, without the library."""
        published, active = self.titles[self.current], self.overrides.values()
        gone = self.hidden | {one.article for one in active if one.kind is Kind.WITHDRAW}
        if name not in published or name in gone:
            assert served is None
            return
        assert served is not None
        for card in served:
            assert card["title"] == published[card["id"]]
            assert card["id"] not in gone
        shown = {card["id"] for card in served}
        for one in active:
            if one.kind is Kind.HOLD and one.article == name:
                assert not served
            if one.kind is Kind.BLOCK and one.article in {"", name}:
                assert one.pick not in shown

    def _expected(self) -> tuple[Snapshot, ActiveOverrides]:
        snapshot = self._snapshot(self.current)
        rows = [
            Visibility(article_id=name, origin=Origin.SOURCE, status=Status.WITHDRAWN, published=0)
            for name in sorted(self.hidden)
        ]
        overrides = [self.overrides[number] for number in sorted(self.overrides)]
        resolved = ResolvedOverrides(
            RowLookup(snapshot), overrides, self.version, lambda _scope, _name: [], rows
        )
        return snapshot, resolved.at(AT)

    def _snapshot(self, identifier: str) -> Snapshot:
        """Open a snapshot and compare its checksums, once."""
        if identifier not in self.opened:
            folder = self.home.snapshots / identifier
            self.opened[identifier] = Snapshot(folder, verify=True)
        return self.opened[identifier]

    def _file(self) -> Path:
        return write_jsonl(self.folder / "site.jsonl", list(self.source.values()))

    def _next(self) -> Any:
        self.runs += 1
        return NOW + timedelta(minutes=self.runs)

    def _withdrawn(self) -> set[str]:
        return {name for name, row in self.source.items() if row.get("status") == "withdrawn"}

    def _hidden(self) -> set[str]:
        with self.log.engine.connect() as connection:
            return {row.article_id for row in rows_since(connection, 0) if not row.visible(AT)}

    def _indexed(self, snapshot: str) -> None:
        self.current, self.hidden = snapshot, self._withdrawn()
        self.titles[snapshot] = self._titles(self.hidden)

    def _titles(self, withdrawn: set[str]) -> dict[str, str]:
        return {
            name: str(row["title"]) for name, row in self.source.items() if name not in withdrawn
        }

    def _try_add(self, override: Override) -> Override | None:
        try:
            return self.log.add([override], AT)[0]
        except OverrideError:
            assert self.log.version() == self.version
            return None

    def _added(self, entry: Override | None) -> None:
        if entry is not None:
            self.version = entry.id
            self.overrides[entry.id] = entry


def _override(kind: str, article: str, pick: str) -> Override:
    fields = {
        "hold": {"article": article},
        "withdraw": {"article": article},
        "block": {"pick": pick, "article": article if article < pick else ""},
        "pin": {"article": article, "pick": pick, "place": 1},
    }[kind]
    return Override(kind=Kind(kind), author="ann", **fields)  # type: ignore[arg-type]


def _cards(snapshot: Snapshot, article: str, active: ActiveOverrides) -> Any:
    """Return the cards under an article; None for a 404."""
    try:
        answer = related_answer(snapshot, article, Query(), AT, active)
    except ArticleNotFoundError:
        return None
    return msgspec.json.decode(answer.body)["cards"]


Newsroom.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=15,
    deadline=None,
    # Crashes come at other moments each time, so that a shorter sequence would be found by chance.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestNewsroom = Newsroom.TestCase
