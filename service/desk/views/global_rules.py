"""Site-wide rules: boost or block an article, section, tag or author under every article.

A section, tag or author can also be held: its articles show no related posts.

The bulk form adds the same rule for each article of a list, all or none.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.catalogue.accounts import Role
from recommender.errors import ConflictError, OverrideError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.validation import FACTORS, validated
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import check_changes, parse_dates, parse_number
from service.desk.presenters.i18n import choose_language, translate, translate_plural
from service.desk.presenters.impact import ImpactPreview, impact_preview
from service.desk.presenters.targets import Target, find_target, target_entries

MAX_BULK_LISTED = 40
"""Articles of a bulk change that are shown with their titles: a page of search results."""

MAX_NEWEST = 10
"""Newest articles listed on the page of a section, tag or author."""


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of site-wide rules."""
    routes = Blueprint("global_rules", __name__, url_prefix="/desk/rules")

    @routes.get("")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        return _page(context, _requested_target(context))

    @routes.post("")
    @requires(Role.EDITOR)
    def submit() -> ResponseReturnValue:
        if _is_language_change():
            return _page(context, _requested_target(context))
        return _submit(context, _requested_target(context), time.time())

    @routes.route("/bulk", methods=["GET", "POST"])
    @requires(Role.EDITOR)
    def bulk() -> ResponseReturnValue:
        if request.method == "GET":
            return _bulk_page(context, _bulk_ids(request.args))
        # Ticked articles are too many for an address.
        if _is_language_change() or request.form.get("do") == "choose":
            return _bulk_page(context, _bulk_ids(request.form))
        return _submit_bulk(context, _bulk_ids(request.form), time.time())

    return routes


def _is_language_change() -> bool:
    """Change the language if the form was sent for that, with its fields, to be shown again."""
    choose_language()
    return "language" in request.form


def _requested_target(context: DeskContext) -> Target:
    scope, name = request.args.get("scope", ""), request.args.get("name", "")
    return find_target(context, context.state().snapshot, scope, name)


def _submit(context: DeskContext, target: Target, now: float) -> ResponseReturnValue:
    """Save the rule of the form, or preview its impact."""
    try:
        override = _override_from_form(context, target.scope, target.name)
        if request.form.get("do") == "save":
            entry = _save(context, target, override, now)
            return redirect(f"{target.url}&saved={entry.id}", 303)
        state, override = context.state(), validated(override, now)
    except ConflictError as error:
        newest = error.newer[-1].id
        return _page(context, target, status=412, newer=error.newer, seen=newest)
    except OverrideError as error:
        flash(translate(error), "error")
        return _page(context, target, status=422)
    impact = impact_preview(state.snapshot, state.overrides, override, target.rows, now)
    return _page(context, target, impact=impact)


def _bulk_ids(form: MultiDict[str, str]) -> list[str]:
    """Return the ids of the lines of all fields, in their order and without repetitions."""
    lines = (line.strip() for text in form.getlist("ids") for line in text.splitlines())
    ids = list(dict.fromkeys(filter(None, lines)))
    check_changes(len(ids))
    return ids


def _submit_bulk(context: DeskContext, ids: list[str], now: float) -> ResponseReturnValue:
    """Save the same rule for each article, all or none, or preview the impact."""
    try:
        if not ids:
            raise OverrideError("Enter at least one article id, one per line.")
        override = _override_from_form(context, Scope.ARTICLE, "")
        if request.form.get("do") == "preview":
            return _bulk_page(context, ids, impact=_bulk_impact(context, override, ids, now))
        added = context.log.add([_about(override, name) for name in ids], now)
    except OverrideError as error:
        flash(translate(error), "error")
        return _bulk_page(context, ids, 422)
    context.refresh()
    flash(translate_plural("%(num)s change saved.", "%(num)s changes saved.", len(added)))
    return redirect(url_for("history.page"), 303)


def _bulk_impact(
    context: DeskContext, override: Override, ids: list[str], now: float
) -> ImpactPreview:
    state = context.state()
    rows = sorted({row for name in ids if (row := state.snapshot.row(name)) is not None})
    checked = validated(_about(override, ids[0]), now)
    return impact_preview(state.snapshot, state.overrides, checked, rows, now)


def _about(override: Override, article: str) -> Override:
    """Return the same rule for one article."""
    field = "article" if override.kind is Kind.HOLD else "pick"
    return msgspec.structs.replace(override, **{field: article})


def _bulk_page(
    context: DeskContext, ids: list[str], status: int = 200, impact: ImpactPreview | None = None
) -> ResponseReturnValue:
    snapshot = context.state().snapshot
    rows = [row for name in ids[:MAX_BULK_LISTED] if (row := snapshot.row(name)) is not None]
    page = render_template(
        "bulk_rules.html",
        form=request.form or request.args,
        ids=ids,
        cards=[snapshot.card(row) for row in rows],
        impact=impact,
    )
    return Response(page, status)


def _override_from_form(context: DeskContext, scope: Scope, pick: str) -> Override:
    """Parse the form into a boost, a block or a hold.

    Raises
    ------
    BadRequest
        The kind is none of these.
    OverrideError
        A date or the factor cannot be parsed.
    """
    form = request.form
    kinds = {"boost": Kind.BOOST, "block": Kind.BLOCK, "hold": Kind.HOLD}
    kind = kinds.get(form.get("kind", ""))
    if kind is None:
        raise BadRequest(
            translate("kind: expected boost, block or hold, got %(got)r", got=form.get("kind"))
        )
    start, end = parse_dates(form.get("start", ""), form.get("end", ""), context.settings.zone)
    return Override(
        kind=kind,
        pick=pick,
        scope=scope,
        factor=_parse_factor(form.get("factor", "")) if kind is Kind.BOOST else None,
        reason=form.get("reason", ""),
        author=g.editor.name,
        starts=start,
        ends=end,
    )


def _parse_factor(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise OverrideError(
            "factor: expected a number from %(low)s to %(high)s, got %(got)r",
            low=FACTORS[0],
            high=FACTORS[1],
            got=text[:40],
        ) from error


def _save(context: DeskContext, target: Target, override: Override, now: float) -> Override:
    """Add a rule.

    Raises
    ------
    ConflictError
        Another editor changed the rules of the same target since the page was rendered.
    """
    seen = parse_number(request.form.get("seen", ""))
    while True:
        try:
            (entry,) = context.log.add([override], now, expected_versions={"": seen})
        except ConflictError as error:
            if any(target.matches(newer) for newer in error.newer):
                raise
            # All site-wide rules share one version; these changes are about other targets.
            seen = error.newer[-1].id
            continue
        context.refresh()
        return entry


def _page(
    context: DeskContext, target: Target, status: int = 200, **shown: Any
) -> ResponseReturnValue:
    """Render a target's page; ``shown`` adds to or replaces what the template gets."""
    snapshot, now = context.state().snapshot, time.time()
    entries = target_entries(context, target)
    log = ActiveLog(entries)
    active = [one for one in log.overrides() if one.ends is None or one.ends > now]
    values = {
        "target": target,
        "active": active,
        "entries": entries[::-1],
        "undone": log.undone(),
        "newest": [snapshot.card(row) for row in target.rows[:MAX_NEWEST]],
        "seen": context.log.version(""),
        "one_article": target.scope is Scope.ARTICLE,
        "saved": request.args.get("saved", ""),
        "form": request.form or request.args,
    }
    return Response(render_template("global_rules.html", **values | shown), status)
