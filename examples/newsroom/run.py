"""Run the example newsroom: index its articles, and serve the recommendations and the site.

Two servers run, as in production. The site requests the cards of each article from the
recommendation service over HTTP.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from recommender.cli.serve import check_address
from recommender.errors import SettingsError

HERE = Path(__file__).parent
ARTICLES = HERE / "articles.jsonl"
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
    command = [sys.executable, "-m", "recommender"]
    home = ["--home", options.home]
    if subprocess.run([*command, "index", str(ARTICLES), *home], check=False).returncode:
        sys.exit("the example newsroom could not be indexed; see above")
    api = f"http://127.0.0.1:{options.api_port}"
    # In its own session: Ctrl-C reaches only this process, which stops both servers. A server that
    # received it twice would abort its shutdown.
    service = subprocess.Popen(
        [*command, "serve", *home, "--port", str(options.api_port), "--workers", "1"],
        start_new_session=True,
    )
    try:
        wait_until_ready(api, service)
        print(f"\nThe newsroom:    http://127.0.0.1:{options.port}/")
        print(f"Its cards (API): {api}/v1/latest\nCtrl-C ends both.\n", flush=True)
        serve_pages(api, options.port)
    finally:
        end(service)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", default="var/newsroom")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--api-port", type=int, default=8000)
    return parser.parse_args()


def wait_until_ready(api: str, service: subprocess.Popen[bytes]) -> None:
    """Wait until the service is ready; exit if it is not in time."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urllib.request.urlopen(f"{api}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"expected the service on {api} to become ready, got no response; see its log above")


def serve_pages(api: str, port: int) -> None:
    """Serve the site until interrupted."""
    os.environ["NEWSROOM_API"] = api
    os.environ["PYTHONPATH"] = str(HERE)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
    pages = ["--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    pages += ["--blocking-threads", "4", "--backpressure", "64"]
    quiet = ["--log-level", "warning"]
    server = subprocess.Popen(
        [*granian, *pages, *quiet, "site_pages:create_site"], start_new_session=True
    )
    try:
        server.wait()
    finally:
        end(server)


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
