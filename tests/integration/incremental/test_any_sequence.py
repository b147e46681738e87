"""Any sequence of changes ends in what one incremental run over all of them publishes."""

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from incremental_site import (
    LATER,
    add,
    copied,
    current,
    new_record,
    presented,
    run,
    site_settings,
)
from recommender.catalogue.store import Catalogue
from sample_site import TOPICS, records

SEQUENCES = int(os.environ.get("RECOMMENDER_SEQUENCES", "5"))
"""Sequences of changes that are tried."""

NUMBERS = st.integers(0, 23)


class Changes(RuleBasedStateMachine):
    """Random changes of the archive, each followed by an incremental run."""

    fitted: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = self.folder / "home"
        shutil.copytree(self.fitted, self.home)
        self.records = {row["id"]: row for row in records()}
        self.changed = False

    @rule(number=st.integers(0, 9), topic=st.sampled_from(sorted(TOPICS)))
    def publish_article(self, number: int, topic: str) -> None:
        self._store(new_record(number, topic))

    @rule(number=NUMBERS, words=st.sampled_from(sorted(TOPICS.values())))
    def change_text(self, number: int, words: str) -> None:
        row = self._pick(number)
        self._store(row | {"title": f"{row['title']}, updated", "body": f"{words}. {row['body']}"})

    @rule(number=NUMBERS)
    def reprint(self, number: int) -> None:
        row = self._pick(number)
        self._store(row | {"id": f"reprint/{number}", "url": f"https://site.example/r/{number}"})

    @rule(number=NUMBERS, status=st.sampled_from(["withdrawn", "draft", "published"]))
    def set_status(self, number: int, status: str) -> None:
        self._store(self._pick(number) | {"status": status})

    @rule(number=NUMBERS, hours=st.sampled_from([-5, 5]))
    def set_embargo(self, number: int, hours: int) -> None:
        self._store(self._pick(number) | {"published": _in(hours)})

    @rule(number=NUMBERS, hours=st.sampled_from([-5, 5]))
    def set_expiry(self, number: int, hours: int) -> None:
        self._store(self._pick(number) | {"expires": _in(hours)})

    @rule(number=NUMBERS)
    def move(self, number: int) -> None:
        row = self._pick(number)
        self.records.pop(row["id"])
        self._store(row | {"id": f"moved/{row['id']}", "formerly": [row["id"]]})

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        catalogue = Catalogue(site_settings(self.home).catalogue_url)
        self.records.pop(self._pick(number)["id"])
        catalogue.withdraw_all_but(self.records.keys(), LATER)
        catalogue.close()
        self.changed = True

    @invariant()
    def equals_one_run(self) -> None:
        if not self.changed:
            return
        self.changed = False
        result = run(self.home)
        assert result.increment is not None or "newer than the last" in result.reason
        other = copied(self.home, self.folder / "once")
        run(other)
        assert presented(current(self.home)) == presented(current(other))
        shown = {i for i, row in self.records.items() if _is_public(row)}
        assert presented(current(self.home)).keys() == shown
        shutil.rmtree(other)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _pick(self, number: int) -> dict[str, Any]:
        rows = list(self.records.values())
        return rows[number % len(rows)]

    def _store(self, row: dict[str, Any]) -> None:
        add(self.home, row)
        self.records[row["id"]] = row
        self.changed = True


def _in(hours: int) -> str:
    return (LATER + timedelta(hours=hours)).isoformat()


def _is_public(row: dict[str, Any]) -> bool:
    now = LATER.isoformat()
    return (
        row.get("status", "published") == "published"
        and row["published"] <= now
        and not ("expires" in row and row["expires"] <= now)
    )


def test_any_sequence_of_changes_equals_one_run(fitted: Path) -> None:
    Changes.fitted = fitted
    run_state_machine_as_test(
        Changes,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
