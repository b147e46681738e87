"""The algorithm card as a page for readers, at ``/v1/about.html``."""

from __future__ import annotations

import time
from datetime import tzinfo

from flask import Blueprint, Response, render_template, request

from recommender.about.card import AlgorithmCard, algorithm_card, count_overrides
from recommender.about.sections import sections, title
from recommender.about.translator import LANGUAGES, Translator, site_language
from service.api.fragment import HTML
from service.api.related import RelatedAPI, send
from service.http.query_params import parse_choice
from service.http.response_cache import (
    CACHE_SECONDS,
    STABLE_CACHE_CONTROL,
    CachedResponse,
    prepare,
)
from service.state.serving_state import ServingState
from service.state.state_updater import StateUpdater

POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")


def blueprint(api: RelatedAPI, updater: StateUpdater) -> Blueprint:
    """Create the route."""
    routes = Blueprint("about", __name__)

    @routes.get("/v1/about.html")
    def about() -> Response:
        now, state = time.time(), api.state
        language = parse_choice(request.args, "language", list(LANGUAGES))
        key = (request.path, request.query_string)
        cached = state.responses.get(key, now)
        if cached is None:
            overrides = count_overrides(updater.override_watcher.known.overrides, now)
            cached = _page(state, overrides, language, api.timezone, now)
            state.responses.put(key, cached)
        return send(cached)

    return routes


def _page(
    state: ServingState,
    overrides: dict[str, int],
    language: str | None,
    timezone: tzinfo,
    now: float,
) -> CachedResponse:
    card = algorithm_card(state.snapshot.manifest, overrides, state.snapshot.ranking)
    html = _render(card, Translator(language or site_language(card.languages), timezone))
    return prepare(
        html.encode(), HTML, STABLE_CACHE_CONTROL, now + CACHE_SECONDS, extra_headers=[POLICY]
    )


def _render(card: AlgorithmCard, translator: Translator) -> str:
    return render_template(
        "about.html",
        title=title(translator),
        sections=sections(card, translator),
        language=translator.language,
        languages=LANGUAGES,
    )
