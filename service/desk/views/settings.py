"""The settings page: values of the ranking that an admin changes, with a preview and a history."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from recommender.catalogue.accounts import Role
from recommender.catalogue.setting_changes import SettingLog
from recommender.errors import SettingsError
from recommender.settings import Settings
from recommender.settings.desk import (
    NAMES,
    SettingChange,
    locked_names,
    newest_changes,
    served_ranking,
    value_of,
    with_desk_settings,
)
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_number
from service.desk.presenters.i18n import gettext_noop, translate
from service.desk.presenters.settings_form import (
    AUTO,
    BOOST,
    FIELDS,
    LABELS,
    RELEVANCE,
    SECTIONS,
    SettingsForm,
    form_of,
    form_sent,
    form_with,
    shown_value,
    values_of,
)
from service.desk.presenters.settings_preview import EXAMPLES, example_rows, preview_lists
from service.desk.views.search import ArticleSearch
from service.state.serving_state import ServingState

MAX_HISTORY = 50
"""Changes that the page lists, the newest."""


def blueprint(context: DeskContext, search: ArticleSearch) -> Blueprint:
    """Create the routes of the settings page."""
    routes = Blueprint("settings", __name__, url_prefix="/desk/settings")

    @routes.get("")
    @requires(Role.ADMIN)
    def page() -> ResponseReturnValue:
        return SettingsView(context, search).page()

    @routes.post("")
    @requires(Role.ADMIN)
    def submit() -> ResponseReturnValue:
        return SettingsView(context, search).submit(request.form.get("do", ""))

    @routes.post("/undo")
    @requires(Role.ADMIN)
    def undo() -> ResponseReturnValue:
        view = SettingsView(context, search)
        try:
            number = parse_number(request.form.get("change", ""))
            view.log.undo(number, g.editor.name, time.time())
            flash(gettext_noop("Undone."))
        except SettingsError as error:
            flash(translate(error), "error")
        context.refresh()
        return redirect(url_for("settings.page"), 303)

    return routes


class HistoryRow(NamedTuple):
    """A change, as the table shows it."""

    change: SettingChange
    label: str
    before: str
    after: str
    is_newest: bool
    """Whether it is the newest change of its setting, which can be undone."""


class SettingsView:
    """The settings as they are, loaded for one request."""

    def __init__(self, context: DeskContext, search: ArticleSearch) -> None:
        self._context = context
        self._search = search
        check = context.updater.override_watcher.check_database
        self.log = SettingLog(context.log.engine, check)
        self.changes = self.log.changes()
        self.locked = locked_names()
        self.current: Settings = with_desk_settings(context.settings, self.changes, self.locked)
        self.now = time.time()
        self.resets: set[str] = set()
        """Names of the settings that the form resets to the value of the file."""

    def submit(self, action: str) -> ResponseReturnValue:
        """Save or preview what the form has; a reset is a preview of the value of the file."""
        form, base = form_sent(request.form, form_of(self.current)), form_of(self._context.settings)
        names = set(request.form.getlist("reset"))
        if action.startswith("reset "):
            name = action.removeprefix("reset ")
            if name not in NAMES:
                raise NotFound(translate("There is no such page."))
            form = form_with(form, base, [name])
            names.add(name)
        # A field that was changed after its reset has a value of its own.
        self.resets = {
            one for one in names.intersection(NAMES) if form_with(form, base, [one]) == form
        }
        try:
            values = self._values(form)
        except SettingsError as error:
            return self.page(form, error=translate(error), status=422)
        if action == "save":
            return self._save(values, form)
        return self.page(form, values)

    def _values(self, form: SettingsForm) -> dict[str, Any]:
        """Return the changed values by name; None removes a value of the desk.

        Raises
        ------
        SettingsError
            A text is no valid value.
        """
        # What is reset is not parsed: the file may have values that the form cannot write.
        kept = form_with(form, form_of(self.current), self.resets)
        removed = dict.fromkeys(self.resets & self._desk_values().keys())
        values = values_of(kept, self.current) | removed
        return {name: value for name, value in values.items() if name not in self.locked}

    def _save(self, values: dict[str, Any], form: SettingsForm) -> ResponseReturnValue:
        try:
            seen = parse_number(request.form.get("seen", ""))
            self.log.add(values, g.editor.name, self.now, seen=seen)
        except SettingsError as error:
            self.changes = self.log.changes()
            return self.page(form, values, error=translate(error), status=412)
        self._context.refresh()
        flash(gettext_noop("Saved.") if values else gettext_noop("Nothing was changed."))
        return redirect(url_for("settings.page"), 303)

    def page(
        self,
        form: SettingsForm | None = None,
        values: dict[str, Any] | None = None,
        *,
        error: str = "",
        status: int = 200,
    ) -> Response:
        """Render the page, or only the preview for the page's script.

        Parameters
        ----------
        form
            Texts in the fields; those of the current settings if missing.
        values
            Changed values to preview.
        error
            Why nothing was saved, translated.
        """
        values = values or {}
        template = "settings_preview.html" if "X-Desk" in request.headers else "settings.html"
        html = render_template(
            template,
            form=form or form_of(self.current),
            fields=FIELDS,
            boost=BOOST,
            labels=LABELS,
            table=SECTIONS,
            sections=[name for name in self._context.state().snapshot.sections if name],
            locked=self.locked,
            desk=self._desk_values(),
            without={name: self._without(name) for name in NAMES},
            history=self._history(),
            seen=self.changes[-1].id if self.changes else 0,
            resets=sorted(self.resets),
            changed=len(values),
            lists=self._lists(values),
            waits=self._waits(values),
            chosen=self._chosen_threshold(),
            error=error,
        )
        return Response(html, status)

    def _waits(self, values: dict[str, Any]) -> bool:
        """Return whether a changed threshold of relevance waits for the next index run."""
        if RELEVANCE.name not in values:
            return False
        value, built = values[RELEVANCE.name], self._context.state().snapshot.manifest
        if value is None:
            value = value_of(self._context.settings, RELEVANCE.name)
        if value == AUTO:
            return not built.has_auto_threshold
        return bool(value < built.ranking.threshold)

    def _chosen_threshold(self) -> str:
        """Return the threshold that the index run chose, in percent; "" if it did not."""
        built = self._context.state().snapshot.manifest
        return f"{built.ranking.threshold:.0%}" if built.has_auto_threshold else ""

    def _lists(self, values: dict[str, Any]) -> list[Any]:
        """Preview the values in the lists of the chosen articles."""
        state = self._context.state()
        drafted = [SettingChange(id=0, name=name, value=value) for name, value in values.items()]
        changes = [*self.changes, *drafted]
        ranking = served_ranking(
            state.snapshot.manifest.ranking, self._context.settings, changes, self.locked
        )
        heading = with_desk_settings(self._context.settings, changes, self.locked).heading
        return preview_lists(state, self._chosen(state), ranking, heading, self.now)

    def _chosen(self, state: ServingState) -> list[int]:
        """Return the rows of the chosen articles: by ID, or the first that a search finds."""
        snapshot, found = state.snapshot, []
        defaults = example_rows(state, self.now)
        for number, text in enumerate([*request.values.getlist("article"), *[""] * EXAMPLES]):
            row = snapshot.row(text.strip()) if text.strip() else None
            if row is None and text.strip():
                cards = self._search.find(text, state)
                row = snapshot.row(cards[0]["id"]) if cards else None
            if row is None and number < len(defaults):
                row = defaults[number]
            if row is not None and number < EXAMPLES:
                found.append(row)
        return found

    def _desk_values(self) -> dict[str, SettingChange]:
        newest = newest_changes(self.changes)
        return {name: one for name, one in newest.items() if one.value is not None}

    def _without(self, name: str) -> str:
        return shown_value(name, value_of(self._context.settings, name))

    def _history(self) -> list[HistoryRow]:
        values: dict[str, Any] = {}
        newest = {one.id for one in newest_changes(self.changes).values()}
        rows = []
        for one in self.changes:
            before, values[one.name] = values.get(one.name), one.value
            rows.append(
                HistoryRow(
                    one,
                    LABELS.get(one.name, one.name),
                    shown_value(one.name, before),
                    shown_value(one.name, one.value),
                    one.id in newest,
                )
            )
        return rows[::-1][:MAX_HISTORY]
