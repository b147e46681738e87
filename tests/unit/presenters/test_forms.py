"""Limits of the desk's forms."""

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from service.desk.presenters.forms import check_changes


def test_a_request_has_at_most_1000_changes() -> None:
    """Undo, bulk rules, drafts and the overrides API count their changes and ask this."""
    with Flask(__name__).test_request_context("/v1/overrides"):
        check_changes(1_000)
        with pytest.raises(BadRequest, match="at most 1000 changes in one request, got 1001"):
            check_changes(1_001)
