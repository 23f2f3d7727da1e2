"""Run child processes, with progress or in the background, and never leave one behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .console import Failure, say

PROGRESS_SECONDS = 10
STOP_SECONDS = 15
QUOTED_LINES = 15

PR_SET_PDEATHSIG = 1  # from linux/prctl.h

Command = Sequence[object]
LIBC = ctypes.CDLL(None)


def run(command: Command, failure: str, advice: str = "", **options: Any) -> None:
    """Run a tool to its end and print its latest line now and then; if it fails, raise Failure with its last lines."""
    lines: deque[str] = deque(maxlen=QUOTED_LINES)
    with background(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    ) as child:
        reader = threading.Thread(target=lines.extend, args=(child.stdout,), daemon=True)
        reader.start()
        _wait(child, lines)
        reader.join(1)  # a daemon started by the tool may keep the pipe open
    if child.returncode:
        raise Failure(f"{failure} (exit code {child.returncode}).", advice, lines.copy())


def _wait(child: subprocess.Popen[str], lines: deque[str]) -> None:
    while True:
        try:
            child.wait(PROGRESS_SECONDS)
            return
        except subprocess.TimeoutExpired:
            say(f"  ... {lines[-1].strip()[:100] if lines else 'working'}")


def read(command: Command, **options: Any) -> str:
    """Return what a quick tool prints, an empty text if the tool is missing or fails."""
    try:
        result = subprocess.run(
            _words(command),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except FileNotFoundError:
        return ""
    return result.stdout if result.returncode == 0 else ""


@contextmanager
def background(command: Command, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a child for the time of the block, and end it with its own children afterwards.

    It has a session of its own, so that Ctrl-C reaches this process alone, which ends its children in the right order.
    """
    settings = {"stdin": subprocess.DEVNULL, "start_new_session": True, **options}
    child = subprocess.Popen(_words(command), preexec_fn=_end_with_parent, **settings)
    try:
        yield child
    finally:
        _stop(child)


@contextmanager
def logged(command: Command, log: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a background child that writes its output into a file."""
    with (
        log.open("w") as output,
        background(command, stdout=output, stderr=subprocess.STDOUT, **options) as child,
    ):
        yield child


def _stop(child: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, number)
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)


def foreground(command: Command, env: Mapping[str, str], cwd: Path) -> int:
    """Hand the terminal to a tool, and return its exit code."""
    child = subprocess.Popen(_words(command), preexec_fn=_end_with_parent, env=env, cwd=cwd)
    try:
        return child.wait()
    except KeyboardInterrupt:
        _let_end(child)
        raise
    finally:
        child.kill()
        child.wait()


def _let_end(child: subprocess.Popen[bytes]) -> None:
    """Wait for a tool that tidies up after Ctrl-C; send it the signal if only this process got it."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOP_SECONDS / 3)
        return
    child.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOP_SECONDS)


def _end_with_parent() -> None:
    """Have the kernel kill this child when its parent dies, so that it cannot spoil what the next run builds."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _words(command: Command) -> list[str]:
    return [str(word) for word in command]
