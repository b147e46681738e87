"""Overrides as files: read back unchanged; a broken line applies nothing."""

from datetime import UTC
from pathlib import Path

import pytest

from recommender.errors import OverrideError
from recommender.overrides.edits.import_export import read, read_file, write
from recommender.overrides.override import Kind, Override, Scope

SOME = [
    Override(kind=Kind.PIN, article="a", pick='b,"c"', place=2, reason="ż\nx", ends=4_000_000_000),
    Override(kind=Kind.BOOST, pick="tag, x", scope=Scope.TAG, factor=0.5),
    Override(kind=Kind.HOLD, article="d"),
]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_written_values_are_read_back(form: str) -> None:
    assert [line.override for line in read(write(SOME, form), form, UTC)] == SOME


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("kind,article,pick,place\npin,a,b,1\npin,a,b", "line 3: expected as many cells"),
        ("kind,article,pick,place\npin,a,b,first", "line 2: .*place.*nothing was applied"),
        ("kind,article\nnonsense,a", "line 2: kind: expected one of pin, block, .* got 'nonsense'"),
        ("kind,article\n,a", "line 2: kind: expected one of pin, .* got ''"),
        ("kind,scope,pick\nblock,tags,a", "line 2: scope: expected one of article, .* got 'tags'"),
        ("kind,pick,factor\nboost,a,much", "line 2: factor: expected a number, got 'much'"),
        ("kind,colour\nhold,red", "line 1: expected one of the names kind, .* got 'colour'"),
        ("kind,article,colour\nhold,a,", "line 1: expected one of the names .* got 'colour'"),
        ("pin,a,b\npin,c,d", "line 1: expected one of the names kind, .* got 'a'"),
        ('kind,article\nhold,"a', "line 2: "),
        (
            "kind,article,until\nhold,a,tomorrow",
            "line 2: until: expected RFC 3339, .* got 'tomorrow'",
        ),
    ],
)
def test_a_broken_line_is_named(text: str, named: str) -> None:
    with pytest.raises(OverrideError, match=named):
        read(text, "csv", UTC)


@pytest.mark.parametrize(
    ("text", "form", "named"),
    [
        ("\0" * 40, "csv", "NUL characters"),
        ("kind,article\nhold,a\0", "csv", "NUL characters"),
        ("", "csv", "at least one override"),
        ("kind,article\n", "csv", "at least one override"),
        ("<html>", "csv", "line 1: expected one of the names"),
        ("[]", "json", "at least one override"),
    ],
)
def test_a_file_without_overrides_is_no_success(text: str, form: str, named: str) -> None:
    with pytest.raises(OverrideError, match=named):
        read(text, form, UTC)


def test_broken_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"kind": "hold"}, 5]')
    with pytest.raises(OverrideError, match="JSON"):
        read_file(tmp_path / "x.json", UTC)
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(OverrideError, match="UTF-8"):
        read_file(tmp_path / "x.csv", UTC)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-a", "@SUM(A1)", "'=x", "'quoted'", "a=b"])
def test_csv_has_no_formulas(text: str) -> None:
    entry = Override(kind=Kind.BLOCK, pick=text, reason=text)
    written = write([entry], "csv")
    cells = written.split("\n")[1].split(",")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert read(written, "csv", UTC)[0].override == entry
