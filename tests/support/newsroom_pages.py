"""The pages of the example newsroom, on a free port of loopback."""

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.serving import make_server

from paths import ROOT

FOLDER = ROOT / "examples" / "newsroom"


@contextmanager
def newsroom_pages(api: str) -> Iterator[str]:
    """Serve the pages until the end of the block; their cards come from the service ``api``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSROOM_API", api)
        patch.setenv("NEWSROOM_DESK", f"{api}/desk/")
        patch.setattr(sys, "path", [str(FOLDER), *sys.path])
        site = importlib.import_module("site_pages").create_site()
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
