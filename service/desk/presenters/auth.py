"""Signing in and out, and the check of an editor's role."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, ip_address, ip_network
from typing import ParamSpec

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, Unauthorized

from recommender.catalogue.accounts import Editor, Role
from recommender.errors import EditorError, TooManyAttemptsError
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import safe_redirect
from service.desk.presenters.i18n import gettext_noop, translate

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

TOO_MANY_ATTEMPTS = gettext_noop("Too many failed attempts. Try again in 15 minutes.")


def is_script_request() -> bool:
    """Return whether the page's own script sent the request; it shows errors in place."""
    return request.is_json or "X-Desk" in request.headers


def requires(role: Role) -> Callable[[View[P]], View[P]]:
    """Restrict a view to editors with a role; others are sent to the sign-in page.

    Parameters
    ----------
    role
        The least role that may use the view.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            editor: Editor | None = g.get("editor")
            if editor is None:
                if is_script_request():
                    raise Unauthorized(
                        translate("You are signed out. Open the desk again and sign in.")
                    )
                return redirect(url_for("auth.sign_in", next=request.full_path))
            if not editor.role.may(role):
                raise Forbidden(
                    translate(
                        "This needs the role %(needed)s; yours is %(role)s.",
                        needed=role,
                        role=editor.role,
                    )
                )
            return view(*args, **kwargs)

        return guarded

    return decorate


def client_network(address: str) -> str:
    """Return the address by which failed sign-ins are counted.

    One IPv6 customer owns a whole /64 (RFC 6177), so that network counts as one address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((int(found), 64), strict=False))


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of signing in and out."""
    routes = Blueprint("auth", __name__)

    @routes.before_app_request
    def load_editor() -> None:
        # Scripts and styles need no session. To read it would add "Vary: Cookie" to them.
        key = None if request.endpoint == "static" else session.get("key")
        g.editor = context.accounts.holder(str(key), "session", time.time()) if key else None

    @routes.route("/desk/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        return sign_in_page(context) if request.method == "GET" else _signed_in(context)

    @routes.post("/desk/sign-out")
    def sign_out() -> ResponseReturnValue:
        if key := session.get("key"):
            context.accounts.revoke(str(key))
        _clear_session()
        return redirect(url_for("auth.sign_in"))

    return routes


def _signed_in(context: DeskContext) -> ResponseReturnValue:
    """Open a session by the name and password of the form."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        address = client_network(request.remote_addr or "")
        start_session(context.accounts.sign_in(name, password, address, time.time()))
    except TooManyAttemptsError:
        return sign_in_page(context, TOO_MANY_ATTEMPTS, 429)
    except EditorError:
        return sign_in_page(context, gettext_noop("Wrong name or password."), 403)
    return redirect(safe_redirect(request.args.get("next", ""), url_for("search.index")))


def start_session(key: str) -> None:
    """Store the key of a session in the browser's cookie and drop all else but the language."""
    _clear_session()
    session.permanent = True
    session["key"] = key


def _clear_session() -> None:
    """Drop all from the browser's cookie but the language that the editor has chosen."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def sign_in_page(
    context: DeskContext, error: str = "", status: int = 200, unknown_name: str = ""
) -> Response:
    """Render the sign-in page.

    Parameters
    ----------
    context
        The desk's dependencies.
    error
        Why the last attempt failed, as a text to translate.
    status
        HTTP status of the response.
    unknown_name
        Name that the OpenID Connect provider returned and that has no account.
    """
    page = render_template(
        "sign_in.html",
        error=error,
        unknown_name=unknown_name,
        provider=context.settings.oidc.host,
    )
    return Response(page, status=status)
