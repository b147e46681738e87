"""Run the example newsroom: index its articles, and serve the recommendations and the site.

Two servers run, as in production. The site requests the cards of each article from the
recommendation service over HTTP.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.store import Catalogue
from recommender.cli.commands.serve import check_address
from recommender.errors import SettingsError
from recommender.settings import Settings, load_settings

HERE = Path(__file__).parent
ARTICLES = HERE / "articles.jsonl"
EDITOR = "demo"
"""Name of the editor whose password is printed."""

START_TIMEOUT = 30.0
"""Seconds to wait for the service to start; a busy machine needs some."""

STOP_TIMEOUT = 10.0
"""Seconds to wait for a server to stop before it is killed."""


def main() -> None:
    """Index the articles, then serve until interrupted."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # also stops both servers
    try:
        for port in (options.api_port, options.port):
            check_address("127.0.0.1", port)  # fails before indexing and not after it
    except SettingsError as error:
        sys.exit(str(error))
    api, site = (f"http://127.0.0.1:{port}" for port in (options.api_port, options.port))
    set_environment(site, options.port)
    command = [sys.executable, "-m", "recommender"]
    home = ["--home", options.home]
    if subprocess.run([*command, "index", str(ARTICLES), *home], check=False).returncode:
        sys.exit("the example newsroom could not be indexed; see above")
    settings = load_settings(Path(options.home))
    password = demo_password(settings)
    # In its own session: Ctrl-C reaches only this process, which stops both servers. A server that
    # received it twice would abort its shutdown.
    service = subprocess.Popen(
        [*command, "serve", *home, "--port", str(options.api_port), "--workers", "1"],
        start_new_session=True,
    )
    pages = None
    try:
        pages = start_pages(api, options.port, desk=f"{api}/desk/" if password else "")
        wait_until_ready(f"{api}/readyz", service)
        wait_until_ready(f"{site}/static/site.css", pages)
        print(f"\nThe newsroom:      {site}/")
        print(f"Its cards (API):   {api}/v1/latest")
        print(f"The editors' desk: {desk_line(settings, api, password)}")
        print("Ctrl-C ends both.\n", flush=True)
        pages.wait()
    finally:
        for server in filter(None, (pages, service)):
            end(server)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", default="var/newsroom")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--api-port", type=int, default=8000)
    return parser.parse_args()


def set_environment(site: str, port: int) -> None:
    """Set the settings of the example in the environment, except those that are set already."""
    origins = [site, f"http://localhost:{port}"]
    os.environ.setdefault("RECOMMENDER_SITE_URL", site)
    os.environ.setdefault("RECOMMENDER_SITE_NAME", "Vistula Courier")
    os.environ.setdefault("RECOMMENDER_TIMEZONE", "Europe/Warsaw")
    os.environ.setdefault("RECOMMENDER_CORS_ORIGINS", json.dumps(origins))


def demo_password(settings: Settings) -> str:
    """Give the demo editor a new password; "" where there must be no such editor.

    That is a data directory with other articles or editors, a database elsewhere, or no desk: a
    password that was printed must open nothing but the example.
    """
    if settings.database_url or not settings.desk:
        return ""
    engine = open_database(settings.catalogue_url)
    try:
        accounts = Accounts(engine)
        names = {editor.name for editor in accounts.all()}
        if names - {EDITOR} or Catalogue(settings.catalogue_url, engine).shown_ids() - own_ids():
            return ""
        password = secrets.token_urlsafe(9)
        if names:
            accounts.change(EDITOR, password=password)
        else:
            accounts.add(EDITOR, Role.ADMIN, password, time.time())
    finally:
        engine.dispose()
    return password


def own_ids() -> set[str]:
    """Return the ids of the articles of the example."""
    return {json.loads(line)["id"] for line in ARTICLES.read_text(encoding="utf-8").splitlines()}


def desk_line(settings: Settings, api: str, password: str) -> str:
    """Return how to reach the desk."""
    if password:
        return f"{api}/desk/ (name {EDITOR}, password {password})"
    if settings.desk:
        return f"{settings.home} is not of the example alone, so there is no demo editor"
    return "switched off in the settings"


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; exit if it does not in time."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    sys.exit(f"expected a response at {address}, got none; see the log above")


def start_pages(api: str, port: int, desk: str) -> subprocess.Popen[bytes]:
    """Start the site; ``desk`` is the address of the desk, "" for no link."""
    os.environ["NEWSROOM_API"] = api
    os.environ["NEWSROOM_DESK"] = desk
    os.environ["PYTHONPATH"] = str(HERE)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
    pages = ["--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    pages += ["--blocking-threads", "4", "--backpressure", "64"]
    quiet = ["--log-level", "warning"]
    return subprocess.Popen(
        [*granian, *pages, *quiet, "site_pages:create_site"], start_new_session=True
    )


def end(server: subprocess.Popen[bytes]) -> None:
    """Stop a server; kill its session if it does not stop in time."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("bye")
