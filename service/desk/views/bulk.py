"""The same decision about each article of a list: all of it is saved or nothing."""

from __future__ import annotations

import time

import msgspec
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError
from recommender.overrides.override import Kind, Override, Scope
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.i18n import counted, said
from service.desk.views.global_rules import decision_from


def blueprint(office: DeskContext) -> Blueprint:
    """Make the route."""
    routes = Blueprint("many", __name__, url_prefix="/desk")

    @routes.route("/many", methods=["GET", "POST"])
    @requires(Role.EDITOR)
    def many() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("many.html", form=request.args)
        try:
            added = office.log.add(_decisions(office), time.time())
        except OverrideError as error:
            flash(said(error), "trouble")
            return Response(render_template("many.html", form=request.form), 422)
        office.saved()
        flash(counted("%(num)s decision saved.", "%(num)s decisions saved.", len(added)))
        return redirect(url_for("pages.history"), 303)

    return routes


def _decisions(office: DeskContext) -> list[Override]:
    """Make one decision for each id, in their order and each once."""
    ids = dict.fromkeys(filter(None, map(str.strip, request.form.get("ids", "").splitlines())))
    if not ids:
        raise OverrideError("ids: got none, wanted one a line")
    one = decision_from(office, Scope.ARTICLE, "")
    field = "article" if one.kind is Kind.HOLD else "pick"
    return [msgspec.structs.replace(one, **{field: name}) for name in ids]
