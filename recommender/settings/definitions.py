"""Settings of a site: their names, types, defaults and meanings."""

from __future__ import annotations

import math
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from recommender.home import DataDir
from recommender.names import name_key

DEFAULT_HOME = Path("var")

LARGEST = 100_000
"""Largest value of a number in the ranking. Manifests cannot store infinity."""

LOWEST_AUTO = 0.5
"""Least ``minimum_relevance`` that "auto" stands for, and its value without a choice."""

MIN_LIMITED = 5
"""Articles, records or lists below which no limit of :class:`PublishLimits` applies."""


class Recency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recency boost: ``boost * 2 ** (-age / half_life_days)``, added to the score."""

    boost: Annotated[float, msgspec.Meta(ge=0, le=LARGEST)] = 0.5
    """Boost of an article published now, in log-odds. 0 turns the boost off."""
    half_life_days: Annotated[float, msgspec.Meta(gt=0, le=LARGEST)] = 7.0
    """Days after which the boost is halved."""


class Ranking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How candidates become cards. Each snapshot stores a copy and is served with it."""

    language: Literal["same", "prefer", "any"] = "same"
    """Whether a card must have, should have or need not have the language of the article."""
    recency: Recency = Recency()
    recency_from: Literal["published", "updated"] = "published"
    """Date from which the age of an article counts: its publication or its last update."""
    recency_by_section: dict[str, Recency] = {}
    """Recency boost under the articles of one section, by section name."""
    minimum_relevance: Literal["auto"] | Annotated[float, msgspec.Meta(ge=0, lt=1)] = "auto"
    """Least probability, from 0 to 1, that a related card has a common topic with the article.

    It is estimated from shared words, semantic similarity, shared tags and links. 0 accepts every
    candidate. With "auto" the links of the archive decide, from 0.5 to 0.95.
    """
    cards: Annotated[int, msgspec.Meta(ge=1, le=20)] = 6
    """Number of cards of a list, where a request has no ``limit``."""
    minimum_cards: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    """Least number of related and pinned cards. An article with fewer shows no card at all."""
    fallback: Literal["latest", "none"] = "latest"
    """What takes the places for which no article is related: the latest of the section, then of
    the site, or nothing. A request can override it."""
    exclude_linked: bool = True
    """Whether an article that the text links to already is left out of the cards under it."""
    exclude_translations: bool = True
    """Whether translations of an article are left out of the cards under it, and of each other's
    lists: a list has one of them."""
    newest_only_sections: list[str] = []
    """Sections of template posts, such as weather reports. Only their newest posts are cards."""
    diversity_penalty: Annotated[float, msgspec.Meta(ge=0, le=LARGEST)] = 8.5
    """Penalty in log-odds for a candidate that is similar to cards already chosen.

    From the fourth card on, this value times the mean similarity to the chosen cards is
    subtracted from the score. Near-duplicates have a similarity of about 1. 0 turns
    diversification off.
    """

    @property
    def threshold(self) -> float:
        """``minimum_relevance`` as a number: the lowest of "auto" where no index run has chosen."""
        value = self.minimum_relevance
        return LOWEST_AUTO if isinstance(value, str) else value

    @property
    def min_evidence(self) -> float:
        """:attr:`threshold` as log-odds; minus infinity for 0."""
        p = self.threshold
        return math.log(p / (1 - p)) if p else -math.inf

    @property
    def is_automatic(self) -> bool:
        """Whether an index run chooses ``minimum_relevance``."""
        return self.minimum_relevance == "auto"

    def with_threshold(self, chosen: float) -> Ranking:
        """Replace a ``minimum_relevance`` of "auto" by the number that was chosen for it."""
        if not self.is_automatic:
            return self
        return msgspec.structs.replace(self, minimum_relevance=chosen)

    def recency_of(self, section: str) -> Recency:
        """Return the recency boost under the articles of ``section``, in any case."""
        if not self.recency_by_section or section in self.recency_by_section:
            return self.recency_by_section.get(section, self.recency)
        by_key = {name_key(name): one for name, one in self.recency_by_section.items()}
        return by_key.get(name_key(section), self.recency)


class PublishLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits beyond which a run keeps its snapshot but does not publish it. 1 is no limit."""

    max_shrinkage: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    """Share of the articles that may be missing, compared with the current snapshot."""
    max_rejected: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    """Share of the records that may be unreadable."""
    max_fallback_increase: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    """By how much the share of lists may grow that are short or filled up with the latest."""
    max_recall_loss: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    """By how much the share of the articles' own links may fall that are among the candidates."""
    max_changed_lists: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of the lists that may lose more than half of their cards."""
    max_text_loss: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    """By how much the share of articles may grow that lack a text or title of their own."""

    def too_many_missing(self, missing: int, total: int) -> bool:
        """Return whether too many of ``total`` articles are missing."""
        return _exceeds(missing, total, self.max_shrinkage)

    def too_many_rejected(self, rejected: int, total: int) -> bool:
        """Return whether too many of ``total`` records could not be read."""
        return _exceeds(rejected, total, self.max_rejected)

    def too_many_changed(self, changed: int, total: int) -> bool:
        """Return whether too many of ``total`` lists lost more than half of their cards."""
        return _exceeds(changed, total, self.max_changed_lists)


class Incremental(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When an index run adds what has changed to the last full run, instead of being one."""

    min_articles: Annotated[int, msgspec.Meta(ge=0)] = 1_000
    """Articles from which it may; a smaller archive is indexed in seconds."""
    max_changed: Annotated[int, msgspec.Meta(ge=0)] = 500
    """Articles that may be new, changed or gone since the full run; 0 makes all runs full ones."""
    max_changed_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    """The same as a share of all articles; 1 is no limit."""
    max_age_hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    """Hours since the full run after which the next run with changes is a full one."""

    def too_many(self, changed: int, total: int) -> bool:
        """Return whether too many of ``total`` articles have changed."""
        share = self.max_changed_share
        return changed > self.max_changed or (share < 1 and changed > share * total)


def _exceeds(count: int, total: int, limit: float) -> bool:
    """Return whether a share is above its limit; a few of a small site say nothing."""
    return count >= MIN_LIMITED and count > limit * total


class HTTP(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits and manners of the HTTP client that fetches sources."""

    user_agent: str = ""
    """User-Agent header; "" is ``related-posts/VERSION``."""
    respect_robots_txt: bool = True
    """Whether pages that robots.txt excludes are left out."""
    allow_private_addresses: bool = False
    """Whether redirects, sitemaps and links of a site may lead into private networks. Addresses
    that you name yourself, and their hosts, are always allowed."""
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=32)] = 4
    """Requests in flight at the same time."""
    delay_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.25
    """Seconds between the starts of two requests to the same host."""
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 30.0
    """Seconds for one response, redirects included."""
    max_response_mb: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 20
    """Largest response in megabytes, after decompression."""
    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """Attempts before an address is given up."""
    backoff_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 0.5
    """Seconds before the second attempt. Every later wait is twice as long."""


class OIDC(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The OpenID Connect provider through which editors may sign in."""

    issuer: str = ""
    """Address of the provider, exactly as the provider writes it; "" is no provider."""
    client_id: str = ""
    """Name under which the provider knows the desk."""
    client_secret: str = ""
    """Secret of the client. Keep it in the environment rather than in a file."""
    claim: str = "email"
    """Claim that holds the name of the editor's account."""

    @property
    def host(self) -> str:
        """Host name of the provider, for the sign-in button."""
        return urlsplit(self.issuer).netloc


class Purge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The webhook that receives the articles whose cards changed."""

    url: str = ""
    """Address that receives the POST request; "" sends none."""
    token: str = ""
    """Sent as ``Authorization: Bearer``. Keep it in the environment rather than in a file."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings. Each default suits most sites."""

    home: Path = DEFAULT_HOME
    """The data directory: database, snapshots and caches."""
    database_url: str = ""
    """SQLAlchemy URL of the catalogue; "" is a SQLite file in the data directory."""
    site_name: str = ""
    """Name of the site, shown on every page of the desk. It is no reason why texts are related."""
    timezone: str = "UTC"
    """Time zone of dates without one: a name of the tz database such as "Europe/Warsaw"."""
    site_url: str = ""
    """Address of the site. Relative addresses of articles and pictures are resolved against it
    when they are indexed; "" leaves them as they are."""
    heading: str = ""
    """Heading above the cards of fragments and widgets; "" is one in the language of the
    article."""
    languages: list[str] = []
    """BCP 47 tags of the languages that articles without one may be in. A single one is the
    language of all of them. By default they are detected with the help of the whole archive."""
    embedding_model: str = "auto"
    """The model: "auto" (one of the next two, by the languages of the archive), "minilm" for
    English, "multilingual" for 15 languages, a folder with a sentence-transformers model, the name
    of one in the local Hugging Face cache, or "package.module:factory"."""
    ranking: Ranking = Ranking()
    publish: PublishLimits = PublishLimits()
    incremental: Incremental = Incremental()
    index_processes: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    """Processes that score articles in a full run; 0 is one for each core that the run may use, and
    fewer where less than 0.5 GB of memory is available for each. ``index_memory`` can lower it. Not
    used with ``--scheduler``."""
    index_memory: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """Gigabytes that a full run may need by its estimate, without mapped files. It lowers the
    number of processes that score. A run that needs more for one of them is refused. 0 refuses
    none."""
    snapshots: str = ""
    """Bucket to which index runs publish and which services follow, such as
    "s3://bucket/prefix"; "" is the data directory alone."""
    keep_snapshots: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 5
    """Number of snapshots that an index run keeps."""
    http: HTTP = HTTP()
    desk: bool = True
    """Whether the editors' desk is served. It needs an editor's account to be of use."""
    oidc: OIDC = OIDC()
    push_api: bool = True
    """Whether content systems may PUT and DELETE articles. Each request needs a token."""
    trusted_proxies: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    """Number of proxies in front of the desk that append to X-Forwarded-For. With 0 the header
    is ignored."""
    cors_origins: list[str] = []
    """Web origins whose pages may read responses in a browser; ["*"] allows all."""
    access_log: bool = True
    """Whether the service writes one line per request to standard output."""
    access_log_format: Literal["json", "text"] = "json"
    """Whether such a line is a JSON object, or text for people."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """Least severity of the messages that the service writes to standard error."""
    surrogate_key_header: Literal["", "Surrogate-Key", "Cache-Tag"] = ""
    """Response header that lists the articles shown, for purging a CDN by key; "" is none."""
    purge: Purge = Purge()
    slow_request_ms: Annotated[float, msgspec.Meta(gt=0)] = 250.0
    """Milliseconds from which a request is logged as slow."""

    @property
    def data_dir(self) -> DataDir:
        """Paths below the data directory."""
        return DataDir(self.home)

    @property
    def catalogue_url(self) -> str:
        """SQLAlchemy URL of the catalogue, with the default filled in."""
        return self.database_url or f"sqlite:///{self.sqlite_file}"

    @property
    def sqlite_file(self) -> Path:
        """The database where ``database_url`` is not set."""
        return self.home.absolute() / "catalogue.sqlite3"

    @property
    def zone(self) -> tzinfo:
        """Time zone of dates without one."""
        return ZoneInfo(self.timezone)

    @property
    def only_language(self) -> str:
        """Language of articles without one; "" if there may be several."""
        return self.languages[0] if len(self.languages) == 1 else ""
