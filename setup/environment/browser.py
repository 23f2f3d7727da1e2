"""Provide a browser for the tests that click."""

from __future__ import annotations

import os
import shutil

from . import processes
from .console import Failure, say

# The names under which Odoo's tests look for a browser.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PACKAGE = "chromium"


def ensure() -> str:
    """Return the path of a browser. If there is none, install one as root, else raise Failure.

    Without a browser, Odoo would skip the browser tests without a word.
    """
    return _find() or _install()


def _find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _install() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure(
            "The browser tests need Chromium or Chrome, and this machine has neither.",
            f"Install the package {PACKAGE}: `sudo apt-get install {PACKAGE}` on Debian; then start again.",
        )
    say(f"No browser for the tests: installing Debian's package {PACKAGE} on this system")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    advice = f"Check the network, or install the package {PACKAGE} yourself; then start again."
    for action in (["update"], ["install", "--yes", "--no-install-recommends", PACKAGE]):
        processes.run(["apt-get", *action], f"apt-get {action[0]} failed", advice, env=env)
    path = _find()
    if not path:
        raise Failure(f"The package {PACKAGE} brought no command {' or '.join(NAMES)}.", advice)
    return path
