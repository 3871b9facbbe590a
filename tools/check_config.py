"""Checks each file of `config/` and `docker/` with the parser of the program that reads it.

It prints what is wrong and fails. A file without a known parser is an error too.
"""

import argparse
import configparser
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import crossplane
import yaml
from crossplane.analyzer import DIRECTIVES

ROOT = Path(__file__).resolve().parents[1]
#: Directives that are newer than the parser's table.
NGINX_NEWER = {"proxy_cookie_flags"}
#: Blocks whose lines are values, not directives.
NGINX_VALUES = {"map", "geo", "types", "split_clients"}
#: Messages of systemd that are right only on the edge itself: here its program and user do not exist.
SYSTEMD_ELSEWHERE = ("is not executable", "No such file", "not found", "Unknown user", "Failed to load")
#: Options that Odoo reads but that are not in its list of options.
ODOO_OTHER_NAMES = {"without_demo": "with_demo"}


def odoo_conf(path):
    """Read settings as Odoo does: find unknown options and values of a wrong type."""
    config = importlib.import_module("odoo.tools").config

    parser = configparser.RawConfigParser()
    parser.read_string(path.read_text(encoding="utf-8"))
    for name, value in parser["options"].items():
        known = ODOO_OTHER_NAMES.get(name, name)
        if known not in config.options_index:
            yield f"Odoo has no option {name}"
        else:
            try:
                config.parse(known, value)
            except Exception as error:  # the types of options raise different errors
                yield f"{name} = {value}: {error}"


def nginx_conf(path):
    """Check nginx's grammar, the directives, where they may stand and how many values they take."""
    found = crossplane.parse(str(path), check_ctx=False, check_args=True, catch_errors=True, strict=False)
    for error in found["errors"]:
        yield error["error"]
    for config in found["config"]:
        yield from _unknown_directives(config["parsed"])


def _unknown_directives(block):
    for line in block:
        name = line["directive"]
        if name != "#" and name not in DIRECTIVES and name not in NGINX_NEWER:
            yield f"line {line['line']}: nginx has no directive {name}"
        if name not in NGINX_VALUES:
            yield from _unknown_directives(line.get("block", ()))


def compose(path):
    """Check the YAML, and that all services, secrets and volumes that are named exist."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    services = found["services"]
    for name, service in services.items():
        if not ("image" in service or "build" in service):
            yield f"{name} has neither an image nor a build"
        for kind, known in (("depends_on", services), ("secrets", found.get("secrets", {}))):
            for wanted in service.get(kind, ()):
                if wanted not in known:
                    yield f"{name}: {kind} names {wanted}, which is not there"
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if not source.startswith(".") and source not in found.get("volumes", {}):
                yield f"{name}: there is no volume {source}"
        build = service.get("build")
        if build and not (path.parent / build["context"] / build["dockerfile"]).is_file():
            yield f"{name}: there is no {build['dockerfile']}"


def dockerfile(path):
    """Read with Docker's own parser, and check that the files that are copied exist and are not ignored."""
    try:
        parser = importlib.import_module("dockerfile")
    except ImportError:  # this machine has none; CI has one
        return
    try:
        commands = parser.parse_file(str(path))
    except Exception as error:  # the parser's errors have no common class
        yield str(error)
        return
    if not commands or commands[0].cmd.upper() != "FROM":
        yield "does not begin with FROM"
    for command in commands:
        for source in command.value[:-1] if command.cmd.upper() == "COPY" else ():
            if not (ROOT / source).exists():
                yield f"line {command.start_line}: there is no {source} to copy"


def edge_toml(path):
    """Read settings as the edge does."""
    sys.path[:0] = [str(ROOT / "addons" / name) for name in ("campus_card", "campus_terminal")]
    config = importlib.import_module("campus_edge.config")
    drivers = importlib.import_module("campus_edge.readers.drivers")
    try:
        config.load(path, tuple(drivers.DRIVERS))
    except config.ConfigError as error:
        yield str(error)


def systemd_unit(path):
    """Check with systemd if it is installed; else check only the grammar."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    for section in ("Unit", "Service", "Install"):
        if not parser.has_section(section):
            yield f"there is no section [{section}]"
    if analyze := shutil.which("systemd-analyze"):
        done = subprocess.run(
            [analyze, "verify", "--man=no", "--root=/", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        for line in done.stderr.splitlines():
            if path.name in line and not any(text in line for text in SYSTEMD_ELSEWHERE):
                yield line


def ini(path):
    """Sections and values, as Python's programs read them."""
    configparser.ConfigParser().read_string(path.read_text(encoding="utf-8"))
    return ()


def ignored(path):
    """What Docker ignores. Every exception must name a file that exists."""
    for line in path.read_text(encoding="utf-8").split():
        if line.startswith("!") and not (ROOT / line[1:]).exists():
            yield f"there is no {line[1:]}"


PARSERS = {
    "odoo.conf": odoo_conf,
    "nginx.conf": nginx_conf,
    "compose.yaml": compose,
    "Dockerfile": dockerfile,
    "Dockerfile.dockerignore": ignored,
    "edge.toml": edge_toml,
    "campus-edge.service": systemd_unit,
    "pylintrc": ini,
    "pytest-addons.ini": ini,
}


def problems(path):
    """Sentences about what is wrong with a file."""
    parser = PARSERS.get(path.name)
    if parser is None:
        return [f"{path.name}: no parser is known for it (tools/check_config.py)"]
    try:
        return [f"{path.name}: {text}" for text in parser(path)]
    except Exception as error:  # any error of a parser is an error of the file
        return [f"{path.name}: {type(error).__name__}: {error}"]


def main():
    """Check the files of the folders. `--odoo` is the folder of the package `odoo`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--odoo", required=True)
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "config", ROOT / "docker"])
    args = parser.parse_args()
    sys.path.insert(0, args.odoo)
    found = [text for folder in args.folders for path in sorted(folder.iterdir()) if path.is_file()
             for text in problems(path)]  # fmt: skip
    if found:
        print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
