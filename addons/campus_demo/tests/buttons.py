"""Finding the buttons that somebody sees in our views, and pressing one as the web client does."""

import ast
import datetime
from collections import namedtuple

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

#: ``hides``: the conditions of the button and of all around it; ``node``: of the arch.
Button = namedtuple("Button", "model view name kind hides context node")

OURS = "odoo.addons.campus_"


def our_views(env):
    """Views of all addons of the campus, by model: primary forms, lists and kanbans."""
    data = env["ir.model.data"].search([("model", "=", "ir.ui.view"), ("module", "=like", "campus\\_%")])
    views = env["ir.ui.view"].browse(data.mapped("res_id")).exists().filtered("model")
    extended = views.filtered("inherit_id").mapped("inherit_id")
    while extended.filtered("inherit_id"):
        extended = extended.mapped(lambda view: view.inherit_id or view)
    found = (views.filtered(lambda view: view.mode == "primary") | extended).filtered("active")
    return found.filtered(lambda view: view.type in ("form", "list", "kanban"))


def buttons_of(env, view):
    """Buttons of a view as the user of ``env`` gets it; none where the model is not readable."""
    Model = env[view.model]
    if not Model.has_access("read"):
        return []
    arch = etree.fromstring(Model.get_view(view.id, view.type)["arch"])
    found = []
    _walk(env, arch, view.model, view.xml_id or view.name, (), found)
    return found


def _walk(env, node, model, view, hides, found):
    if not isinstance(node.tag, str):
        return
    hides = (*hides, *(node.get(name) for name in ("invisible", "column_invisible") if node.get(name)))
    if node.tag == "field" and len(node) and node.get("name") in env[model]._fields:
        comodel = env[model]._fields[node.get("name")].comodel_name
        if comodel:
            # What hides the list hides it for its parent's record: not known here, and not asked.
            for child in node:
                _walk(env, child, comodel, f"{view}/{node.get('name')}", (), found)
            return
    kind = node.get("type")
    if node.tag in ("button", "a") and kind in ("object", "action") and node.get("name"):
        found.append(Button(model, view, node.get("name"), kind, hides, node.get("context") or "{}", node))
    for child in node:
        _walk(env, child, model, view, hides, found)


def is_ours(env, button):
    """Whether the button does something of ours: everything on our models, else methods of our addons."""
    if button.model.startswith("campus."):
        return True
    if button.kind == "action":
        return False
    method = getattr(type(env[button.model]), button.name, None)
    return (
        any(
            vars(cls).get(button.name) is not None and cls.__module__.startswith(OURS)
            for cls in type(env[button.model]).__mro__
        )
        and method is not None
    )


def is_visible(record, button):
    """Whether the web client shows the button on this record."""
    return not any(_truth(record, condition) for condition in button.hides)


def values_of(record, expression):
    """What an expression of a view may know of a record."""
    names = {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}
    values = {
        "context": dict(record.env.context),
        "uid": record.env.uid,
        "id": record.id,
        "active_id": record.id,
        "time": safe_time,
        "active_model": record._name,
        "active_ids": record.ids,
        "parent": _Nothing(),
    }
    for name in names & record._fields.keys() - {"id"}:
        value = record._fields[name].convert_to_read(record[name], record, use_display_name=False)
        values[name] = value.isoformat() if isinstance(value, datetime.date) else value
    return values  # fmt: skip


class _Nothing:
    def __getattr__(self, name):
        return False


def _truth(record, condition):
    if condition in ("1", "True", "0", "False"):
        return condition in ("1", "True")
    return bool(safe_eval(condition, values_of(record, condition)))


def press(record, button):
    """Press a button; returns a fault in words, or None when it did something or refused with a sentence."""
    env = record.env
    context = {**env.context, **safe_eval(button.context, values_of(record, button.context))}
    context |= {"active_id": record.id, "active_ids": record.ids, "active_model": record._name}
    try:
        with env.cr.savepoint():
            if button.kind == "object":
                answer = call_kw(env[record._name], button.name, [record.ids], {"context": context})
                opened = open_answer(env, answer)
            else:
                opened = open_action(env, int(button.name), context)
            env.flush_all()
            raise _TakeBack(opened)
    except _TakeBack as back:
        fault = back.fault
    except AccessError as error:
        fault = f"is seen and refused: {error}"
    except UserError as error:
        fault = None if str(error).strip() else "refuses without a sentence"
    except Exception as error:  # whatever a person would see as a crash
        fault = f"crashes: {type(error).__name__}: {error}"
    env.invalidate_all()
    return fault


class _TakeBack(Exception):  # no error: undoes what was pressed
    def __init__(self, fault):
        super().__init__()
        self.fault = fault


def open_answer(env, answer):
    """What the answer of a button opens must open; returns a fault or None."""
    if not isinstance(answer, dict) or answer.get("type") != "ir.actions.act_window":
        return None
    return _open(env, answer)


def open_action(env, action_id, context):
    """The same for a button that opens an action."""
    action = env["ir.actions.actions"].browse(action_id).sudo()
    if action.type != "ir.actions.act_window":
        return None
    opened = env[action.type].sudo().browse(action_id)._get_action_dict()
    return _open(env, {**opened, "context": context})


def _open(env, action):
    Model = env[action["res_model"]]
    if not Model.has_access("read"):
        return f"opens {action['res_model']}, which may not be read"
    views = action.get("views") or [(False, mode) for mode in (action.get("view_mode") or "form").split(",")]
    Model.get_views([(view_id, "list" if mode == "tree" else mode) for view_id, mode in views])
    if action.get("res_id"):
        Model.browse(action["res_id"]).read(["display_name"])
    elif isinstance(action.get("context"), dict) and Model.is_transient():
        Model.with_context(**action["context"]).default_get(list(Model._fields))
    return None
