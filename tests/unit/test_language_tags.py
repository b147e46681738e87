"""Language tags are read in the spellings of real sources."""

import pytest

from recommender.language_tags import (
    canonical_tag,
    language_and_script,
    leaves_script_open,
    primary_language,
    tag_with_script,
    tag_without_region,
)


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en", "en"),
        (" EN ", "en"),
        ("en_us", "en-US"),
        ("pl_PL.UTF-8", "pl-PL"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("zh-cht", "zh-Hant"),
        ("es-419", "es-419"),
        ("en-", "en"),
        ("iw", "he"),
        ("in_ID", "id-ID"),
        ("ji", "yi"),
        ("jw", "jv"),
        ("mo", "ro"),
        ("sh", "sr-Latn"),
        ("sh-Cyrl", "sr-Cyrl"),
        ("deu", "de"),
        ("cmn-Hans", "zh-Hans"),
        ("English", "en"),
        ("norwegian bokmål", "nb"),
        ("", ""),
        ("und", ""),
        ("cz", ""),
        ("jp-JP", ""),
        ("en-zh", ""),
        ("pl_EN", ""),
        ("en-EN", "en-EN"),
        ("no-NB", "no-NB"),
        ("en-UK", "en-UK"),
        ("en-EU", "en-EU"),
        ("tpi", "tpi"),
        ("mul", ""),
        ("zxx", ""),
        ("x-default", ""),
        ("en, fr", ""),
        ("Klingonese", ""),
        ("12", ""),
    ],
)
def test_a_tag_is_read_in_its_present_spelling(raw: str, tag: str) -> None:
    assert canonical_tag(raw) == tag
    assert canonical_tag(tag) == tag


@pytest.mark.parametrize(
    ("raw", "group"),
    [
        ("en-GB", "en"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("no", "no"),
        ("da", "da"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("sr-RS", "sr"),
        ("sr-Cyrl", "sr"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-ME", "sr-Latn"),
        ("pa-PK", "pa-Arab"),
        ("uk-Cyrl", "uk"),
        ("hi-Latn", "hi-Latn"),
        ("iw", "he"),
    ],
)
def test_a_group_can_read_the_same_texts(raw: str, group: str) -> None:
    assert language_and_script(raw) == group
    assert primary_language(raw) == group.partition("-")[0]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [("en-US", "en"), ("zh-TW", "zh-Hant"), ("zh", "zh"), ("sr-Latn-RS", "sr-Latn"), ("?", "")],
)
def test_only_a_region_with_a_script_of_its_own_is_kept(raw: str, plain: str) -> None:
    assert tag_without_region(raw) == plain


def test_the_text_decides_only_where_the_tag_leaves_the_script_open() -> None:
    opened = [
        tag for tag in ("zh", "zh-TW", "sr", "sr-RS", "sr-ME", "en") if leaves_script_open(tag)
    ]
    assert opened == ["zh", "sr", "sr-RS"]
    assert tag_with_script("sr-RS", "Latn") == "sr-Latn-RS"
    assert tag_with_script("sr-RS", "Cyrl") == "sr-RS"
    assert tag_with_script("zh", "Hans") == "zh-Hans"
    assert tag_with_script("zh-TW", "Hans") == "zh-TW"
    assert tag_with_script("en", "Cyrl") == "en"
