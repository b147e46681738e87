"""Run the example newsroom: index its articles, serve their cards, and serve its pages.

The pages are a site of their own, as in real life: it asks the service for the cards over HTTP
and puts them under each article.
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
PATIENCE = 30.0
"""Seconds that the service may take to start on a busy machine."""

ENDING = 10.0
"""Seconds that a server may take to end."""


def main() -> None:
    """Index, serve, and stay until interrupted."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # ended so, it still ends both servers
    try:
        for port in (options.api_port, options.port):
            check_address("127.0.0.1", port)  # now, and not after the indexing
    except SettingsError as error:
        sys.exit(str(error))
    command = [sys.executable, "-m", "recommender"]
    home = ["--home", options.home]
    if subprocess.run([*command, "index", str(ARTICLES), *home], check=False).returncode:
        sys.exit("the example newsroom could not be indexed; see above")
    api = f"http://127.0.0.1:{options.api_port}"
    # In sessions of their own: Ctrl-C in the terminal reaches this process alone, which ends both.
    # A server that gets it a second time stops in the middle of its own shutdown.
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
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", default="var/newsroom")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--api-port", type=int, default=8000)
    return parser.parse_args()


def wait_until_ready(api: str, service: subprocess.Popen[bytes]) -> None:
    """Wait for the service's first answer, or end with it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urllib.request.urlopen(f"{api}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"the service did not become ready on {api}; is another program using its port?")


def serve_pages(api: str, port: int) -> None:
    """Serve the newsroom's pages until interrupted."""
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
    """Interrupt a server, and kill its whole session where it does not end in time."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(ENDING)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("bye")
