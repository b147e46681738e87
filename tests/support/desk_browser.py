"""The desk in a browser: a server with accounts, and what an editor does at its pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk_client import PASSWORD
from embedding_page import Site
from real_server import RealServer, serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.schema import articles
from recommender.settings import load_settings
from sample_site import ENCODER, NOW, publish, records, write_jsonl

UNDO_SAVED = re.compile(r"^Undo (this change|the \d+ changes just saved)$")
"""Name of the button beside "Saved."."""

SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"
"""Title and teaser of ``reactor/7``."""


@contextmanager
def desk_server(folder: Path, url: str, site: Site) -> Iterator[RealServer]:
    """Serve the sample site, with three accounts in the database at ``url``."""
    home = folder / "home"
    settings = load_settings(home, environ={}, embedding_model=ENCODER, database_url=url)
    rows = [row | {"tags": ["news"], "authors": ["Ann Nowak"]} for row in records()]
    publish(settings, write_jsonl(folder / "site.jsonl", rows))
    engine = open_database(url)
    with engine.begin() as connection:
        changed = {"title": SCRIPT, "teaser": SCRIPT}
        connection.execute(articles.update().where(articles.c.id == "reactor/7").values(changed))
    publish(settings)
    for name in ("ann", "bob", "guess"):
        Accounts(engine).add(name, Role.ADMIN, PASSWORD, NOW.timestamp())
    engine.dispose()
    lines = f'database_url = "{url}"\ncors_origins = ["{site.origin}"]\n'
    (home / "recommender.toml").write_text(lines, encoding="utf-8")
    with serving(home) as running:
        yield running


def sign_in(tab: Any, name: str, password: str = PASSWORD) -> None:
    tab.get_by_label("Account name").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in", exact=True).click()


def article(tab: Any, server: RealServer, name: str) -> None:
    tab.goto(f"{server.origin}/desk/article?id={name}")


def picks(tab: Any) -> list[str]:
    found: list[str] = tab.eval_on_selector_all(
        "#order li[data-place]", "cards => cards.map(card => card.dataset.pick)"
    )
    return found


def card(tab: Any, place: int) -> Any:
    return tab.locator("#order li[data-place]").nth(place - 1)


def press(tab: Any, place: int, name: str) -> None:
    """Press a button of a card by the keyboard."""
    button = card(tab, place).get_by_role("button", name=name)
    button.focus()
    with answered(tab):
        tab.keyboard.press("Enter")
    tab.get_by_text("Not saved yet: readers do not see this.").wait_for()


@contextmanager
def answered(tab: Any) -> Iterator[None]:
    """What is done within asks the server, and its answer is shown afterwards."""
    with tab.expect_response(is_work):
        yield
    tab.locator("#work:not([data-waiting])").wait_for()


def is_work(answer: Any) -> bool:
    return answer.request.method == "POST" and "/desk/article" in answer.url


def save(tab: Any) -> None:
    tab.get_by_role("button", name="Save", exact=True).click()


def undo(tab: Any) -> None:
    tab.get_by_role("button", name=UNDO_SAVED).click()
    tab.get_by_text("Undone.").wait_for()


def public(server: RealServer, tab: Any, name: str) -> list[str]:
    cards = tab.request.get(f"{server.origin}/v1/articles/{name}/related").json()["cards"]
    return [one["id"] for one in cards]


def widget(tab: Any, site: Site, server: RealServer) -> list[str]:
    """The cards that readers get from the widget on a page of another origin."""
    tab.goto(site.page(server.origin))
    links = tab.locator("related-posts a")
    links.first.wait_for()
    found = [link.get_attribute("href") for link in links.all()]
    return [str(href).partition(".example/")[2] for href in found]
