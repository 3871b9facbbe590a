"""The doors of the demo: the edge program with simulated readers in the background, and cards shown to them."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import socket
import subprocess
import time

from . import paths, process, state, venv
from .console import CampusError, say
from .rpc import Session

EDGE_NAME = "信息书院边缘机"
FOLDER = paths.WORK / "doors"
PROGRAM = paths.TOOLS / "door_program.py"
SETTINGS, SOCKET, LOG = FOLDER / "edge.toml", FOLDER / "socket", paths.LOGS / "doors.log"
START_S, TAP_S = 60, 40


def tap(session: Session, url: str, reader: str, card: str, pin: str) -> dict:
    """Show a card to a reader; start the edge first if it does not run. Returns what the program says."""
    codes = _ensure(session, url)
    if reader not in codes:
        raise CampusError(f"there is no reader {reader}", f"the readers are {', '.join(codes)}")
    return _ask({"reader": reader, "card": card, "pin": pin})


def stop() -> bool:
    """End the edge and its readers. True if they were running."""
    running = state.read().get("doors")
    stopped = bool(running) and process.end_pid(running["pid"], str(PROGRAM))
    with contextlib.suppress(FileNotFoundError):
        state.update(doors=None)
    return stopped


def _ensure(session: Session, url: str) -> list[str]:
    """The codes of the readers, of an edge that runs and is paired with this server."""
    found = session.search_read("campus.edge", [("name", "=", EDGE_NAME)], ["uuid", "terminal_ids"])
    if not found:
        raise CampusError("this demo has no doors", "make it anew: ./campus demo --fresh")
    terminals = session.search_read("campus.terminal", [("id", "in", found[0]["terminal_ids"])], ["code"])
    codes = sorted(terminal["code"] for terminal in terminals)
    is_paired = _identity() == (found[0]["uuid"], url)
    running = state.read().get("doors")
    if is_paired and running and str(PROGRAM) in process.command_line(running["pid"]):
        return codes
    stop()
    if not is_paired:
        shutil.rmtree(FOLDER, ignore_errors=True)
    _write_settings(codes)
    if not is_paired:
        _pair(session, url, found[0]["id"])
    _start()
    return codes


def _identity() -> tuple[str, str] | None:
    try:
        values = json.loads((FOLDER / "state" / "identity.json").read_text(encoding="utf-8"))
        return values["edge"], values["url"]
    except (OSError, ValueError, KeyError):
        return None


def _write_settings(codes: list[str]) -> None:
    """The settings of the edge: all readers on one line, each with a key of its own."""
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = '[edge]\nstate_folder = "state"\nlanguage = "zh_CN"\ntime_zone = "Asia/Shanghai"\n'
    for address, code in enumerate(codes):
        key = FOLDER / f"{code}.key"
        if not key.exists():
            key.write_text(secrets.token_hex(16), encoding="ascii")
            key.chmod(0o600)
        text += f'[[reader]]\nterminal = "{code}"\ndriver = "osdp"\nurl = "{FOLDER / "line"}"\n'
        text += f'address = {address}\nkey_file = "{key.name}"\ncontact_input = 0\nencoding = "utf-8"\n'
    SETTINGS.write_text(text, encoding="utf-8")


def _pair(session: Session, url: str, edge: int) -> None:
    """Introduce the edge to the server with a new one-time code."""
    say("pairing the edge of the doors ...")
    code = session.call("campus.edge", "action_pair", [edge])["context"]["default_code"]
    command = [venv.PYTHON, "-m", "campus_edge", "--config", SETTINGS, "pair", code, url]
    process.run(command, "doors-pair", {"PYTHONPATH": paths.PURE_PATH})


def _start() -> None:
    say("starting the edge and its simulated readers ...")
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    SOCKET.unlink(missing_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        child = subprocess.Popen(
            [str(venv.PYTHON), str(PROGRAM), str(SETTINGS)],
            env=process.clean_env({"PYTHONPATH": paths.PURE_PATH}),
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    state.update(doors={"pid": child.pid})
    deadline = time.monotonic() + START_S
    while not SOCKET.exists():
        if child.poll() is not None or time.monotonic() > deadline:
            stop()
            raise CampusError("the edge of the doors did not start", f"log: {paths.relative(LOG)}")
        time.sleep(0.1)


def _ask(question: dict) -> dict:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(TAP_S)
        try:
            line.connect(str(SOCKET))
            line.sendall(json.dumps(question).encode() + b"\n")
            with line.makefile() as answers:
                answer = json.loads(answers.readline() or "{}")
        except (OSError, ValueError) as error:
            raise CampusError(f"the doors do not answer: {error}", f"log: {paths.relative(LOG)}") from error
    if "error" in answer:
        raise CampusError(answer["error"])
    return answer
