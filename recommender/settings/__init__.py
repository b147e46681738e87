"""The settings of a site: what they are, where they come from, and how they are explained."""

from recommender.settings.definitions import (
    HTTP,
    LOWEST_AUTO,
    OIDC,
    Incremental,
    PublishLimits,
    Purge,
    Ranking,
    Recency,
    Settings,
)
from recommender.settings.load import FILE, check_bucket, check_oidc, load_settings, read_settings

__all__ = [
    "FILE",
    "HTTP",
    "LOWEST_AUTO",
    "OIDC",
    "Incremental",
    "PublishLimits",
    "Purge",
    "Ranking",
    "Recency",
    "Settings",
    "check_bucket",
    "check_oidc",
    "load_settings",
    "read_settings",
]
