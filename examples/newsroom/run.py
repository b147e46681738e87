"""Run the example newsroom: index its articles, and serve the recommendations and the site.

Two servers run, as in production. The site requests the cards of each article from the
recommendation service over HTTP.
"""

from __future__ import annotations

import argparse
import ctypes
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
from types import FrameType

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

PORTS = {"--api-port": 8000, "--port": 8080}
"""Ports of the service and of the site, by their options."""

SET_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of ``prctl(2)``."""

STOP_TIMEOUT = 10.0
"""Seconds to wait for a server to stop before it is killed."""


def main() -> None:
    """Index the articles, then serve until interrupted."""
    options = arguments()
    handle_signals()
    check_ports({"--api-port": options.api_port, "--port": options.port})
    api, site = (f"http://127.0.0.1:{port}" for port in (options.api_port, options.port))
    set_environment(site, options.port)
    command = [sys.executable, "-m", "recommender"]
    home = ["--home", options.home]
    if subprocess.run([*command, "index", str(ARTICLES), *home], check=False).returncode:
        sys.exit("the example newsroom could not be indexed; see above")
    settings = load_settings(Path(options.home))
    password = demo_password(settings)
    port = str(options.api_port)
    service = start_server([*command, "serve", *home, "--port", port, "--workers", "1"])
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
    for option, port in PORTS.items():
        parser.add_argument(option, type=int, default=port)
    return parser.parse_args()


def handle_signals() -> None:
    """Let a signal, also that of a terminal that is closed, stop both servers.

    One that is ignored stays so, as under ``nohup``.
    """
    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, _frame: FrameType | None) -> None:
        for one in handled:  # `make` sends a second one, which would interrupt the stop
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit

    for one in handled:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, leave)


def check_ports(ports: dict[str, int]) -> None:
    """Exit if a port cannot be used, before indexing and not after it; ``ports`` by options."""
    for option, port in ports.items():
        try:
            check_address("127.0.0.1", port)
        except SettingsError as error:
            reason = str(error).partition(";")[0].rpartition("--port: ")[2]
            other = (ports | {option: max(port, PORTS[option]) + 1}).items()
            typed = " ".join(f"{name} {number}" for name, number in other if number != PORTS[name])
            sys.exit(f"{reason}; choose another one: make run RUN_OPTIONS='{typed}'")


def set_environment(site: str, port: int) -> None:
    """Set the settings of the example in the environment, except those that are set already."""
    origins = [site, f"http://localhost:{port}"]
    os.environ.setdefault("RECOMMENDER_SITE_URL", site)
    os.environ.setdefault("RECOMMENDER_SITE_NAME", "Vistula Courier")
    os.environ.setdefault("RECOMMENDER_TIMEZONE", "Europe/Warsaw")
    # A line for each request would push the password out of sight.
    os.environ.setdefault("RECOMMENDER_ACCESS_LOG", "false")
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
    return start_server([*granian, *pages, *quiet, "site_pages:create_site"])


def start_server(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a server in its own session.

    Ctrl-C reaches only this process, which stops both servers. A server that received it twice
    would abort its shutdown.
    """
    return subprocess.Popen(
        command,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - there are no threads here
    )


def end_with_parent() -> None:
    """Let Linux stop this process when its parent has ended, however that was."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGTERM)


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
