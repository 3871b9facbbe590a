"""No link of a proof or a right is emptied when what it points to is deleted.

Odoo empties a Many2one by default, and drops a line of a Many2many. What is not named here refuses.
"""

import ast
from pathlib import Path

ADDONS = Path(__file__).parents[2] / "addons"

#: Choices for the future: without them something is asked again, nothing past is lost.
MAY_BE_EMPTIED = {
    "campus.account alert_place_id", "campus.terminal alert_place_id",
    "campus.alert.rule mail_template_id", "campus.alert.rule activity_user_id",
    "campus.card.stage mail_template_id",
    "campus.department responsible_id", "campus.edge responsible_id",
    "res.company campus_approver_id", "res.company campus_device_user_id",
    # Replaced together with a chart of accounts; the day does not close without them.
    "res.company campus_journal_id", "res.company campus_clearing_account_id",
    "res.company campus_debt_account_id", "res.company campus_transit_account_id",
    # A notification of Odoo's queue; what became of it is noted beside it.
    "campus.alert.delivery notification_id",
    # What a kiosk is showing right now; it ends with the session.
    "campus.kiosk.session topup_link_id",
}  # fmt: skip

#: Parts that go with their whole, and whose whole is no proof or cannot be deleted itself.
MAY_GO_ALONG = {
    "campus.alert.delivery alert_id", "campus.alert.delivery partner_id", "campus.alert partner_id",
    "campus.alert.preference partner_id", "campus.alert.preference rule_id",
    "campus.alert.trial rule_id", "campus.alert.trial partner_id",
    "campus.chip company_id", "campus.chip.key company_id", "campus.key company_id",
    "campus.timetable.import.line import_id",
    "campus.timetable.profile.column profile_id", "campus.timetable.profile.period profile_id",
    "campus.import.line import_id", "campus.import.profile.column profile_id", "campus.import.profile.word profile_id",
    "campus.credential.use wallet_id", "campus.credential.use phone_id",
    "campus.emergency partner_id", "campus.emergency company_id",
    "campus.kiosk.session kiosk_id", "campus.kiosk.session card_id", "campus.kiosk.session partner_id",
    "campus.topup.link wallet_id",
    "campus.schedule.exception schedule_id", "campus.schedule.window schedule_id",
    # Where somebody is goes with the person; the passages that told it have an end of their own.
    "campus.position partner_id", "campus.position company_id",
    # Nobody but its holder needs a PIN; a spot on a floor plan is nothing without plan and door.
    "campus.door.pin partner_id", "campus.floor.plan.spot plan_id", "campus.floor.plan.spot door_id",
    "campus.bridge.line bridge_id", "campus.bridge.finding bridge_id", "campus.closing.line closing_id",
}  # fmt: skip

#: Choices for the future, of which an empty list does not mean everything.
MAY_BE_DROPPED = {"campus.alert.rule staff_ids"}


def links():
    """Yield (model, field, type, keywords) of the stored links of all records that last."""
    for path in sorted(ADDONS.glob("*/models/*.py")):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef) or not any(
                "Model" in ast.unparse(base) for base in node.bases
            ):
                continue
            if any(
                "Transient" in ast.unparse(base) or "Abstract" in ast.unparse(base) for base in node.bases
            ):
                continue
            model = next(
                (_text(a.value) for name in ("_name", "_inherit") for a in _assigned(node, name)), None
            )
            for assign in node.body:
                call = assign.value if isinstance(assign, ast.Assign) else None
                kind = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
                if kind not in ("fields.Many2one", "fields.Many2many"):
                    continue
                keywords = {keyword.arg: keyword.value for keyword in call.keywords}
                if not {"related", "compute"} & keywords.keys():
                    yield model, assign.targets[0].id, kind.removeprefix("fields."), keywords


def _assigned(node, name):
    return [a for a in node.body if isinstance(a, ast.Assign) and ast.unparse(a.targets[0]) == name]


def _text(node):
    value = ast.literal_eval(node)
    return value if isinstance(value, str) else value[0]


def _ondelete(keywords):
    if "ondelete" in keywords:
        return ast.literal_eval(keywords["ondelete"])
    required = "required" in keywords and ast.literal_eval(keywords["required"])
    return "restrict" if required else "set null"


def test_a_link_is_emptied_or_goes_along_only_where_that_was_decided():
    found = {"set null": set(), "cascade": set(), "restrict": set()}
    for model, field, kind, keywords in links():
        if kind == "Many2one":
            found[_ondelete(keywords)].add(f"{model} {field}")
    assert found["set null"] - MAY_BE_EMPTIED == set()
    assert found["cascade"] - MAY_GO_ALONG == set()
    assert "campus.closing closed_by_id" in found["restrict"]


def test_the_lists_name_only_what_exists():
    named = {f"{model} {field}" for model, field, _kind, _keywords in links()}
    assert (MAY_BE_EMPTIED | MAY_GO_ALONG) - named == set()


def test_a_list_of_links_loses_no_line():
    dropped = {
        f"{model} {field}"
        for model, field, kind, keywords in links()
        if kind == "Many2many" and _ondelete(keywords) != "restrict"
    }
    assert dropped == MAY_BE_DROPPED
