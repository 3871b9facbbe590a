"""Starting, watching and ending other programs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import paths
from .console import CampusError

# Variables of the caller's virtual environment that our programs must not inherit.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "ODOO_RC", "OPENERP_SERVER", "PGDATABASE")
STOP_TIMEOUT_S = 20
CLEAN_UP_TIMEOUT_S = 60
# Linux has this folder; other systems need ps.
PROC = Path("/proc")


def clean_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    env.update(extra or {})
    return env


def run(
    command: Sequence[str | Path],
    log: str,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    **popen,
) -> str:
    """Run to the end with all output in `.campus/log/<log>.log`; raise on failure."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log_path = paths.LOGS / f"{log}.log"
    arguments = [str(part) for part in command]
    lines: list[str] = []
    with log_path.open("w", encoding="utf-8", errors="replace") as file:
        process = _spawn(arguments, env, popen)
        try:
            for line in process.stdout:
                file.write(line)
                lines.append(line)
                if on_line:
                    on_line(line.rstrip())
            code = process.wait()
        except BaseException:
            end(process)
            raise
    if code:
        tail = "".join(lines[-25:])
        raise CampusError(
            f"{Path(arguments[0]).name} ended with code {code}:\n{tail}",
            f"full output: {paths.relative(log_path)}",
        )
    return "".join(lines)


def _spawn(arguments: list[str], env: Mapping[str, str] | None, popen: dict) -> subprocess.Popen:
    try:
        return subprocess.Popen(
            arguments,
            env=clean_env(env),
            stdin=popen.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **popen,
        )
    except OSError as error:
        raise CampusError(f"cannot start {arguments[0]}: {error}") from error


def answers(command: Sequence[str | Path], **popen) -> bool:
    """True if the program starts and ends without an error."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **popen,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


class Terminated(KeyboardInterrupt):
    """This process got SIGTERM. Unlike after Ctrl-C, its children have not got the signal."""


def hear_termination() -> None:
    def raise_it(number: int, frame: object) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, raise_it)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts background processes with SIGINT ignored; our children would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def call(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """Run with our own output and return the exit code. A child that is interrupted may clean up."""
    arguments = [str(part) for part in command]
    held: list[int] = []
    # a child that is being started is not known yet, so nobody could end it
    hear = signal.signal(signal.SIGTERM, lambda number, frame: held.append(number))
    try:
        process = subprocess.Popen(arguments, cwd=paths.ROOT, env=clean_env(env), stdin=subprocess.DEVNULL)
    except BaseException:
        signal.signal(signal.SIGTERM, hear)
        raise
    with process:
        try:
            signal.signal(signal.SIGTERM, hear)
            if held:
                signal.raise_signal(signal.SIGTERM)
            return process.wait()
        except BaseException as error:
            if isinstance(error, Terminated):
                process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(CLEAN_UP_TIMEOUT_S)
            end(process)
            raise


def end(process: subprocess.Popen) -> None:
    """Ask the process to end, wait, and then kill it."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def command_line(pid: int) -> str:
    """The command line of a running process; empty if there is none."""
    if PROC.exists():
        try:
            return (
                (PROC / str(pid) / "cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        except OSError:
            return ""
    done = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def working_in(folder: Path) -> list[int]:
    """Running processes whose current folder is `folder` (Linux only)."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended in the meantime, or we may not look at it
    return found


def end_all(text: str) -> None:
    """End all processes with `text` in their command line, left behind by a killed run (Linux only)."""
    for entry in PROC.glob("[0-9]*"):
        if text in command_line(int(entry.name)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(entry.name), signal.SIGTERM)


def end_pid(pid: int, expected: str) -> bool:
    """End the process group led by `pid`, if its command line still contains `expected`.

    An old pid file may contain the number of a foreign process; that process is left alone.
    """
    if expected not in command_line(pid):
        return False
    for number, patience_s in ((signal.SIGTERM, STOP_TIMEOUT_S), (signal.SIGKILL, 5)):
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            return True
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if expected not in command_line(pid):
                return True
            time.sleep(0.1)
    return True
