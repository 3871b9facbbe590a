"""Checks that every `sudo()` of the addons has its reason: a comment with the word sudo, on a line of the
statement or directly above it. Prints the calls without a reason; exits with 1 if there are any.

    check_sudo.py FOLDER...
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

APART = {"tests", "static", "campus_core", "campus_edge"}
_LEADS = re.compile(r"\s*(?:for|with|if)\b.*:$|.*\.sudo\(")
REASON = re.compile(r"#.*\bsudo\b.*\w", re.IGNORECASE)


def without_reason(source: str) -> list[int]:
    """Lines of the calls of `sudo` without a reason."""
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    lines = source.splitlines()
    return sorted(
        {
            line
            for first, last, line in _calls(ast.parse(source))
            if not any(REASON.search(comments.get(at, "")) for at in range(first, last + 1))
            and not REASON.search(_above(lines, comments, first))
        }
    )


def _calls(tree: ast.AST) -> Iterator[tuple[int, int, int]]:
    """First and last line of the statement around each call of `sudo`, and the line of the call."""
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.stmt):
            continue
        for node in _own(statement):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "sudo"
                and _raises_rights(node)
            ):
                last = max(getattr(part, "end_lineno", 0) for part in _own(statement))
                yield statement.lineno, last, node.func.end_lineno


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The parts of a statement that are not statements themselves."""
    waiting = [child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _raises_rights(call: ast.Call) -> bool:
    """Whether the call raises rights; `sudo(False)` does not."""
    return not (call.args and isinstance(call.args[0], ast.Constant) and not call.args[0].value)


def _above(lines: list[str], comments: dict[int, str], first: int) -> str:
    """The comment directly above a line, or above statements and headers of blocks that lead to it.

    Calls of `sudo` that follow each other line by line may have one reason together.
    """
    found: list[str] = []
    while first > 2 and first - 1 not in comments and _LEADS.match(lines[first - 2]):
        first -= 1
    while first > 1 and first - 1 in comments and lines[first - 2].lstrip().startswith("#"):
        first -= 1
        found.append(comments[first])
    return " ".join(reversed(found))


def main(folders: list[str]) -> int:
    found = 0
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*.py")):
        if APART & set(path.parts[1:]):
            continue
        for line in without_reason(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: a sudo() without its reason beside it (`# sudo: ...`)")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
