"""Keep everything that is costly in a folder outside the checkout, built once and shared by all runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import Failure, say

NAME = "lucca-invoices-sync"
STAMP = ".complete"
# Odoo takes 1.4 GB, the Python packages 0.7 GB and the databases 0.5 GB; the rest is a reserve.
NEEDED_BYTES = 4 * 1024**3
#: What no run has asked for in this time is removed: a changed requirement leaves a whole environment behind.
UNUSED_SECONDS = 30 * 24 * 3600


def default_root() -> Path:
    """Return the folder of the cache, by the convention of XDG."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / NAME


def digest(*inputs: object) -> str:
    """Return a short key that changes with any of the inputs."""
    return hashlib.sha256("\0".join(map(str, inputs)).encode()).hexdigest()[:12]


class Cache:
    """Folders that are built once each, also if runs overlap or are cut off half-way."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)

    def folder(self, name: str) -> Path:
        """Return a folder in the cache, which is made if it is missing."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def build(self, name: str, inputs: tuple[object, ...], builder: Callable[[Path], None]) -> Path:
        """Return the folder for these inputs, which is built anew unless it is complete."""
        path = self.root / f"{name}-{digest(*inputs)}"
        with self.lock(path.name):
            if not (path / STAMP).exists():
                self._check_space()
                shutil.rmtree(path, ignore_errors=True)
                path.mkdir()
                builder(path)
                # The stamp comes last: a folder without it was cut off half-way.
                (path / STAMP).touch()
        return path

    def prune(self) -> None:
        """Remove the folders that no run has asked for in a month. Call it after what this run asks for."""
        for stamp in self.root.glob(f"*/{STAMP}"):
            name = stamp.parent.name
            if self.is_unused(name):
                with self._taken(name) as free:
                    if free:
                        say(f"Removing {stamp.parent}, which was not used for a month")
                        shutil.rmtree(stamp.parent, ignore_errors=True)
                        self.forget_lock(name)

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < NEEDED_BYTES:
            raise Failure(
                f"Not enough disk space for {self.root}:"
                f" {free / 1024**3:.1f} GB free, {NEEDED_BYTES / 1024**3:.0f} GB needed.",
                "Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
            )

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock of a name, waiting for other runs. The kernel frees it when a run dies."""
        with self._taken(name, waits=True):
            self._note_use(name)
            yield

    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Try to hold the lock of a name without waiting, and yield whether it is held."""
        with self._taken(name) as is_held:
            if is_held:
                self._note_use(name)
            yield is_held

    def is_unused(self, name: str) -> bool:
        """Return whether no run has held the lock of a name in the last month."""
        path = self._lock_path(name)
        return path.exists() and time.time() - path.stat().st_mtime > UNUSED_SECONDS

    def lock_names(self, prefix: str) -> list[str]:
        """Return the names of the locks with this prefix, whether they are held or left over."""
        return [path.name for path in self.folder("locks").glob(f"{prefix}*")]

    def forget_lock(self, name: str) -> None:
        """Remove the file of a lock that this run holds, and that no one will ask for again."""
        self._lock_path(name).unlink(missing_ok=True)

    def _lock_path(self, name: str) -> Path:
        return self.folder("locks") / name

    def _note_use(self, name: str) -> None:
        os.utime(self._lock_path(name))

    @contextmanager
    def _taken(self, name: str, waits: bool = False) -> Iterator[bool]:
        """Take the lock of a name if it is free or if ``waits``; yield whether it is held."""
        path, is_current = self._lock_path(name), False
        while not is_current:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                is_held = try_lock(descriptor)
                if waits and not is_held:
                    say(f"  ... waiting for another run ({name})")
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                    is_held = True
                # Another run may have forgotten the lock since we opened its file: that file excludes nobody.
                is_current = not is_held or _is_at(descriptor, path)
                if is_current:
                    yield is_held
            finally:
                os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take a file lock if it is free, and return whether it was."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Return whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
