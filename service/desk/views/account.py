"""What an editor sets for themselves: the password, and the language of the desk."""

from __future__ import annotations

import time

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import MAX_PASSWORD, MIN_PASSWORD, Role
from recommender.errors import EditorError, TooManyAttemptsError
from service.desk.presenters import i18n
from service.desk.presenters.auth import (
    TOO_MANY_ATTEMPTS,
    client_network,
    requires,
    start_session,
)
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import safe_redirect
from service.desk.presenters.i18n import gettext_noop


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of the account's page."""
    routes = Blueprint("account", __name__, url_prefix="/desk")

    @routes.get("/account")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        return _page()

    @routes.post("/account")
    @requires(Role.VIEWER)
    def change_password() -> ResponseReturnValue:
        new, repeated = request.form.get("new", ""), request.form.get("repeated", "")
        if new != repeated:
            return _page(gettext_noop("The two new passwords differ. Nothing was changed."))
        if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD:
            return _page(TOO_SHORT)
        return _change(context, request.form.get("current", ""), new)

    @routes.post("/language")
    def choose_language() -> ResponseReturnValue:
        i18n.choose_language()
        return redirect(safe_redirect(request.form.get("back", ""), url_for("search.index")))

    return routes


TOO_SHORT = gettext_noop(
    "The new password needs 12 to 1,000 characters, such as four words. Nothing was changed."
)


def _change(context: DeskContext, present: str, new: str) -> ResponseReturnValue:
    """Change the password and sign the editor out everywhere but here."""
    name, now = g.editor.name, time.time()
    address = client_network(request.remote_addr or "")
    try:
        context.accounts.sign_in(name, present, address, now)
    except TooManyAttemptsError:
        return _page(TOO_MANY_ATTEMPTS, 429)
    except EditorError:
        return _page(gettext_noop("The present password is wrong. Nothing was changed."), 403)
    context.accounts.change(name, password=new)
    start_session(context.accounts.open_session(name, now))
    flash(gettext_noop("Password changed. Your other sessions have ended."))
    return redirect(url_for("account.page"), 303)


def _page(error: str = "", status: int = 0) -> Response:
    status = status or (422 if error else 200)
    page = render_template("account.html", error=error, shortest=MIN_PASSWORD)
    return Response(page, status)
