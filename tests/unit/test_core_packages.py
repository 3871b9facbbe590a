"""The packages of the pure rules: which may use which, and that nothing goes in a circle."""

import re
from graphlib import TopologicalSorter

from test_architecture import ADDONS, CORE, EDGE, ROOT, imports, python_files

# Package of the core -> the packages of the core that it may use; what is beside them is for all.
CORE_MAY_USE = {
    "alerts": set(),
    "ledger": set(),
    "taps": {"ledger"},
    "credentials": {"taps"},
    "devices": {"access", "taps"},
    "card_file": {"credentials"},
    "access": {"taps", "credentials"},
    "timetable": {"card_file"},
}


def modules_used():
    """Module of the core -> the modules of the core that it imports, anywhere in its code."""
    dotted = {path: ".".join(path.relative_to(ADDONS).with_suffix("").parts) for path in python_files(CORE)}
    for path, module in dotted.items():
        found = {name if name in dotted.values() else name.rpartition(".")[0] for name in imports(path)}
        yield module, found & set(dotted.values()) - {module}


def test_no_modules_of_the_core_import_each_other():
    used = dict(modules_used())
    # a circle is an error of the sorter
    assert set(used) <= set(TopologicalSorter(used).static_order()) and used


def test_packages_of_the_core_use_only_packages_below_them():
    wrong = []
    for module, used in modules_used():
        package = module.split(".")[2]
        allowed = CORE_MAY_USE.get(package, set()) | {package}
        wrong += [
            f"{module}: {name}"
            for name in used
            if name.split(".")[2] in CORE_MAY_USE and name.split(".")[2] not in allowed
        ]
    assert not wrong


def test_every_package_of_the_core_has_its_place():
    assert {path.name for path in CORE.iterdir() if (path / "__init__.py").exists()} == set(CORE_MAY_USE)


def test_the_wheel_has_every_package_of_the_core_and_the_edge():
    stated = re.search(r"^packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.S | re.M)
    wanted = {
        ".".join(folder.parent.relative_to(home.parent).parts)
        for home in (CORE, EDGE)
        for folder in home.rglob("__init__.py")
    }
    assert set(re.findall(r'"([\w.]+)"', stated[1])) == wanted
