"""``recommender override`` and ``recommender articles withdraw``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recommender.cli import recommender
from recommender.errors import OverrideError
from recommender.settings import Settings


@pytest.fixture
def home(settings: Settings, snapshot_id: str) -> Path:
    assert snapshot_id
    return settings.home


def call(home: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(recommender, [*arguments, "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_pin_list_undo_history(home: Path) -> None:
    pinned = call(home, "override", "pin", "talks/0", "football/5", "--place", "1",
                  "--reason", "the final", "--by", "Ann")  # fmt: skip
    assert pinned.output == "entry 1: pin under talks/0: football/5 at 1\n"
    (row,) = json.loads(call(home, "override", "list", "--json").output)
    assert (row["pick"], row["author"], row["reason"]) == ("football/5", "Ann", "the final")
    assert "football/5" in call(home, "override", "list").output
    related = json.loads(call(home, "related", "talks/0", "--json").output)
    assert related["cards"][0]["origin"] == "editor"
    call(home, "override", "undo", "1")
    assert call(home, "override", "list").output == ""
    lines = call(home, "override", "history").output.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert len(json.loads(call(home, "override", "history", "--by", "Ann", "--json").output)) == 1


def test_block_boost_hold(home: Path) -> None:
    call(home, "override", "block", "talks/0", "talks/1")
    call(home, "override", "block", "talks/2")
    call(home, "override", "block", "--section", "sport")
    call(home, "override", "boost", "reactor/1", "--factor", "2")
    call(home, "override", "hold", "talks/3", "--until", "2099-01-01")
    rows = json.loads(call(home, "override", "list", "--json").output)
    assert [(r["kind"], r["article"], r["pick"], r["scope"]) for r in rows] == [
        ("block", "talks/0", "talks/1", "article"),
        ("block", "", "talks/2", "article"),
        ("block", "", "sport", "section"),
        ("boost", "", "reactor/1", "article"),
        ("hold", "talks/3", "", "article"),
    ]
    assert rows[-1]["until"] == "2099-01-01T00:00:00Z"
    assert call(home, "override", "hold").exit_code == 2
    assert call(home, "override", "block").exit_code == 2
    assert call(home, "override", "block", "a", "--tag", "b").exit_code == 2


def test_a_hold_of_a_section_is_exported_imported_and_undone(home: Path, tmp_path: Path) -> None:
    def cards(article: str) -> list[object]:
        found: list[object] = json.loads(call(home, "related", article, "--json").output)["cards"]
        return found

    held = call(home, "override", "hold", "--section", "Sport", "--reason", "paid")
    assert held.output == "entry 1: hold section Sport\n"
    assert cards("football/0") == []
    assert len(cards("talks/0")) == 6
    exported = tmp_path / "overrides.csv"
    exported.write_text(call(home, "override", "export").output, encoding="utf-8")
    call(home, "override", "undo", "1")
    assert len(cards("football/0")) == 6
    call(home, "override", "import", str(exported))
    assert cards("football/0") == []
    assert call(home, "override", "hold", "talks/0", "--tag", "b").exit_code == 2
    assert call(home, "override", "hold", "--section", "a", "--tag", "b").exit_code == 2
    with pytest.raises(OverrideError, match="an equal override exists already"):
        call(home, "override", "hold", "--section", "Sport")


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (("hold", "--section", "SPORT"), ""),
        (
            ("hold", "--section", "sprot"),
            "no article has the section 'sprot'; did you mean 'sport'?",
        ),
        (
            ("block", "--tag", "nosuch"),
            "no article has the tag 'nosuch'; it applies to later articles",
        ),
        (
            ("boost", "--author", "Ann", "--factor", "2"),
            "no article has the author 'Ann'; it applies",
        ),
    ],
)
def test_a_name_that_no_article_has_is_a_warning(
    home: Path, arguments: tuple[str, ...], warning: str
) -> None:
    done = call(home, "override", *arguments)
    assert "entry 1: " in done.stdout
    assert ("warning: " + warning in done.stderr) if warning else done.stderr == ""
    undone = call(home, "override", "undo", "1")
    assert undone.stderr == ""


def test_an_import_leaves_out_what_is_active(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("kind,scope,pick\nblock,article,talks/1\nblock,section,sport\n")
    call(home, "override", "block", "--section", "Sport", "--reason", "other")
    done = call(home, "override", "import", str(file)).stdout
    assert done == "added 1 override; 1 is active already\n"
    done = call(home, "override", "import", str(file)).stdout
    assert done == "added 0 overrides; 2 are active already\n"
    call(home, "override", "undo", "2")
    file.write_text("kind,pick,until\nblock,talks/1,2100-01-01\nblock,talks/1,2100-01-01\n")
    done = call(home, "override", "import", str(file)).stdout
    assert done == "added 1 override; 1 is active already\n"


def test_an_invalid_override_is_one_error_line(home: Path) -> None:
    for given, hint in {
        "talks/99": "did you mean 'talks/",
        "nope": "`recommender articles list` has all",
        "http://www.site.example/talks/1/?utm_source=a": "that is the URL of 'talks/",
    }.items():
        with pytest.raises(OverrideError, match="expected the id of an article") as error:
            call(home, "override", "pin", "talks/0", given, "--place", "1")
        assert hint in str(error.value)


def test_a_list_of_ids_applies_all_or_none(home: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("talks/1\n\ntalks/2\ntalks/1\n", encoding="utf-8")
    done = call(home, "override", "block", "talks/0", "--ids", str(ids), "--reason", "old")
    assert done.output.splitlines() == [
        "entry 1: block under talks/0: talks/1",
        "entry 2: block under talks/0: talks/2",
    ]
    assert "entry 4: block talks/2" in call(home, "override", "block", "--ids", str(ids)).output
    call(home, "override", "boost", "--ids", str(ids), "--factor", "0.5")
    call(home, "override", "hold", "--ids", str(ids))
    rows = json.loads(call(home, "override", "list", "--json").output)
    assert [row["kind"] for row in rows] == ["block"] * 4 + ["boost"] * 2 + ["hold"] * 2
    assert "entry 10" in call(home, "override", "undo", "7", "8").output
    ids.write_text("talks/3\nnope\n", encoding="utf-8")
    with pytest.raises(OverrideError, match="'nope'"):
        call(home, "override", "hold", "--ids", str(ids))
    assert len(json.loads(call(home, "override", "list", "--json").output)) == 6
    ids.write_text("\n", encoding="utf-8")
    assert call(home, "override", "hold", "--ids", str(ids)).exit_code == 2
    assert call(home, "override", "block", "--ids", str(ids)).exit_code == 2
    assert call(home, "override", "block", "a", "b", "--ids", str(ids)).exit_code == 2


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (
            "pin,talks/2,talks/2,1",
            "line 3: pin: expected another article, got 'talks/2' under itself",
        ),
        (
            "pin,talks/2,nope,1",
            "line 3: article 'nope': expected the id of an article in the catalogue",
        ),
        ("pin,talks/0,talks/3,1", "line 3: pin .*place 1 is taken by 'talks/1' .entry 1 "),
        (
            "pin,talks/2,talks/3,1e9",
            "line 3: place: expected a number from 1 to 20, got 1000000000",
        ),
    ],
)
def test_an_invalid_line_is_named_and_nothing_applied(
    home: Path, tmp_path: Path, line: str, named: str
) -> None:
    good = "kind,article,pick,place\npin,talks/0,talks/1,1\n"
    (tmp_path / "some.csv").write_text(good + line)
    with pytest.raises(OverrideError, match=f"{named}.*nothing was applied"):
        call(home, "override", "import", str(tmp_path / "some.csv"))
    assert call(home, "override", "history").output == ""


def test_withdraw_and_restore(home: Path) -> None:
    call(home, "articles", "withdraw", "talks/1", "--reason", "legal")
    shown = json.loads(call(home, "related", "talks/0", "--json").output)["cards"]
    assert "talks/1" not in [card["id"] for card in shown]
    assert call(home, "articles", "restore", "talks/1").output.startswith("restored: talks/1")
