"""What each role may do, read from the files ``security/rights.toml`` of the addons.

This module gives the files a meaning and finds mistakes in them. What no file states is
not allowed. Odoo's own rights (access lists, record rules, groups) are compared with it by tests, and
field and verb rights are enforced from it on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Letters of a right, in the order in which they are written and shown.
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# Which rows: all of the own companies, those of the own departments, the own ones, all.
ROWS = ("company", "departments", "own", "some", "all")
# Callers without a login, and machines that sign or have a key; they are used for routes only.
VISITORS = ("public", "kiosk", "edge")
ANY_FIELD = "*"

SECTIONS = {"roles", "models", "menus", "routes"}
MODEL_KEYS = {"rights", "rows", "fields", "new", "verbs", "why"}


class RightsError(ValueError):
    """A file states something that has no meaning."""


@dataclass(frozen=True)
class Role:
    """A group of Odoo with a short name; it has all rights of the roles that it ``includes``."""

    name: str
    group: str
    includes: tuple[str, ...]
    label: str


@dataclass
class ModelRights:
    """Statements about one model, merged from all files; each maps a name to the roles stated for it."""

    operations: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    new: dict[str, set[str]] = field(default_factory=dict)
    verbs: dict[str, set[str]] = field(default_factory=dict)
    addons: set[str] = field(default_factory=set)


@dataclass
class Rights:
    """All statements of the addons that are installed."""

    roles: dict[str, Role] = field(default_factory=dict)
    models: dict[str, ModelRights] = field(default_factory=dict)
    menus: dict[str, set[str]] = field(default_factory=dict)
    routes: dict[str, set[str]] = field(default_factory=dict)
    # addon that states a menu or a route
    addon_of: dict[str, str] = field(default_factory=dict)

    def including(self, role: str) -> set[str]:
        """Return the role and every role that it includes."""
        found = {role}
        for other in self.roles[role].includes:
            found |= self.including(other)
        return found

    def allowed(self, named: Iterable[str]) -> set[str]:
        """Return all roles that have the rights of one of the named roles."""
        wanted = set(named)
        return {name for name in self.roles if wanted & self.including(name)}

    def operation(self, model: str, role: str) -> str:
        """Return the letters of what a role may do with a model."""
        stated = self.models[model].operations
        return "".join(letter for letter in OPERATIONS if role in self.allowed(stated.get(letter, ())))

    def writers(self, model: str, name: str, new: bool = False) -> set[str]:
        """Return the roles that may write a field; on a ``new`` record more fields may be set."""
        stated = self.models[model]
        named = stated.fields.get(name, set()) | stated.fields.get(ANY_FIELD, set())
        if new:
            named = named | stated.new.get(name, set()) | stated.new.get(ANY_FIELD, set())
        return self.allowed(named)

    def callers(self, model: str, verb: str) -> set[str]:
        return self.allowed(self.models[model].verbs.get(verb, ()))


def parse(documents: Mapping[str, Mapping[str, Any]]) -> Rights:
    """Return the statements of these files, ``{addon: content}``.

    :raise RightsError: something has no meaning; the text names the file and the place
    """
    rights = Rights()
    for addon, document in documents.items():
        if unknown := document.keys() - SECTIONS:
            raise RightsError(f"{addon}: unknown section {', '.join(sorted(unknown))}")
        _read_roles(rights, addon, document.get("roles", {}))
    for role in rights.roles.values():
        for other in role.includes:
            if other not in rights.roles:
                raise RightsError(f"{role.name} includes {other}, which no file states")
    for addon, document in documents.items():
        for model, stated in document.get("models", {}).items():
            _read_model(rights, addon, model, stated)
        for section, target in (("menus", rights.menus), ("routes", rights.routes)):
            for named, names in document.get(section, {}).items():
                _add(rights, target, f"{addon}: {section}", named, names)
                rights.addon_of |= dict.fromkeys(names, addon)
    return rights


def _read_roles(rights: Rights, addon: str, roles: Mapping[str, Any]) -> None:
    for name, stated in roles.items():
        if name in rights.roles or name in VISITORS:
            raise RightsError(f"{addon}: the role {name} is stated twice")
        includes = tuple(stated.get("includes", ()))
        rights.roles[name] = Role(name, stated["group"], includes, stated.get("label", name))


def _read_model(rights: Rights, addon: str, model: str, stated: Mapping[str, Any]) -> None:
    place = f"{addon}: {model}"
    if unknown := stated.keys() - MODEL_KEYS:
        raise RightsError(f"{place}: unknown key {', '.join(sorted(unknown))}")
    into = rights.models.setdefault(model, ModelRights())
    into.addons.add(addon)
    for named, letters in stated.get("rights", {}).items():
        for letter in letters:
            if letter not in OPERATIONS:
                raise RightsError(f"{place}: “{letter}” in {named} is none of rwcd")
            _add(rights, into.operations, place, named, [letter])
    for named, rows in stated.get("rows", {}).items():
        if rows not in ROWS:
            raise RightsError(f"{place}: rows of {named} are one of {', '.join(ROWS)}")
        if named != "everybody":
            _roles_of(rights, place, named)
        into.rows[named] = rows
    for key, target in (("fields", into.fields), ("new", into.new), ("verbs", into.verbs)):
        for named, names in stated.get(key, {}).items():
            _add(rights, target, place, named, names)


def _add(rights: Rights, target: dict[str, set[str]], place: str, named: str, names: Iterable[str]) -> None:
    if isinstance(names, str):
        raise RightsError(f"{place}: {named} needs a list")
    roles = _roles_of(rights, place, named)
    for name in names:
        target.setdefault(name, set()).update(roles)


def _roles_of(rights: Rights, place: str, named: str) -> list[str]:
    """Return the roles of a key such as ``"clerk finance"``."""
    roles = named.split()
    for role in roles:
        if role not in rights.roles and role not in VISITORS:
            raise RightsError(f"{place}: there is no role {role}")
    return roles


def table(rights: Rights) -> str:
    """Return the manual's page about what each role may do, in Markdown."""
    roles = list(rights.roles)
    parts = [_head(rights)]
    for model in sorted(name for name, stated in rights.models.items() if _says_something(stated)):
        parts.append(_section(rights, model, rights.models[model], roles))
    parts.append(_names(rights, "Menus", rights.menus))
    parts.append(_names(rights, "Addresses", rights.routes))
    return "\n".join(parts)


def _says_something(stated: ModelRights) -> bool:
    return bool(stated.operations or stated.fields or stated.new or stated.verbs)


def _head(rights: Rights) -> str:
    lines = ["| role | group in Odoo | may also do what these may |", "|---|---|---|"]
    for role in rights.roles.values():
        others = ", ".join(rights.roles[name].label for name in role.includes)
        lines.append(f"| {role.label} (`{role.name}`) | `{role.group}` | {others} |")
    return "\n".join([*lines, ""])


def _section(rights: Rights, model: str, stated: ModelRights, roles: list[str]) -> str:
    lines = [f"### `{model}`", ""]
    if stated.operations:
        lines += ["| role | rights | rows |", "|---|---|---|"]
        everybody = stated.rows.get("everybody", "")
        for role in roles:
            if letters := rights.operation(model, role):
                rows = ", ".join(filter(None, (everybody, _rows_of(rights, stated, role))))
                lines.append(f"| {rights.roles[role].label} | {letters} | {rows} |")
        lines.append("")
    for title, names in (
        ("fields", stated.fields),
        ("new records only", stated.new),
        ("verbs", stated.verbs),
    ):
        for who, listed in _grouped(rights, names).items():
            lines.append(f"- {title}, {who}: {', '.join(f'`{name}`' for name in listed)}")
    return "\n".join([*lines, ""])


def _rows_of(rights: Rights, stated: ModelRights, role: str) -> str:
    found = {rows for name, rows in stated.rows.items() if name in rights.including(role)}
    return ", ".join(sorted(found))


def _grouped(rights: Rights, names: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Group names by the roles stated for them, written as text."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(_who(rights, names[name]), []).append(name)
    return dict(sorted(found.items()))


def _who(rights: Rights, named: set[str]) -> str:
    order = [*rights.roles, *VISITORS]
    labels = {name: role.label for name, role in rights.roles.items()}
    return ", ".join(labels.get(name, name) for name in sorted(named, key=order.index)) or "nobody"


def _names(rights: Rights, title: str, names: Mapping[str, set[str]]) -> str:
    lines = [f"## {title}", "", "| who | what |", "|---|---|"]
    for who, listed in _grouped(rights, names).items():
        lines.append(f"| {who} | {', '.join(f'`{name}`' for name in listed)} |")
    return "\n".join([*lines, ""])
