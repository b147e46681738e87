"""Signing in elsewhere: there and back again, to the session that a password opens as well."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from recommender.errors import EditorError
from service.desk.presenters.auth import enter, page
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import local
from service.desk.presenters.i18n import marked
from service.desk.views.oidc import Provider, ProviderError

DECLINED = marked("The provider did not sign you in.")


def blueprint(office: DeskContext, app: Flask) -> Blueprint:
    """Make the routes to the provider and back from it."""
    routes = Blueprint("elsewhere", __name__, url_prefix="/desk/oidc")
    provider = Provider(office.settings.oidc, app)

    @routes.get("/leave")
    def leave() -> ResponseReturnValue:
        # What earlier attempts left behind would make the cookie too large one day.
        for key in [key for key in session if key.startswith("_state_")]:
            session.pop(key)
        session["next"] = request.args.get("next", "")
        try:
            return provider.authorize_redirect(
                url_for("elsewhere.back", _external=True), time.time()
            )
        except ProviderError as error:
            return page(office, error.told, error.status)

    @routes.get("/back")
    def back() -> ResponseReturnValue:
        if "error" in request.args:
            return page(office, DECLINED, 403)
        now = time.time()
        try:
            name = provider.authorize_callback(now)
        except ProviderError as error:
            return page(office, error.told, error.status)
        onward = local(str(session.get("next", "")), url_for("searching.index"))
        try:
            # Counted by no limit: the provider knows who it is, and nobody guesses anything here.
            enter(office.editors.open_session(name, now))
        except EditorError:
            return page(office, status=403, stranger=name)
        return redirect(onward)

    return routes
