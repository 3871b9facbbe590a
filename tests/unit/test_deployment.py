"""A server has what the addons need: manifests, locked lists, image and compose file say the same."""

import ast
import configparser
import re
import shlex
import shutil
import stat
import subprocess
import sys

import pytest
import yaml

from campus_cli import paths, settings
from campus_cli.commands import lint

ROOT = paths.ROOT
DOCKER = ROOT / "docker"
#: Names of packages whose modules are called otherwise.
MODULES = {"chinesecalendar": "chinese_calendar",
           "python-dateutil": "dateutil", "pyserial": "serial", "pyopenssl": "OpenSSL", "psycopg2-binary": "psycopg2",
           "pillow": "PIL", "python-magic": "magic", "pyusb": "usb", "lxml-html-clean": "lxml_html_clean"}  # fmt: skip
#: What an edge installs for itself (pyproject.toml); the server does not load it.
EDGE = {"campus_edge", "iot_handlers"}
#: Come with a package of Odoo's list.
WITHIN = {"markupsafe", "dateutil"}


def names(text):
    """The packages of a list before it is locked."""
    found = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in text.splitlines())
    return {match[0].lower() for match in found if match}


def odoos_own():
    text = (ROOT / "requirements.in").read_text(encoding="utf-8")
    return names(text.split("# -- Odoo 19.0 runtime")[1].split("# --")[0])


def module_of(package):
    return MODULES.get(package, package).replace("-", "_").lower()


def manifest_packages(addon):
    return set(settings.manifest(addon).get("external_dependencies", {}).get("python", ()))


def imported(addon):
    """Packages from elsewhere that the addon's code for the server imports."""
    for path in (paths.ADDONS / addon).rglob("*.py"):
        if {"tests", *EDGE} & set(path.relative_to(paths.ADDONS).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            yield from (module.split(".")[0] for module in modules)


def server_list():
    return names((ROOT / "requirements-server.in").read_text(encoding="utf-8"))


def test_the_servers_list_is_what_the_manifests_name_and_odoo_does_not_bring():
    named = {name for addon in settings.PRODUCT_ADDONS for name in manifest_packages(addon)}
    assert named - odoos_own() == server_list()


@pytest.mark.parametrize("addon", settings.PRODUCT_ADDONS)
def test_every_package_that_an_addon_imports_is_named_or_odoos(addon):
    ours = {*settings.DEMO_ADDONS, "campus_core"}
    known = set(sys.stdlib_module_names) | {"odoo"} | ours | WITHIN | set(map(module_of, odoos_own()))
    above = {name for other in settings.with_dependencies([addon]) for name in manifest_packages(other)}
    assert set(imported(addon)) - known - set(map(module_of, above)) == set()


def test_the_servers_lock_has_every_name_in_the_versions_that_are_tested():
    def pins(name):
        return dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / name).read_text(encoding="utf-8"), re.M))

    locked, tested = pins("requirements-server.txt"), pins("requirements.txt")
    assert server_list() <= set(locked)
    assert {name: tested.get(name) for name in locked} == locked


def test_the_image_installs_the_servers_lock_and_finds_it():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = re.search(r"^COPY requirements-server.txt (\S+)$", text, re.M)[1]
    command = next(line for line in text.splitlines() if "pip install" in line)
    assert "--require-hashes" in command
    assert re.search(rf"--requirement {re.escape(copied)}$", command)
    target = re.search(r"--target (\S+)", command)[1]
    assert f"ENV PYTHONPATH={target}" in text.splitlines()
    assert text.index("COPY requirements-server.txt") < text.index("pip install")


def test_what_the_image_copies_is_not_left_out():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    let_in = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().split() if line[0] == "!"}
    assert set(re.findall(r"^COPY (\S+)", text, re.M)) == let_in


def instructions(name):
    """``[(INSTRUCTION, rest), ...]`` of the Dockerfile, lines joined and comments left out."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
    lines = text.replace("\\\n", " ").splitlines()
    found = [line.split(None, 1) for line in lines if line.strip()]
    return [rest for instruction, rest in found if instruction == name]


def test_what_the_image_copies_is_there_and_odoo_finds_its_copy():
    copies = dict(rest.split() for rest in instructions("COPY"))
    assert copies
    for source in copies:
        assert (ROOT / source).exists(), source
    conf = configparser.ConfigParser(interpolation=None)
    conf.read(ROOT / "config" / "odoo.conf", encoding="utf-8")
    assert copies["addons"] in conf["options"]["addons_path"].split(",")
    # what the entry point of Odoo's image takes from the environment must not be in the file
    assert not {"db_host", "db_port", "db_user", "db_password"} & set(conf["options"])


def test_the_scripts_within_image_and_compose_file_are_scripts():
    compose = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    scripts = instructions("RUN")
    for service in compose["services"].values():
        command = service.get("command") or []
        scripts += command[2:] if command[:2] == ["sh", "-c"] else []
        scripts += [shlex.join(service["healthcheck"]["test"][1:])] if "healthcheck" in service else []
    assert len(scripts) >= 5
    for script in scripts:
        # compose writes one dollar sign as two
        done = subprocess.run(
            ["sh", "-n"], input=script.replace("$$", "$"), text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, (script, done.stderr)


def test_what_containers_mount_from_the_checkout_is_there_or_is_made_by_the_instructions():
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    head = text.split("name: campus")[0]
    mounts = re.findall(r"- (\.[./\w-]*):(/\S+)", text)
    assert mounts
    for source, _target in mounts:
        path = DOCKER / source
        assert path.exists() or f"{path.name}/" in head, source


def test_compose_installs_and_updates_every_addon_of_the_folder_but_the_demo():
    there = {path.parent.name for path in paths.ADDONS.glob("*/__manifest__.py")}
    of_a_database = {name for name in there if settings.manifest(name).get("installable", True)}
    wanted = of_a_database - {"campus_demo"}
    command = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]["update"][
        "command"
    ]
    for option in ("--init=", "--update="):
        listed = next(part.removeprefix(option) for part in command if part.startswith(option)).split(",")
        assert sorted(listed) == sorted(wanted)
    assert set(settings.PRODUCT_ADDONS) == wanted


def test_the_containers_users_can_read_the_password_and_other_people_cannot(tmp_path):
    """The commands of the compose file, carried out; neither container's user is the file's owner."""
    head = (DOCKER / "compose.yaml").read_text(encoding="utf-8").split("name: campus")[0]
    commands = [line.removeprefix("#").strip() for line in head.splitlines() if line.startswith("#        ")]
    assert any("db_password" in command for command in commands)
    if not shutil.which("openssl"):
        commands = [re.sub(r"openssl rand -hex \d+", "echo secret", command) for command in commands]
    subprocess.run(["sh", "-eu", "-c", "\n".join(commands)], cwd=tmp_path, check=True)
    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    assert set(found["secrets"]) == {"db_password", "campus_pepper"}
    for name, secret in found["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        file = folder / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o444
        assert len(file.read_text().split()) == 1


ODOO = """
class Config:
    options_index = {"workers": None, "with_demo": None}
    def parse(self, name, value):
        return int(value) if name == "workers" else value
config = Config()
"""


def run_check(tmp_path, folder):
    """The check of `./campus lint`, with an Odoo that has two options."""
    package = tmp_path / "tree" / "odoo" / "tools"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(ODOO)
    command = [sys.executable, lint.CONFIG_CHECK, "--odoo", str(tmp_path / "tree"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


BROKEN = {
    "nginx.conf": ("proxy_pass", "proxy_pas"),
    "compose.yaml": ("secrets: [db_password]", "secrets: [db_pasword]"),
    "Dockerfile": ("COPY addons ", "COPY adons "),
    "Dockerfile.dockerignore": ("!addons", "!adons"),
    "edge.toml": ("ask_timeout_ms", "ask_timeout_s"),
    "campus-edge.service": ("[Install]", "[Instal]"),
    "pylintrc": ("[", "("),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_of_a_server_is_found_by_its_own_parser(name, tmp_path):
    source = next(folder / name for folder in (ROOT / "config", DOCKER) if (folder / name).exists())
    right, wrong = BROKEN[name]
    folder = tmp_path / source.parent.name
    folder.mkdir()
    text = source.read_text(encoding="utf-8")
    assert right in text
    (folder / name).write_text(text.replace(right, wrong), encoding="utf-8")
    done = run_check(tmp_path, folder)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[options]\nworkers = five\n", "workers = five: "),
        ("[options]\nworker = 5\n", "Odoo has no option worker"),
        ("workers = 5\n", "MissingSectionHeaderError"),
    ],
)
def test_a_setting_that_odoo_does_not_read_is_found(text, said, tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "odoo.conf").write_text(text)
    assert said in run_check(tmp_path, folder).stdout
    (folder / "odoo.conf").write_text("[options]\nworkers = 5\nwithout_demo = True\n")
    shutil.rmtree(tmp_path / "tree")
    assert run_check(tmp_path, folder).returncode == 0


def test_a_file_that_no_parser_knows_is_found(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "haproxy.cfg").write_text("global\n")
    assert "no parser is known" in run_check(tmp_path, folder).stdout
