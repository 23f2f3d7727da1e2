"""Keep everything that is costly in a folder outside the checkout, built once and shared by all runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import Failure, say

NAME = "lucca-invoices-sync"
STAMP = ".complete"
# Odoo takes 1.4 GB, the Python packages 0.7 GB and the databases 0.5 GB; the rest is a reserve.
NEEDED_BYTES = 4 * 1024**3


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
        with self._lock_file(name) as descriptor:
            if not try_lock(descriptor):
                say(f"  ... waiting for another run ({name})")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield

    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Try to hold the lock of a name without waiting, and yield whether it is held."""
        with self._lock_file(name) as descriptor:
            yield try_lock(descriptor)

    def lock_names(self, prefix: str) -> list[str]:
        """Return the names of the locks with this prefix, whether they are held or left over."""
        return [path.name for path in self.folder("locks").glob(f"{prefix}*")]

    def forget_lock(self, name: str) -> None:
        """Remove the file of a lock that no one will ask for again."""
        (self.folder("locks") / name).unlink(missing_ok=True)

    @contextmanager
    def _lock_file(self, name: str) -> Iterator[int]:
        path = self.folder("locks") / name
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take a file lock if it is free, and return whether it was."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
