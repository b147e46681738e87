"""Names the fix where a command needs packages that a machine which only serves lacks."""

from __future__ import annotations

from importlib.util import find_spec

from recommender.errors import LightInstallError


def is_light_install() -> bool:
    """Return whether only the packages of ``deploy/requirements-serve.txt`` are installed."""
    return find_spec("sklearn") is None


def check_full_install(command: str) -> None:
    """Check that the packages to index are installed.

    Called before anything is read or written.

    Parameters
    ----------
    command : the command that needs them, such as ``index``.

    Raises
    ------
    LightInstallError
        Only the packages to serve are.
    """
    if is_light_install():
        raise LightInstallError(light_install_message(command))


def light_install_message(command: str) -> str:
    """Return what is missing, and the fix."""
    return (
        f"this machine has only the packages to serve; run `recommender {command}` on the machine "
        "that indexes, or pip install related-posts"
    )
