"""The messages of setup/ when something is wrong, and how its processes end."""

import ast
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from environment import browser, console, interpreter, processes, venv
from environment.console import Failure

CHECKOUT = Path(__file__).parents[1]
SETUP = CHECKOUT / "setup"
COMMANDS = ("benchmark", "demo", "shell", "test", "texts")
STEPS = f"import sys; sys.path.insert(0, {str(SETUP)!r})\n"


@pytest.fixture
def empty_path(tmp_path, monkeypatch):
    """Return an empty folder that is the whole PATH, on a system without a Python of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(interpreter, "SYSTEM", str(tmp_path / "system%d.%d"))
    return folder


def put_command(folder, name, script):
    command = folder / name
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return str(command)


def run_setup(command, *arguments, **variables):
    return subprocess.run(
        [sys.executable, SETUP / command, *arguments],
        env={**os.environ, **variables},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


# The interpreter


def test_a_supported_python_is_accepted(empty_path):
    assert interpreter.find(sys.executable, sys.version_info[:2], False) == sys.executable


def test_the_system_s_own_build_of_a_version_is_preferred(empty_path):
    theirs = put_command(empty_path.parent, "system3.12", "exit 0")
    assert interpreter.find(sys.executable, (3, 12), False) == theirs
    assert interpreter.find(sys.executable, (3, 11), False) == sys.executable


def test_a_chosen_python_is_kept(empty_path):
    put_command(empty_path.parent, "system3.12", "exit 0")
    assert interpreter.find(sys.executable, (3, 12), True) == sys.executable


@pytest.mark.parametrize(
    ("prefix", "found", "is_chosen"),
    [
        ("/usr", "/usr/bin/python3", False),
        ("/usr", "/other/python3", True),
        ("/venv", "/usr/bin/python3", True),
    ],
)
def test_a_python_is_chosen_unless_the_first_line_of_the_command_finds_it(
    empty_path, monkeypatch, prefix, found, is_chosen
):
    put_command(empty_path, "python3", f"echo {found}")
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "prefix", prefix)
    assert interpreter.is_chosen() is is_chosen


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_an_unsupported_python_is_replaced_by_the_newest_supported_one(empty_path, version):
    put_command(empty_path, "python3.10", "exit 0")
    newer = put_command(empty_path, "python3.12", "exit 0")
    assert interpreter.find(sys.executable, version, True) == newer


def test_a_python_that_does_not_start_is_not_chosen(empty_path):
    put_command(empty_path, "python3.13", "exit 127")
    older = put_command(empty_path, "python3.11", "exit 0")
    assert interpreter.find(sys.executable, (3, 9), True) == older


def test_a_python_without_venv_is_replaced_by_another_one(empty_path):
    incomplete = put_command(empty_path, "python3", "exit 1")
    complete = put_command(empty_path, "python3.11", "exit 0")
    assert interpreter.find(incomplete, (3, 13), True) == complete


def test_without_a_supported_python_the_message_says_what_to_install(empty_path):
    script = (
        STEPS
        + "sys.version_info = (3, 9, 1)\nfrom environment import interpreter\ninterpreter.require()"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "is Python 3.9" in result.stderr
    assert "Install Python 3.10 to 3.13" in result.stderr


@pytest.mark.parametrize("name", [*COMMANDS, "environment/interpreter.py"])
def test_an_old_python_can_parse_the_commands(name):
    ast.parse((SETUP / name).read_text(), feature_version=(3, 4))


# Tools that fail


def test_a_failing_tool_is_quoted():
    with pytest.raises(Failure) as failure:
        processes.run(["sh", "-c", "echo the reason >&2; exit 3"], "Doing it failed", "Do that.")
    assert str(failure.value) == "    | the reason\nDoing it failed (exit code 3).\nDo that."


def test_only_the_last_lines_are_quoted():
    with pytest.raises(Failure) as failure:
        processes.run(["sh", "-c", "seq 1000; exit 1"], "Counting failed")
    assert failure.value.output[-1] == "1000\n"
    assert len(failure.value.output) == processes.QUOTED_LINES


def test_a_long_step_shows_its_latest_line(monkeypatch, capsys):
    monkeypatch.setattr(processes, "PROGRESS_SECONDS", 0.2)
    processes.run(["sh", "-c", "echo early; echo latest; sleep 0.5"], "Sleeping failed")
    assert "... latest" in capsys.readouterr().out


def test_a_block_leaves_no_process_behind(tmp_path):
    with processes.background(
        ["sh", "-c", "sleep 300 & echo $! > pid; wait"], cwd=tmp_path
    ) as child:
        pid = wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    assert child.poll() is not None
    assert wait_for(lambda: not is_running(int(pid)))


def is_running(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return condition()


@pytest.fixture
def sleeping_run(tmp_path):
    """Return a run in the middle of a long step, and the process id of the step."""
    script = STEPS + (
        "from environment import console, processes\n"
        "command = ['sh', '-c', 'echo $$ > pid; exec sleep 300']\n"
        "sys.exit(console.main(lambda: processes.run(command, 'Sleeping failed')))"
    )

    def ignore():
        # A shell does this for what it starts in the background.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    options = {"cwd": tmp_path, "stderr": subprocess.PIPE, "text": True, "preexec_fn": ignore}
    run = subprocess.Popen([sys.executable, "-c", script], **options)
    pid_file = tmp_path / "pid"
    yield run, int(wait_for(lambda: pid_file.exists() and pid_file.read_text()))
    run.kill()
    run.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_ends_cleanly(sleeping_run, number):
    run, step = sleeping_run
    run.send_signal(number)
    _output, errors = run.communicate(timeout=30)
    assert run.returncode == console.INTERRUPTED
    assert errors == "\nStopped.\n"
    assert not is_running(step)


def test_a_killed_run_ends_its_step(sleeping_run):
    run, step = sleeping_run
    run.kill()
    assert wait_for(lambda: not is_running(step))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_an_error_of_the_system_comes_with_advice(number, capsys):
    def work():
        raise OSError(number, os.strerror(number), "/some/file")

    assert console.main(work) == 1
    errors = capsys.readouterr().err
    assert "/some/file" in errors
    assert "XDG_CACHE_HOME" in errors


def test_processes_keep_what_python_compiles(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    ask = [sys.executable, "-c", "import sys; sys.exit(sys.dont_write_bytecode)"]
    assert console.main(lambda: subprocess.call(ask)) == 0


def test_a_defect_of_setup_shows_where_it_is():
    with pytest.raises(FileNotFoundError):
        console.main(lambda: Path("/nowhere/at all").stat().st_size)


# One test for each thing that can be missing


def test_a_missing_package_index_is_reported(tmp_path, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
    for name, value in {"CONFIG_FILE": os.devnull, "INDEX_URL": index, "RETRIES": "0"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a-package-that-is-not-there==1\n")
    with pytest.raises(Failure, match="Installing the Python packages failed") as failure:
        venv._build(tmp_path / "venv", requirements)
    assert "check the network" in str(failure.value)
    assert "a-package-that-is-not-there" in str(failure.value)


def test_a_taken_port_is_reported_before_any_work(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = run_setup("demo", "--port", port, XDG_CACHE_HOME=str(tmp_path))
    assert result.returncode == 1
    assert f"Port {port} cannot be used" in result.stderr
    assert "--port" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_missing_browser_names_its_package(empty_path):
    with pytest.raises(Failure) as failure:
        browser.ensure()
    assert "apt-get install chromium" in str(failure.value)


def test_an_installed_browser_is_used(empty_path):
    path = put_command(empty_path, "chromium-browser", "exit 0")
    assert browser.ensure() == path


def test_a_missing_command_is_reported():
    result = run_setup("shell", "not-there")
    assert result.returncode == 1
    assert result.stderr == "\nThere is no command not-there.\n"


def test_the_shell_finds_the_tools():
    result = run_setup(
        "shell", "sh", "-c", "ruff --version && eslint --version && exit 3", PATH="/usr/bin:/bin"
    )
    assert result.returncode == 3, result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name):
    result = run_setup(name, "--help")
    assert result.returncode == 0
    assert f"setup/{name}" in result.stdout


@pytest.mark.parametrize("name", ["demo", "test", "texts"])
def test_a_command_that_needs_odoo_names_its_variables(name):
    shown = run_setup(name, "--help").stdout
    assert [word for word in ("ODOO_HOME", "PGHOST", "XDG_CACHE_HOME") if word not in shown] == []
