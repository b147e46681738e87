"""Rules for a section, tag or author that no article has are named, wherever one would look."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from command_line import run
from real_server import eventually
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope
from recommender.reports.health import examine
from recommender.reports.rule_checks import rules_without_articles, section_lines
from recommender.settings import Ranking, Settings
from recommender.settings.definitions import Recency
from sample_site import ENCODER, NOW, publish, records, write_jsonl

AT = NOW.timestamp()
DAY = 86_400


@pytest.fixture
def log(settings: Settings, snapshot_id: str) -> Iterator[Log]:
    """The log of the sample site, which has the sections sport and politics."""
    assert snapshot_id
    with closing(Log(settings.catalogue_url)) as log:
        yield log


def rule(kind: Kind, scope: Scope, name: str, **given: Any) -> Override:
    return Override(kind=kind, scope=scope, pick=name, author="ann", **given)


def renamed(settings: Settings, **changed: Any) -> list[str]:
    """Publish the reports on football with other fields; return the lines about rules."""
    rows = [row | (changed if row["section"] == "sport" else {}) for row in records()]
    publish(settings, write_jsonl(settings.home / "site.jsonl", rows))
    return rules_without_articles(settings, AT)


def test_a_renamed_section_is_named_with_the_fix(settings: Settings, log: Log) -> None:
    log.add([rule(Kind.BLOCK, Scope.SECTION, "Sport")], AT)
    log.add([rule(Kind.BOOST, Scope.SECTION, "politics", factor=2.0)], AT)
    assert rules_without_articles(settings, AT) == []
    expected = (
        "override 1, block: no article has the section 'Sport'; if it was renamed, add the same "
        "for the new name, then run `recommender override undo 1`"
    )
    assert renamed(settings, section="Games") == [expected]
    assert [one.text for one in examine(NOW, settings.home, {}) if one.check == "rules"] == [
        expected
    ]
    log.add([Override(kind=Kind.UNDO, undoes=1, author="ann")], AT)
    assert rules_without_articles(settings, AT) == []


@pytest.mark.parametrize(
    ("scope", "field"), [(Scope.TAG, "tags"), (Scope.AUTHOR, "authors"), (Scope.SECTION, "section")]
)
def test_tags_and_authors_are_named_as_well(
    settings: Settings, log: Log, scope: Scope, field: str
) -> None:
    def value(name: str) -> Any:
        return name if field == "section" else [name]

    assert renamed(settings, **{field: value("Winter games")}) == []
    log.add([rule(Kind.HOLD, scope, " WINTER  games")], AT)
    assert rules_without_articles(settings, AT) == [], "case and spaces do not matter"
    (line,) = renamed(settings, **{field: value("Snow")})
    assert f"override 1, hold: no article has the {scope} 'WINTER  games'" in line


def test_a_rule_that_has_ended_is_not_named(settings: Settings, log: Log) -> None:
    log.add([rule(Kind.BLOCK, Scope.SECTION, "Sports", ends=int(AT) + DAY)], AT)
    log.add([rule(Kind.BLOCK, Scope.SECTION, "Weather", starts=int(AT) + DAY)], AT)
    before, after = (rules_without_articles(settings, AT + n * DAY) for n in (0, 2))
    assert [line.partition(",")[0] for line in before] == ["override 1", "override 2"]
    assert [line.partition(",")[0] for line in after] == ["override 2"]


def test_an_index_run_names_them(settings: Settings, log: Log) -> None:
    log.add([rule(Kind.BLOCK, Scope.SECTION, "sport")], AT)
    rows = [row | {"section": row["section"].replace("sport", "Games")} for row in records()]
    source = str(write_jsonl(settings.home / "site.jsonl", rows))
    toml = f'embedding_model = "{ENCODER}"\n[ranking]\nnewest_only_sections = ["sport"]\n'
    (settings.home / "recommender.toml").write_text(toml)
    for option in ("--full", "--lock-timeout=9"):
        done = run(settings.home, "index", source, option, "--now", NOW.isoformat())
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("override 1, block: no article has the section 'sport'") == 1
        assert done.stdout.count("newest_only_sections: no article has the section 'sport'") == 1


def test_they_need_attention_at_the_desk(browser: Any, settings: Settings) -> None:
    ann = browser("ann")
    rules = {"scope": "section", "name": "sport"}
    form = {"kind": "block", "do": "save", "seen": "0"}
    assert ann.post("/desk/rules", query_string=rules, data=form).status_code == 303
    assert "No article has this name" not in ann.get("/desk/attention").text
    assert renamed(settings, section="Games")
    eventually(lambda: "No article has this name" in ann.get("/desk/attention").text)
    page = ann.get("/desk/attention").text
    assert page.count('class="review"') == 1
    assert "name=sport" in page.partition('class="review"')[2]


def test_sections_of_the_settings_without_articles_are_named() -> None:
    half_life = {"sport": Recency(), "Opinion": Recency()}
    ranking = Ranking(newest_only_sections=["Wether", "Łotto"], recency_by_section=half_life)
    problem = "no article has the section"
    assert list(section_lines({"Weather", "Sport", ""}, ranking)) == [
        f"setting ranking.newest_only_sections: {problem} 'Wether'; did you mean 'Weather'?",
        f"setting ranking.newest_only_sections: {problem} 'Łotto'",
        f"setting ranking.recency_by_section: {problem} 'Opinion'",
    ]
    assert list(section_lines({"WEATHER "}, Ranking(newest_only_sections=["weather"]))) == []
