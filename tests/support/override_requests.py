"""Send overrides to a running server, as a program with a token does."""

import json
import time
from typing import Any

from real_server import Got, RealServer
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database

HOLD = {"kind": "hold", "article": "talks/1"}


def token(url: str) -> str:
    engine = open_database(url)
    editors = Accounts(engine)
    editors.add("ann", Role.EDITOR, "correct horse battery", time.time())
    made = editors.new_key("ann", "token", "test", time.time())
    engine.dispose()
    return made


def post(server: RealServer, key: str, *decisions: dict[str, Any]) -> Got:
    seen = {one["article"]: 0 for one in decisions if "article" in one}
    body = json.dumps({"decisions": decisions, "seen": seen})
    return server.ask("/v1/overrides", "POST", body, Authorization=f"Bearer {key}")
