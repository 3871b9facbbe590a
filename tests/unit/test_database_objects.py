"""Everything that our SQL makes is known to the uninstallation that has to take it away."""

import ast
import re
from pathlib import Path

import pytest

from db import objects

ADDONS = Path(__file__).resolve().parents[2] / "addons"
FILES = sorted(ADDONS.glob("*/data/*.sql"))
OWNERS = sorted({path.parents[1].name for path in FILES})
WORD = re.compile(r"\bCREATE\b", re.IGNORECASE)
KINDS = r"(?:TABLE|FUNCTION|TRIGGER|INDEX|SEQUENCE|VIEW|TYPE|DOMAIN|EXTENSION|SCHEMA|RULE|AGGREGATE)\b"
IN_PYTHON = re.compile(rf"\bCREATE\s+(?:[A-Z]+\s+)*?{KINDS}")
#: The seal of each table: ``db/uninstall.py`` asks the same table for the names.
SEALS = "seals.py"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_every_create_is_one_that_the_uninstallation_drops(path):
    text = path.read_text(encoding="utf-8")
    made = objects.made_in(text)
    assert len(made) == len(WORD.findall(objects.COMMENT.sub("", text)))
    assert {one.name for one in made if not one.name.startswith("campus_")} == set()


def test_no_two_addons_make_the_same_function_or_table():
    owners = {}
    for addon in OWNERS:
        for one in set(objects.made_by(ADDONS / addon)):
            if one.kind != "TRIGGER":
                owners.setdefault(one, []).append(addon)
    assert {one: addons for one, addons in owners.items() if len(addons) > 1} == {}


@pytest.mark.parametrize("addon", [name for name in OWNERS if objects.made_by(ADDONS / name)])
def test_an_addon_with_sql_drops_it_when_it_is_uninstalled(addon):
    manifest = ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text(encoding="utf-8"))
    tree = ast.parse((ADDONS / addon / "__init__.py").read_text(encoding="utf-8"))
    [hook] = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == manifest.get("uninstall_hook")
    ]
    assert f"uninstall.drop_objects(env, '{addon}')" in ast.unparse(hook)


def test_python_makes_nothing_in_the_database_but_seals():
    """What a model makes by hand stands in ``data/*.sql``, where its name is found."""
    wrong = [
        str(path.relative_to(ADDONS))
        for path in ADDONS.rglob("*.py")
        if not {"tests", "campus_edge", "__pycache__"} & set(path.parts)
        and path.name != SEALS
        and IN_PYTHON.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_names_are_read_however_they_are_made():
    text = """
        -- CREATE TABLE a_comment ();
        create unlogged table if not exists one (id int);
        CREATE UNIQUE INDEX two ON one (id);
        CREATE OR REPLACE FUNCTION three() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        DO $$ BEGIN EXECUTE format('CREATE TRIGGER four BEFORE DELETE ON %I', 'one'); END $$;
    """
    assert objects.made_in(text) == [
        ("TABLE", "one"),
        ("INDEX", "two"),
        ("FUNCTION", "three"),
        ("TRIGGER", "four"),
    ]
