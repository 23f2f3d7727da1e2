"""Provide the source of Odoo 19: a tree that exists already, Debian's package, or a clone.

Which Odoo that is depends on the day of the first run. No former version can be asked for: Debian's pool has the
newest one only, and a clone takes the tip of its branch. What was fetched is kept, and is the same until the cache is
emptied. ``setup/test`` therefore says what it tests; ODOO_HOME fixes it.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, processes
from .cache import Cache, digest
from .console import Failure, say

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
# Where the `odoo` package is, below a checkout and below an unpacked Debian package.
LAYOUTS = ("", "usr/lib/python3/dist-packages", "dist-packages")
#: Beside the Python packages of an unpacked Debian package.
CHANGELOG = "share/doc/odoo-19/changelog.Debian.gz"
# Odoo's assets name this script, but Debian's package does not have it. It blurs the background of video calls.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
ADVICE = f"Check the network, or set ODOO_HOME to an Odoo {SERIES} tree; then start again."


@dataclass(frozen=True)
class OdooSource:
    """A tree that Python can import `odoo` from."""

    path: Path

    @property
    def addons(self) -> list[Path]:
        """The addons folders that Odoo does not find by itself: the one beside the `odoo` package.

        In Debian's package, this folder is left out: it has only the Python half of the addons, which are complete
        inside `odoo`.
        """
        beside = self.path / "addons"
        return (
            [] if (self.path / "odoo/addons/account").exists() or not beside.exists() else [beside]
        )

    @property
    def fingerprint(self) -> str:
        """A key that changes with the place, the release and the commit of the tree."""
        release = self.path / "odoo" / "release.py"
        commit = (
            processes.read(["git", "-C", self.path, "rev-parse", "HEAD"])
            if (self.path / ".git").exists()
            else ""
        )
        return digest(self.path, release.read_text(), commit)

    def describe(self) -> str:
        """Return which Odoo this is, with its date where the tree tells it."""
        changelog = self.path.parent.parent.parent / CHANGELOG
        if changelog.exists():
            return f"Odoo {SERIES}, Debian's {_newest(changelog)}"
        if (self.path / ".git").exists():
            command = ["git", "-C", self.path, "log", "-1", "--format=%h of %cs"]
            return f"Odoo {SERIES}, commit {processes.read(command).strip()}"
        return f"Odoo {SERIES} in {self.path}, whose date nothing tells"


def ensure(cache: Cache, fonts: Path) -> OdooSource:
    """Return Odoo from ODOO_HOME, else from the cache, which gets it from Debian or by a clone."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return locate(Path(home).absolute(), "ODOO_HOME")
    tree = cache.build("odoo", (SERIES, *PACKAGES), lambda path: _build(path, fonts))
    return locate(tree, "the cache")


def locate(tree: Path, origin: str) -> OdooSource:
    """Return the source in a tree; raise Failure if it is not there or not of the right series."""
    for source in (OdooSource(tree / layout) for layout in LAYOUTS):
        release = source.path / "odoo" / "release.py"
        if release.exists():
            _check_series(release, origin)
            return source
    raise Failure(
        f"No Odoo in {tree} ({origin}).",
        f"It must be the folder of an Odoo {SERIES} tree, where odoo/release.py is.",
    )


def _newest(changelog: Path) -> str:
    """Return the version and the date of the newest entry in a changelog of Debian's."""
    with gzip.open(changelog, "rt") as lines:
        text = lines.read()
    version = re.search(r"\((.+?)\)", text)
    day = re.search(r"^ -- .*>  \w+, (\d+ \w+ \d+)", text, re.MULTILINE)
    return f"{version[1] if version else '?'} of {day[1] if day else '?'}"


def _check_series(release: Path, origin: str) -> None:
    version = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    if not version or ".".join(version.groups()) != SERIES:
        raise Failure(
            f"Odoo in {release.parent} ({origin}) is not {SERIES}.", f"Give an Odoo {SERIES} tree."
        )


def _build(tree: Path, fonts: Path) -> None:
    """Get Odoo from Debian or by a clone; if both fail, raise Failure with the reasons."""
    failures = []
    for fetch in (_unpack_debian, _clone):
        try:
            fetch(tree, fonts)
            return
        except Failure as failure:
            failures.append(failure)
            say(f"  ... {failure.args[0]}")
    output = [line for failure in failures for line in (*failure.output, failure.args[0])]
    raise Failure(
        f"Odoo {SERIES} is not to be had from Debian, nor from {REPOSITORY}.", ADVICE, output
    )


def _unpack_debian(tree: Path, fonts: Path) -> None:
    if not shutil.which("apt-get") or not debian.KEYRING.exists():
        raise Failure(
            "Debian's unstable suite needs apt-get and the Debian archive keys, which this machine has not."
        )
    say(f"Odoo {SERIES} from Debian's unstable suite")
    debian.unpack(PACKAGES, tree)
    _mend(locate(tree, "Debian's package").path, fonts)


def _mend(source: Path, fonts: Path) -> None:
    """Add what Debian's package lacks: the targets of links into changed packages, and one script."""
    script = source / LEFT_OUT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch()
    # Odoo draws its icons with Font Awesome 4. Debian has version 7, so the links lead nowhere.
    for link in source.glob("odoo/addons/web/static/**/fontawesome/fonts/*"):
        link.unlink()
        shutil.copy(fonts / link.name, link)


def _clone(tree: Path, _fonts: Path) -> None:
    if not shutil.which("git"):
        raise Failure(f"A clone of {REPOSITORY} needs git, which this machine has not.")
    say(f"Odoo {SERIES} from {REPOSITORY}: some minutes")
    shutil.rmtree(tree)
    command = ["git", "clone", "--quiet", "--depth=1", f"--branch={SERIES}", REPOSITORY, tree]
    processes.run(command, f"Cloning {REPOSITORY} failed")
