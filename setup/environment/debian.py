"""Unpack packages of Debian's unstable suite into a folder: nothing is installed, and no rights are needed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import processes
from .console import Failure

SUITE = "sid"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def unpack(packages: tuple[str, ...], folder: Path) -> None:
    """Download the packages from the machine's own Debian mirror and unpack them into the folder."""
    apt = _Apt(folder / "apt")
    apt.update()
    apt.download(packages)
    for archive in sorted(apt.work.glob("*.deb")):
        processes.run(["dpkg-deb", "-x", archive, folder], f"Unpacking {archive.name} failed")
    shutil.rmtree(apt.work)


class _Apt:
    """The command apt-get, with lists and sources that are separate from the machine's."""

    def __init__(self, work: Path) -> None:
        self.work = work
        for name in ("lists/partial", "archives/partial"):
            (work / name).mkdir(parents=True, exist_ok=True)
        self.sources = work / "sources.list"
        self.options = [f"-o{option}" for option in self._options()]

    def _options(self) -> list[str]:
        options = [
            f"Dir::Etc::sourcelist={self.sources}",
            "Dir::Etc::sourceparts=-",
            f"Dir::State::Lists={self.work / 'lists'}",
            f"Dir::Cache={self.work}",
            "Dir::Log=/dev/null",
            "Debug::NoLocking=1",
            "Acquire::Languages=none",
            "Acquire::Retries=2",
        ]
        # As root, apt downloads as a user of its own, who may not enter a private folder.
        return [*options, "APT::Sandbox::User=root"] if os.geteuid() == 0 else options

    def update(self) -> None:
        """Read the lists of the suite from the first of the machine's mirrors that has the suite."""
        failures = [Failure("This machine's apt names no Debian mirror.")]
        for mirror in mirrors():
            self.sources.write_text(f"deb [signed-by={KEYRING}] {mirror} {SUITE} main\n")
            try:
                # Without error-mode, an unreachable mirror is only a warning.
                self._run("update", "--error-on=any")
                return
            except Failure as failure:
                failures.append(failure)
        raise failures[-1]

    def download(self, packages: tuple[str, ...]) -> None:
        """Fetch the packages into the work folder."""
        self._run("download", *packages)

    def _run(self, action: str, *arguments: str) -> None:
        command = ["apt-get", *self.options, action, *arguments]
        processes.run(command, f"apt-get {action} for Debian {SUITE} failed", cwd=self.work)


def mirrors() -> list[str]:
    """Return the package archives of the machine's apt, in its order, without those of security updates."""
    uris = processes.read(["apt-get", "update", "--print-uris", "-oDebug::NoLocking=1"])
    releases = re.findall(r"^'(\S+?)/?dists/(\S+)/InRelease'", uris, re.MULTILINE)
    return list(
        dict.fromkeys(mirror for mirror, suite in releases if not suite.endswith("-security"))
    )
