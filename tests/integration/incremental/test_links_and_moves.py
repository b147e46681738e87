"""Incremental runs resolve links and follow articles that have moved."""

from pathlib import Path

from incremental_site import add, current, full_run, new_record, presented, run
from sample_site import records


def test_an_article_that_is_sent_again_keeps_the_links_to_it_and_no_others(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    linking, old = rows["talks/0"], rows["talks/3"]["url"]
    add(home, linking | {"links": ["talks/1", "talks/2"]})
    full_run(home)
    moved = {"id": "moved/3", "formerly": ["talks/3"], "url": "https://site.example/moved/3"}
    add(home, linking | {"links": ["talks/2"]}, rows["talks/2"] | {"teaser": "A new teaser."})
    add(home, rows["talks/3"] | moved | {"links": [old]}, new_record(1, "talks") | {"links": [old]})
    run(home)
    after = current(home)
    ids = [after.identifier(one) for one in range(len(after))]
    pairs = {(ids[one], ids[other]) for one, other in zip(*after.links(), strict=True)}
    assert pairs == {("talks/0", "talks/2"), ("later/1", "moved/3")}
    for target, linkers in {"talks/1": [], "talks/2": ["talks/0"], "moved/3": ["later/1"]}.items():
        row = after.row(target)
        assert row is not None
        assert [ids[one] for one in after.linkers_of(row)] == linkers
    row = after.row("talks/0")
    assert row is not None
    assert [ids[one] for one in after.linked_from(row)] == ["talks/2"]


def test_links_of_later_articles_are_ids_first_and_former_addresses_last(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    add(home, rows["talks/3"] | {"url": "/1"})
    full_run(home)
    add(home, new_record(1, "talks") | {"links": []})
    moved = new_record(1, "talks") | {"url": "https://site.example/moved", "links": []}
    links = ["talks/1", new_record(1, "talks")["url"]]
    add(home, moved, new_record(2, "talks") | {"links": links})
    assert run(home).increment is not None
    after = current(home)
    row = after.row("later/2")
    assert row is not None
    linked = {after.identifier(one) for one in after.linked_from(row).tolist()}
    assert linked == {"talks/1", "later/1"}


def test_paths_of_later_links_are_those_of_the_same_site(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    add(home, rows["talks/3"] | {"url": "/3"})
    full_run(home)
    links = ["https://other.example/3", "https://site.example/5"]
    add(home, new_record(1, "talks") | {"links": links, "url": "https://site.example/later"})
    add(home, new_record(2, "talks") | {"url": "/5", "links": ["https://other.example/3"]})
    add(home, new_record(3, "talks") | {"url": "https://other.example/4", "links": links})
    assert run(home).increment is not None
    after = current(home)
    linked = {
        name: [after.identifier(one) for one in after.linked_from(row).tolist()]
        for name in ("later/1", "later/2", "later/3")
        if (row := after.row(name)) is not None
    }
    assert linked == {"later/1": ["later/2"], "later/2": ["talks/3"], "later/3": ["talks/3"]}


def test_a_former_address_or_id_is_the_last_that_a_later_link_names(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    old = rows["talks/3"]["url"]
    add(home, rows["talks/3"] | {"id": "moved/3", "formerly": ["talks/3"], "url": f"{old}/moved"})
    add(home, rows["talks/4"] | {"url": old})
    full_run(home)
    add(home, new_record(1, "talks") | {"links": [old, "talks/3"]})
    add(home, new_record(2, "talks") | {"formerly": ["later/old"], "links": ["gone"]})
    add(home, new_record(3, "talks") | {"links": ["later/old"]})
    assert run(home).increment is not None
    after = current(home)
    linked = {
        name: {after.identifier(one) for one in after.linked_from(row).tolist()}
        for name in ("later/1", "later/2", "later/3")
        if (row := after.row(name)) is not None
    }
    expected = {"later/1": {"talks/4", "moved/3"}, "later/2": set(), "later/3": {"later/2"}}
    assert linked == expected


def test_an_article_that_came_and_moved_since_the_full_run_keeps_its_addresses(home: Path) -> None:
    addresses = [f"https://site.example/new/{number}" for number in range(3)]
    for number, address in enumerate(addresses):
        formerly = [f"new/{number - 1}"] if number else []
        changes = {"id": f"new/{number}", "url": address, "formerly": formerly}
        add(home, new_record(1, "talks") | changes)
        run(home)
    after = current(home)
    assert [after.rows_of_url(one) for one in addresses] == [[after.row("new/2")]] * 3


def test_an_article_that_moved_and_is_hidden_then_does_not_come_back(home: Path) -> None:
    row = records()[0]
    moved = row | {"id": "moved/0", "formerly": [row["id"]], "url": "https://site.example/new"}
    add(home, moved)
    run(home)
    assert current(home).row(row["id"]) == current(home).row("moved/0")
    assert current(home).rows_of_url(row["url"]) == [current(home).row("moved/0")]
    add(home, moved | {"status": "draft"})
    run(home)
    assert {row["id"], "moved/0"}.isdisjoint(presented(current(home)))
