"""What `security/rights.toml` means, and that the page of the manual is made from it."""

import importlib
import sys
from pathlib import Path

import pytest

from campus_core import rights

ROOT = Path(__file__).resolve().parents[2]
toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
PAGE = ROOT / "docs" / "rights.md"
MARK = "<!-- made from addons/*/security/rights.toml by ./campus rights -->\n"
ROLES = {
    "clerk": {"group": "x.clerk", "label": "Clerk"},
    "devices": {"group": "x.devices"},
    "manager": {"group": "x.manager", "includes": ["clerk", "devices"]},
    "auditor": {"group": "x.auditor"},
}


def parse(model=None, **sections):
    document = {"roles": ROLES, **sections}
    if model is not None:
        document["models"] = {"m": model}
    return rights.parse({"one": document})


def test_a_role_may_do_what_the_roles_may_that_it_includes():
    stated = parse({"rights": {"clerk": "rw", "devices": "c", "manager": "d", "auditor": "r"}})
    assert [stated.operation("m", role) for role in ("clerk", "manager", "auditor")] == ["rw", "rwcd", "r"]


def test_what_is_not_stated_is_refused():
    stated = parse({"rights": {"clerk": "r"}})
    assert stated.operation("m", "auditor") == ""
    assert stated.writers("m", "name") == set()
    assert stated.callers("m", "action_x") == set()


def test_a_field_may_be_open_for_new_records_only():
    stated = parse({"fields": {"clerk": ["note"]}, "new": {"clerk": ["holder"], "auditor": ["*"]}})
    assert stated.writers("m", "holder") == set()
    assert stated.writers("m", "note") == {"clerk", "manager"}
    assert stated.writers("m", "holder", new=True) == {"clerk", "manager", "auditor"}


def test_files_of_several_addons_add_up():
    other = {"models": {"m": {"verbs": {"auditor": ["action_look"]}}}}
    stated = rights.parse(
        {"two": other, "one": {"roles": ROLES, "models": {"m": {"rights": {"clerk": "r"}}}}}
    )
    assert stated.models["m"].addons == {"one", "two"}
    assert stated.callers("m", "action_look") == {"auditor"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"modles": {}}, "unknown section modles"),
        ({"models": {"m": {"right": {}}}}, "unknown key right"),
        ({"models": {"m": {"rights": {"clerk": "rx"}}}}, "“x” in clerk"),
        ({"models": {"m": {"rights": {"clark": "r"}}}}, "there is no role clark"),
        ({"models": {"m": {"rows": {"clerk": "mine"}}}}, "rows of clerk"),
        ({"models": {"m": {"verbs": {"clerk": "action_x"}}}}, "needs a list"),
        ({"menus": {"nobody": ["x.menu"]}}, "there is no role nobody"),
    ],
)
def test_a_mistake_is_named_with_its_place(document, words):
    with pytest.raises(rights.RightsError, match=words):
        rights.parse({"one": {"roles": ROLES, **document}})


def test_a_role_includes_only_roles_that_are_stated():
    with pytest.raises(rights.RightsError, match="includes ghost"):
        rights.parse({"one": {"roles": {"x": {"group": "g", "includes": ["ghost"]}}}})


def test_the_page_of_the_manual_is_what_the_files_say():
    files = sorted(ROOT.glob("addons/*/security/rights.toml"))
    documents = {path.parts[-3]: toml.loads(path.read_text(encoding="utf-8")) for path in files}
    page = PAGE.read_text(encoding="utf-8").partition(MARK)[2]
    assert page == rights.table(rights.parse(documents)), "run ./campus rights"
