"""Names of the fields of an article in exports, front matter and databases.

They are compared without case, spaces, ``_`` and ``-``: ``Publish Date``, ``publish_date`` and
``publishDate`` are one name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

ALIASES = {
    "id": "guid uuid postid articleid nid documentid itemid entryid contentid identifier"
    " internalid",
    "title": "headline name posttitle articletitle",
    "published": "date pubdate publishdate publishedat publisheddate datepublished postdategmt"
    " postdate publicationdate publishedon publishat publishon dategmt firstpublishedat"
    " firstpublisheddate dateposted publishup created createdat createddate createdon datecreated",
    "teaser": "description summary excerpt lead abstract deck standfirst dek lede customexcerpt"
    " postexcerpt postsummary subtitle subheadline intro introtext shortdescription"
    " metadescription",
    "body": "content text articlebody postcontent postbody bodytext plaincontent contenthtml html"
    " contenttext plaintext fulltext maintext bodyhtml articletext",
    "url": "link permalink canonicalurl posturl postpageurl articleurl pageurl weburl"
    " mainentityofpage",
    "updated": "lastmod updatedat updateddate lastmodifiedat modified datemodified modifiedat"
    " modifieddate dateupdated updatedon lastmodified lastupdated lastpublisheddate"
    " postmodifiedgmt postmodified modifiedgmt changed",
    "expires": "expirydate expiresat unpublishdate expirationdate unpublishat unpublishon"
    " publishdown",
    "section": "articlesection maincategory primarycategory primarytag category categories",
    "tags": "keywords topics hashtags posttags tag labels",
    "authors": "author byline creator writer authorname primaryauthor",
    "language": "lang locale langcode languagecode inlanguage contentlanguage",
    "image": "cover heroimage featuredimage featureimage thumbnail img coverimage mainimage"
    " imageurl featuredimageurl thumbnailurl leadimage",
    "image_alt": "alt heroimagealt coveralt featureimagealt imagealttext coverimagealt",
    "links": "",
    "translations": "translationof translationgroup translationkey translationid",
    "status": "poststatus contentstatus publicationstatus moderationstate",
    "formerly": "formerids",
}
"""Other names of each field, as they are compared; the first one with a value is used.

Hugo, Jekyll, Astro, Eleventy, Ghost, WordPress (database and API), Strapi, Sanity, Wix, Substack,
Webflow, HubSpot, Drupal, Directus, Payload, schema.org."""

REQUIRED = ("id", "title", "published")
"""Fields that every article has."""

MAX_LISTED = 8
"""Names that a message lists."""

_WRAPPED = re.compile(
    r"^(?:attributes|fields|sys|schema)[.:]"
    r"|(?:\.(?:data|attributes|fields|asset)){0,9}\.(?:name|title|label|src|url|current)$"
)
"""Parts of names in flattened JSON: ``attributes.title`` (Strapi), ``slug.current`` (Sanity)."""

_BLANK_DATE = re.compile(r"0000-00-00.*")


@lru_cache(1024)
def key_of(name: str) -> str:
    """Return a field name as it is compared: without case, spaces, ``_`` and ``-``."""
    return re.sub(r"[\s_@-]+", "", _WRAPPED.sub("", name.strip())).casefold()


KEYS = {field: (key_of(field), *aliases.split()) for field, aliases in ALIASES.items()}
"""Every name of each field, as it is compared."""


def keyed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not empty by their names as they are compared."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if not is_missing(value):
            found.setdefault(key_of(str(name)), value)
    return found


def renamed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Rename fields to those of an article; unknown and empty fields are dropped."""
    return chosen(keyed(fields))


def chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the fields of an article among those that :func:`keyed` returns."""
    found: dict[str, Any] = {}
    for field, keys in KEYS.items():
        if key := next((key for key in keys if key in given), None):
            found[field] = _in_utc(given[key]) if key.endswith("gmt") else given[key]
    return found


def is_missing(value: Any) -> bool:
    """Return whether a value is empty, or the empty date of MySQL."""
    if isinstance(value, str):
        return not value or bool(_BLANK_DATE.fullmatch(value))
    return value is None or (isinstance(value, float) and math.isnan(value))


def missing_field(name: str, given: Iterable[str]) -> str:
    """Write the error for a missing field, with the name that was probably meant.

    Parameters
    ----------
    name : the missing field.
    given : the names that the record or table has.
    """
    by_key = _by_key(given)
    meant = _meant(name, by_key)
    if meant is None:
        found = listed(by_key.values())
        hint = f", and this one has {found}; rename the one that is meant" if found else ""
        return f"{name!r} is missing; every article has {', '.join(REQUIRED)}{hint}"
    return f"{name!r} is missing (it has {meant!r}); rename it"


def missing_fields(names: Sequence[str], given: Iterable[str]) -> str:
    """Write the error for one or more missing fields, as :func:`missing_field` does for one."""
    by_key = _by_key(given)
    if len(names) == 1:
        return missing_field(names[0], by_key.values())
    meant = [(name, _meant(name, by_key)) for name in names]
    parts = [f"{name!r} (it has {one!r})" if one else repr(name) for name, one in meant]
    found = listed(by_key.values())
    hint = f", and this one has {found}; rename those that are meant" if found else ""
    return (
        f"{', '.join(parts[:-1])} and {parts[-1]} are missing; every article has "
        f"{', '.join(REQUIRED)}{hint}"
    )


def _by_key(given: Iterable[str]) -> dict[str, str]:
    """Return names that are not those of a field by how they are compared."""
    return {key_of(one): one for one in map(str, given) if one not in ALIASES}


def _meant(name: str, by_key: Mapping[str, str]) -> str | None:
    """Return the given name that probably means a field."""
    close = get_close_matches(key_of(name), by_key, n=1, cutoff=0.8)
    return next((by_key[one] for one in (*KEYS[name], *close) if one in by_key), None)


def listed(names: Iterable[str]) -> str:
    """Quote the first names for a message, and count the others."""
    first = [repr(str(name)[:40]) for name in names]
    more = [f"{len(first) - MAX_LISTED} more"] if len(first) > MAX_LISTED else []
    return ", ".join([*first[:MAX_LISTED], *more])


def _in_utc(value: Any) -> Any:
    """Add the zone to a date of a column such as ``post_date_gmt``, which names none."""
    text = str(value)
    return f"{text}Z" if re.fullmatch(r"[\d-]+[T ][\d:.]+", text) else value
