"""Signing in and out, and what a role may."""

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
from service.desk.presenters.forms import local
from service.desk.presenters.i18n import marked, said

Given = ParamSpec("Given")
View = Callable[Given, ResponseReturnValue]


def by_script() -> bool:
    """Tell whether the page's own script asks, which shows an error and goes nowhere."""
    return request.is_json or "X-Desk" in request.headers


def requires(role: Role) -> Callable[[View[Given]], View[Given]]:
    """Let only who has a role in; strangers are sent to sign in."""

    def decorate(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
            editor: Editor | None = g.get("editor")
            if editor is None:
                if by_script():
                    raise Unauthorized(said("signed out: open the desk again and sign in"))
                return redirect(url_for("signing.sign_in", next=request.full_path))
            if not editor.role.may(role):
                raise Forbidden(
                    said("got the role %(got)s, wanted %(wanted)s", got=editor.role, wanted=role)
                )
            return view(*args, **kwargs)

        return guarded

    return decorate


def household(address: str) -> str:
    """Take the addresses of one household for one: with IPv6 it has 2**64 (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((int(found), 64), strict=False))


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes of signing in and out."""
    routes = Blueprint("signing", __name__)

    @routes.before_app_request
    def who() -> None:
        key = session.get("key")
        g.editor = office.editors.holder(str(key), "session", time.time()) if key else None

    @routes.route("/desk/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET":
            return page(office)
        name, password = request.form.get("name", ""), request.form.get("password", "")
        try:
            address = household(request.remote_addr or "")
            key = office.editors.sign_in(name, password, address, time.time())
        except TooManyAttemptsError:
            return page(office, marked("Too many failed attempts. Try again in 15 minutes."), 429)
        except EditorError:
            return page(office, marked("Wrong name or password."), 403)
        enter(key)
        return redirect(local(request.args.get("next", ""), url_for("searching.index")))

    @routes.post("/desk/sign-out")
    def sign_out() -> ResponseReturnValue:
        if key := session.get("key"):
            office.editors.revoke(str(key))
        session.clear()
        return redirect(url_for("signing.sign_in"))

    return routes


def enter(key: str) -> None:
    """Give the browser the key of a session, and nothing that it had before."""
    session.clear()
    session.permanent = True
    session["key"] = key


def page(office: DeskContext, trouble: str = "", status: int = 200, stranger: str = "") -> Response:
    """Show where to sign in, and why it went wrong; a stranger is nobody's name here."""
    shown = {"trouble": trouble, "stranger": stranger, "elsewhere": office.settings.oidc.host}
    return Response(render_template("sign-in.html", **shown), status=status)
