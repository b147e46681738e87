"""An article's page: its list as readers see it, the reasons, and a draft of changes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.catalogue.database import translate_db_errors
from recommender.dates import read_local_time
from recommender.errors import ConflictError, OverrideError
from recommender.names import name_key
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.edits.draft import Draft, changes, current, overrides_after, scheduled
from recommender.overrides.edits.withdrawals import withdrawals
from recommender.overrides.facets import scoped_facets
from recommender.overrides.override import Kind, Override, Scope
from recommender.reports.override_review import agreed_pins
from recommender.serving.placement import Placement, Placements
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.article.candidates import (
    FIRST_CANDIDATES,
    SIGNAL_NAMES,
    list_candidates,
)
from service.desk.presenters.article.card_list import hidden_state
from service.desk.presenters.article.draft_form import (
    apply_action,
    count_changes,
    draft_from_form,
    draft_from_overrides,
    unsaved_picks,
)
from service.desk.presenters.article.preview import Preview, PreviewBuilder, draft_dates
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import check_changes, parse_dates, parse_ids
from service.desk.presenters.i18n import format_time, gettext_noop, translate
from service.desk.presenters.targets import row_or_404
from service.desk.views.search import PIN_RESULTS, ArticleSearch


def blueprint(context: DeskContext, search: ArticleSearch) -> Blueprint:
    """Create the routes of an article's page."""
    routes = Blueprint("article", __name__, url_prefix="/desk")

    @routes.get("/article")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        view = ArticleView(context, search, request.args.get("id", ""))
        if at := request.args.get("at", ""):
            return _as_of(view, at)
        return view.page(view.saved)

    @routes.post("/article/find")
    @requires(Role.EDITOR)
    def find() -> ResponseReturnValue:
        view = ArticleView(context, search, request.args.get("id", ""))
        draft = draft_from_form(request.form, view.article)
        check_changes(count_changes(draft, view.article, view.present))
        if not request.form.get("pq"):
            return ""
        found = view.found(view.placements(view.preview(draft)))
        return render_template("pin_results.html", found=found)

    @routes.post("/article")
    @requires(Role.EDITOR)
    def edit() -> ResponseReturnValue:
        view = ArticleView(context, search, request.args.get("id", ""))
        draft = draft_from_form(request.form, view.article)
        check_changes(count_changes(draft, view.article, view.present))
        if request.form.get("do") == "save":
            return _save(view, draft)
        draft = apply_action(draft, request.form, view.preview(draft).shown.ids)
        _, error = draft_dates(context, draft)
        return view.page(draft, error=translate(error) if error else "")

    return routes


class ArticleView:
    """One article and its overrides, loaded for one request."""

    def __init__(self, context: DeskContext, search: ArticleSearch, article: str) -> None:
        self.context = context
        self.search = search
        self.now = time.time()
        self.state = context.state()
        self.row = row_or_404(self.state.snapshot, article)
        self.article = article = self.state.snapshot.identifier(self.row)
        self.entries = context.log.entries(article=article)
        log = ActiveLog(self.entries)
        self.overrides, self.undone = log.overrides(), log.undone()
        own = [entry.id for entry in self.entries if entry.article == article]
        self._version = max(own, default=0)
        self.look_at(self.now)

    def look_at(self, when: float) -> None:
        """Take the pins, blocks and hold that are active at a time (seconds since 1970 UTC)."""
        self.present = current(self.article, self.overrides, when)
        self.saved = draft_from_overrides(self.article, self.present, self._version)

    def preview(self, draft: Draft) -> Preview:
        """Render the list as if a draft were saved, as of its start."""
        if not count_changes(draft, self.article, self.present):
            return self.preview_builder().at(self.now)
        dates, _ = draft_dates(self.context, draft)
        drafted = overrides_after(draft, self.overrides, g.editor.name, self.now, dates)
        return self.preview_builder(drafted).at(max(self.now, dates[0] or 0))

    def preview_builder(self, drafted: Sequence[Override] | None = None) -> PreviewBuilder:
        """Create previews with drafted overrides in place of the saved ones."""
        zone = self.context.settings.zone
        return PreviewBuilder(self.state, self.row, self.now, zone, drafted)

    def page(self, draft: Draft, status: int = 200, **shown: Any) -> Response:
        """Render the page with a draft; ``shown`` adds to or replaces the template's values."""
        preview: Preview = shown.pop("preview", None) or self.preview(draft)
        values = {
            "draft": draft,
            "changed": count_changes(draft, self.article, self.present),
            "unsaved": unsaved_picks(draft, self.saved),
            "form": request.form,
            "at": "",
            "editing": g.editor.role.may(Role.EDITOR) and "at" not in shown,
            "saved": request.args.get("saved", ""),
            **self._previewed(preview, draft),
            **self._stored(),
        }
        return Response(render_template("article.html", **values | shown), status)

    def _previewed(self, preview: Preview, draft: Draft) -> dict[str, Any]:
        """Collect what depends on the time and the draft of the preview."""
        snapshot, as_of = self.state.snapshot, preview.as_of
        placements = self.placements(preview)
        pins = [(place, pick, placements.of_pin(pick)) for place, pick in draft.pins.items()]
        return {
            "skipped": [pin for pin in pins if pin[2].kind != "good"],
            "shown": preview.shown,
            "preview": preview,
            "later": scheduled(self.article, self.overrides, as_of),
            "starts": as_of if preview.until_then else None,
            "threshold": snapshot.ranking.threshold,
            "candidates": list_candidates(placements),
            "first_candidates": FIRST_CANDIDATES,
            "signal_names": SIGNAL_NAMES,
            "found": self.found(placements),
            "hidden": hidden_state(snapshot, self.row, preview.active, as_of),
            "holds": self._holds(preview.active, as_of),
        }

    def placements(self, preview: Preview) -> Placements:
        """Explain where the candidates are in a list, and why the others are not."""
        snapshot, known = self.state.snapshot, self.context.updater.override_watcher.known
        shown = [row for card in preview.shown.ids if (row := snapshot.row(card)) is not None]
        zone = self.context.settings.zone
        return Placements(
            snapshot,
            self.row,
            preview.as_of,
            preview.active,
            shown,
            [*known.overrides, *preview.drafted],
            partial(_facets, self.context, snapshot),
            partial(format_time, zone=zone),
            self.state.rows,
        )

    def _agreed(self) -> frozenset[int]:
        """Return the numbers of the pins that the model agrees with."""
        pins = [one for one in self.present if one.kind is Kind.PIN]
        return agreed_pins(self.state.rows, pins, self.state.overrides, self.now)

    def found(self, placements: Placements) -> list[tuple[dict[str, Any], Placement]]:
        """Search for articles to pin, each with where it is in the drafted list, or why not."""
        words = request.form.get("pq", "")
        cards = self.search.find(words, self.state)[:PIN_RESULTS] if words else []
        return [(card, placements.of_id(card["id"])) for card in cards]

    def _holds(self, active: ActiveOverrides, as_of: float) -> list[Override]:
        """List the holds of the section, tags and authors of the article."""
        if active.held is None or not active.held[self.row]:
            return []
        keys = {(scope, name_key(name)) for scope, name in self.facets}
        return [
            one
            for one in self.context.updater.override_watcher.known.overrides
            if one.kind is Kind.HOLD
            and (one.scope, name_key(one.pick)) in keys
            and one.active_at(as_of)
        ]

    def _ruled(self) -> set[tuple[str, str]]:
        """Return which of the article and its facets have an active site-wide rule."""
        known = self.context.updater.override_watcher.known.overrides
        article = Scope.ARTICLE  # looked up once: the overrides are many
        of_facets = [one for one in known if one.scope is not article]
        keys = {(one.scope, name_key(one.pick)) for one in of_facets if one.active_at(self.now)}
        ruled = {(scope, name) for scope, name in self.facets if (scope, name_key(name)) in keys}
        own = [one for one in self.overrides if one.pick and not one.article]
        is_ruled = any(one.active_at(self.now) for one in own)
        return ruled | ({("article", self.article)} if is_ruled else set())

    def _saved_changes(self) -> int:
        """Count the changes just saved as the save bar counted them: an entry may end another."""
        numbers = set(parse_ids(request.args.get("saved", "")))
        saved = {one.undoes or one.id for one in self.entries if one.id in numbers}
        return len({one.pick for one in self.entries if one.id in saved})

    @cached_property
    def facets(self) -> list[tuple[str, str]]:
        """The section, tags and authors of the article, each as its scope and name."""
        return _facets(self.context, self.state.snapshot, self.row)

    def _stored(self) -> dict[str, Any]:
        """Collect what is stored about the article."""
        snapshot = self.state.snapshot
        return {
            "article": snapshot.card(self.row),
            "present": self.present,
            "agreed": self._agreed(),
            "withdrawals": [
                *withdrawals(self.overrides, self.article, self.now),
                *self.context.cms_withdrawals(self.article, self.now),
            ],
            "original": self.state.overrides.copies.get(self.row, ""),
            "copies": self.context.hidden_copies(self.article),
            "facets": self.facets,
            "ruled": self._ruled(),
            "saved_changes": self._saved_changes(),
            "entries": self.entries[::-1],
            "undone": self.undone,
        }


def _as_of(view: ArticleView, at: str) -> ResponseReturnValue:
    """Render what readers will see at another time, with the overrides saved so far."""
    zone = view.context.settings.zone
    try:
        text = at.replace("T", " ")
        as_of = float(read_local_time(gettext_noop("preview date"), text, zone) or view.now)
    except OverrideError as error:
        flash(translate(error), "error")
        return redirect(url_for("article.page", id=view.article))
    view.look_at(as_of)
    preview = view.preview_builder().at(as_of)
    # What the model would show by itself is known for now.
    return view.page(view.saved, at=at, preview=preview, agreed=frozenset())


def _save(view: ArticleView, draft: Draft) -> ResponseReturnValue:
    """Save a draft, unless another editor changed the article since the page was rendered."""
    context = view.context
    try:
        dates = parse_dates(draft.start, draft.end, context.settings.zone)
        added = changes(draft, view.overrides, g.editor.name, view.now, dates)
        entries = context.log.add(added, view.now, expected_versions={draft.article: draft.seen})
    except ConflictError as error:
        draft.seen = error.newer[-1].id
        current = view.preview(view.saved).shown
        return view.page(draft, 412, newer=error.newer, current=current)
    except OverrideError as error:
        return view.page(draft, 422, error=translate(error))
    context.refresh()
    if not entries:
        flash(gettext_noop("There was nothing to save."))
    saved = ",".join(str(entry.id) for entry in entries)
    # Without a fragment of its own the browser keeps that of the form, which is below the message.
    anchor = "saved" if saved else "main"
    return redirect(
        url_for("article.page", id=view.article, saved=saved or None, _anchor=anchor), 303
    )


def _facets(context: DeskContext, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    with translate_db_errors(context.settings.catalogue_url):
        return scoped_facets(context.log.engine, snapshot, row)
