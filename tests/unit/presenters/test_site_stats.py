"""Statistics of the site: those of the state of a request, and each behind a lock of its own."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from recommender.catalogue.accounts import Accounts
from recommender.catalogue.database import open_database
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.replica import OverrideSet
from recommender.settings import Settings
from sample_snapshot import site
from service.desk.presenters.context import DeskContext
from service.desk.presenters.site_stats import SiteStats
from service.desk.views.search import ArticleSearch, Narrowing
from service.state.serving_state import ServingState
from service.state.state_updater import StateUpdater

NOW = time.time()


class States(NamedTuple):
    """What is served before and after a publication."""

    before: ServingState
    after: ServingState


def hold(number: int, article: str) -> Override:
    """A change that needs attention, because it ends soon."""
    return Override(kind=Kind.HOLD, id=number, article=article, ends=int(NOW) + 3600)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The second has a newer article and one more change, so that rows and entries differ."""
    added = {"id": "added", "title": "Added", "body": "Word.", "published": "2026-10-31T00:00:00Z"}
    folder: Path = tmp_path_factory.mktemp("before")
    first, second = hold(1, "football/7"), hold(2, "added")
    return States(
        ServingState(site(folder), known=OverrideSet(1, (first,))),
        ServingState(
            site(tmp_path_factory.mktemp("after"), added), known=OverrideSet(2, (first, second))
        ),
    )


@pytest.fixture
def context(settings: Settings) -> Iterator[DeskContext]:
    """A desk without a state of its own: each request brings one."""
    url = settings.catalogue_url
    engine = open_database(url)
    updater = StateUpdater(settings.home, url)
    yield DeskContext(settings, updater, Accounts(engine), Log(url, engine))
    engine.dispose()


def test_statistics_are_of_the_state_that_the_request_took(
    context: DeskContext, states: States
) -> None:
    """Although a request that began later has been answered from a newer one."""
    stats = SiteStats(context)
    for state in (states.before, states.after, states.before):
        assert len(stats.card_counts(state, NOW).counts) == len(state.snapshot)
        queue = stats.review_queue(state, NOW)
        assert [one.decision for one in queue] == list(state.known.overrides)
        assert stats.model_agreement(state, NOW).pinned == 0


def test_a_search_has_articles_of_the_state_that_the_request_took(
    context: DeskContext, states: States
) -> None:
    search, narrow = ArticleSearch(context, SiteStats(context)), Narrowing(attention=True)
    for state in (states.before, states.after, states.before):
        found = search.find("", state, narrow)
        expected = {one.article for one in state.known.overrides}
        assert {one["id"] for one in found} == expected
        assert all(one["reasons"] == ["ending"] for one in found)


def test_a_slow_statistic_delays_no_other_one(context: DeskContext, states: States) -> None:
    stats, asked, answered = SiteStats(context), threading.Event(), threading.Event()

    def slow(_: Override, __: float) -> bool:
        asked.set()
        return answered.wait(60)

    waiting = threading.Thread(
        target=stats.active, args=({"all": slow}, states.before, NOW), daemon=True
    )
    waiting.start()
    assert asked.wait(60)
    other = threading.Thread(target=stats.review_queue, args=(states.before, NOW), daemon=True)
    other.start()
    other.join(20)
    assert not other.is_alive()
    answered.set()
    waiting.join()
    other.join()


def test_a_statistic_is_computed_once_a_state_and_minute(
    context: DeskContext, states: States
) -> None:
    stats, minute = SiteStats(context), 60 * int(NOW / 60)
    first = stats.review_queue(states.before, minute)
    assert stats.review_queue(states.before, minute + 59) is first
    assert stats.review_queue(states.before, minute + 60) is not first
