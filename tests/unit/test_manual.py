"""Commands of the manual: each block is run here, or says why not; each command is one that its program takes.

A block that is not run has `<!-- not run: reason -->` on the line before it.
"""

import contextlib
import os
import re
import shlex
import socket
import subprocess
import sys

import pytest

from campus_cli import main, paths
from campus_edge.cli import program as cli

PAGES = sorted([*paths.ROOT.glob("docs/**/*.md"), *paths.ROOT.glob("*.md")])
FENCE = re.compile(r"^(?P<before>[^\n]*)\n+```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
INDENTED = re.compile(r"(?P<before>[^\n]*)\n\n(?P<text>(?:    [^\n]*\n)+)")
INLINE = re.compile(r"`((?:sudo -u campus-edge )?(?:campus-edge|\./campus) [^`\n]+)`")
NOT_RUN = re.compile(r"^<!-- not run: \S.* -->$")
PROGRAMS = (
    r"(?:\./campus|campus-edge|python3?|pip|uv|docker|apt(?:-get)?|sudo|useradd|install|cp|ln|systemctl|odoo"
    r"|psql|pg_dump|pg_restore|createuser|curl|openssl|nginx|git|npm|[A-Z_]+=\S+)"
)
COMMAND = re.compile(rf"^\s*(?:\$ )?({PROGRAMS} .*)$", re.M)
#: What stands for a value in the manual, as a value that programs take.
VALUES = {"FILE": "file", "CODE": "ABCDE-FGHJK", "URL": "https://campus.example", "N": "1", "NAME": "name",
          "EXPRESSION": "x", "SECONDS": "1", "PORT": "5001", "UID": "04A1B2C3", "D": "1", "...": "x"}  # fmt: skip
KEY = "00112233445566778899AABBCCDDEEFF"
#: A simulated reader says its address, then what it does, one a line.
LINES = {
    "keys:350#": "4 keys",
    "ntag424:04DE5F1EACC040": "card 04DE5F1EACC040",
    "pass:04A1B2C3": "card 04A1B2C3: the door stays shut",
}


def blocks():
    """``(page, whether marked, text)`` of every block that has commands."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        rest = FENCE.sub("\n", text)
        for found in [*FENCE.finditer(text), *INDENTED.finditer(rest)]:
            if COMMAND.search(found["text"]) or found.groupdict().get("kind") in ("sh", "bash", "console"):
                name = f"{page.relative_to(paths.ROOT)}: {found['text'].strip().splitlines()[0][:60]}"
                yield pytest.param(bool(NOT_RUN.match(found["before"])), found["text"], id=name)


def commands(text):
    """The commands of a block without remarks and prompt."""
    return [found[1].split("  #")[0].strip() for found in COMMAND.finditer(text)]


def words_of(command):
    """The words of a command of ours with values for what stands for one; None for another program's."""
    first_choice = re.sub(r"\\\|[\w-]+", "", command)
    words = shlex.split(re.sub(r"[\[\]]", " ", first_choice))
    if words[:1] == ["sudo"]:
        words = words[3:]
    return (
        [VALUES.get(word, word) for word in words] if words[:1] in (["campus-edge"], ["./campus"]) else None
    )


def inline():
    for page in PAGES:
        for found in INLINE.finditer(page.read_text(encoding="utf-8")):
            yield pytest.param(found[1], id=f"{page.relative_to(paths.ROOT)}: {found[1]}")
    for block in blocks():
        for command in commands(block.values[1]):
            yield pytest.param(command, id=f"{block.id.split(':')[0]}: {command}")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where commands are run: keys are there, and `campus-edge` is a program."""
    for name in ("reader.key", "d03.key"):
        (tmp_path / name).write_text(KEY)
    program = tmp_path / "bin" / "campus-edge"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m campus_edge "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", paths.PURE_PATH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", list(inline()))
def test_a_command_of_the_manual_is_taken_by_its_program(command, folder):
    words = words_of(command)
    if words is None:
        return
    parse = cli.parse if words[0] == "campus-edge" else main.parse
    assert parse(words[1:])


@pytest.mark.parametrize(("marked", "text"), list(blocks()))
def test_a_block_of_commands_is_run_or_says_why_not(marked, text, folder):
    if marked:
        return
    lines = commands(text)
    assert lines
    with contextlib.ExitStack() as stack:
        if any("osdp-set" in line for line in lines):
            start(stack, "campus-edge simulate osdp 04A1B2C3 --key-file d03.key --link ttyUSB0 --rounds 0")
        for line in lines:
            run(stack, line.replace("/tmp/", "").replace("/dev/", ""))


def run(stack, line):
    """A simulator until it has done all that it was told; what ends by itself to its good end."""
    if line.startswith("campus-edge simulate"):
        start(stack, line)
    else:
        done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def start(stack, line):
    words = shlex.split(line)
    if "--tcp" in words:
        with socket.create_server(("127.0.0.1", 0)) as free:
            words[words.index("--tcp") + 1] = str(free.getsockname()[1])
    if "wedge" in words:
        # A pipe of keys is opened when somebody reads them.
        os.mkfifo(words[words.index("--link") + 1])
        pipe = os.open(words[words.index("--link") + 1], os.O_RDONLY | os.O_NONBLOCK)
        stack.callback(os.close, pipe)
    running = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
    stack.callback(running.terminate)
    assert " on " in running.stdout.readline()
    cards = [word for word in words[3:] if word in LINES or re.fullmatch("[0-9A-F]{8,20}", word)]
    assert cards
    for card in cards[:1]:
        assert running.stdout.readline().strip() == LINES.get(card, f"card {card}")


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "pn532", "--tcp", "5001", "04A1B2C3"],
        ["simulate", "pn532", "04A1B2C3", "--tcp", "5001"],
        ["simulate", "--tcp", "5001", "pn532", "04A1B2C3"],
    ],
)
def test_uids_may_stand_before_and_behind_the_options(words):
    args = cli.parse(words)
    assert (args.driver, args.tcp, args.cards) == ("pn532", 5001, ["04A1B2C3"])
    assert cli.parse([*words, "ntag424:04DE5F1EACC040"]).cards[-1] == "ntag424:04DE5F1EACC040"


def test_a_word_too_many_is_refused_elsewhere(capsys):
    for words in (["status", "now"], ["simulate", "pn532", "04A1B2C3", "--nonsense"]):
        with pytest.raises(SystemExit) as stop:
            cli.parse(words)
        assert stop.value.code == 2
    assert "unrecognized arguments: now" in capsys.readouterr().err
