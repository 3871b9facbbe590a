"""Plans what each row of a file changes in the database. Lookups are done for all rows together.

It writes nothing. A dry run ends with the plan; an import continues with ``apply``.
"""

from dataclasses import dataclass, field

from odoo.addons.campus_card.campus_core import card_state, errors
from odoo.addons.campus_card.campus_core.card_file import types as ft
from odoo.addons.campus_card.campus_core.card_file.types import Problem, Record
from odoo.addons.campus_card.campus_core.card_file.values import key

from .known import Known

CREATED, UPDATED, UNCHANGED, ERROR = "created", "updated", "unchanged", "error"

# The state of a card by the status of its account in the old system.
CARD_STATE = {
    ft.ACTIVE: card_state.ACTIVE,
    ft.FROZEN: card_state.FROZEN,
    ft.LOST: card_state.LOST,
    ft.CLOSED: card_state.RETURNED,
}
# A later file may only change a card's state to one further right in this order.
STRICTER = (card_state.ACTIVE, card_state.FROZEN, card_state.LOST, card_state.RETURNED)
VERB_TO = {
    card_state.FROZEN: card_state.FREEZE,
    card_state.LOST: card_state.REPORT_LOST,
    card_state.RETURNED: card_state.RETURN,
}
# The fields of the holder, with the column that the file must have for each.
HOLDER_FIELDS = {
    "name": ft.NAME,
    "campus_role": ft.ROLE,
    "campus_department_id": ft.DEPARTMENT,
    "campus_valid_from": ft.VALID_FROM,
    "campus_valid_until": ft.VALID_UNTIL,
}


@dataclass
class Step:
    """The plan for one row. Empty ``holder``: a new holder. ``department`` may be the key of a department
    that will be created.
    """

    record: Record
    result: str = UNCHANGED
    holder: dict | None = None
    holder_vals: dict = field(default_factory=dict)
    department: int | str | None = None
    account: dict | None = None
    card: dict | None = None
    card_action: str = "keep"  # keep, create, replace
    card_vals: dict = field(default_factory=dict)
    card_verb: str | None = None
    warnings: list[Problem] = field(default_factory=list)


class Planner:
    """Makes steps and problems from the records of a file."""

    def __init__(self, env, reading, profile):
        self.reading = reading
        self.creates_departments = profile.unknown_department == "create"
        self.new_departments = {}
        self.steps = []
        self.problems = []
        self.known = Known(env, profile.source, reading.records)

    def run(self):
        for record in self.reading.records:
            problem = self._refuse(record)
            if problem:
                self.problems.append(problem)
                self.reading.refused[record.row] = record
            else:
                self.steps.append(self._step(record))
        return self

    def _refuse(self, record):
        """The problem that refuses a row, or None."""
        account = self.known.accounts.get(record.account)
        if account and account["campus_number"] != record.number:
            return self._problem(
                record,
                ft.ACCOUNT,
                record.account,
                errors.ACCOUNT_TAKEN,
                number=account["campus_number"] or "",
            )
        holder = self.known.holders.get(record.number)
        other = holder and not account and self.known.holder_accounts.get(holder["id"])
        if other:
            return self._problem(record, ft.NUMBER, record.number, errors.NUMBER_TAKEN, account=other)
        card = self.known.uid_cards.get(record.uid)
        if card and record.status != ft.CLOSED and (not holder or card["partner_id"] != holder["id"]):
            return self._problem(
                record, ft.UID, record.uid_text, errors.UID_TAKEN, number=card["campus_number"] or ""
            )
        return self._refuse_department(record, holder)

    def _refuse_department(self, record, holder):
        known = self.known.departments.get(key(record.department)) if record.department else None
        if record.department and not known and not self.creates_departments:
            return self._problem(record, ft.DEPARTMENT, record.department, errors.DEPARTMENT_UNKNOWN)
        if self.known.allowed_departments is None:
            return None
        touched = {known} | ({holder["campus_department_id"]} if holder else set())
        if not touched <= self.known.allowed_departments:
            return self._problem(record, ft.DEPARTMENT, record.department, errors.DEPARTMENT_FORBIDDEN)
        return None

    def _step(self, record):
        step = Step(record, account=self.known.accounts.get(record.account))
        step.holder = self.known.holders.get(record.number)
        step.department = self._department_of(record, step)
        self._plan_holder(step)
        self._plan_card(step)
        self._plan_opening(step)
        if not step.holder:
            step.result = CREATED
        elif (
            step.holder_vals
            or step.card_vals
            or step.card_verb
            or step.card_action != "keep"
            or not step.account
        ):
            step.result = UPDATED
        return step

    def _department_of(self, record, step):
        """The id of the row's department, or the key of one to be created."""
        if not record.department:
            return None
        word = key(record.department)
        known = self.known.departments.get(word)
        if known:
            return known
        if word not in self.new_departments:
            self.new_departments[word] = record.department
            step.warnings.append(
                self._problem(record, ft.DEPARTMENT, record.department, errors.DEPARTMENT_CREATED)
            )
        return word

    def _plan_holder(self, step):
        record = step.record
        stated = {
            "name": record.name,
            "campus_role": record.role,
            "campus_department_id": step.department,
            "campus_valid_from": record.valid_from,
            "campus_valid_until": record.valid_until,
        }
        old = step.holder or {}
        for name, target in HOLDER_FIELDS.items():
            value = stated[name]
            if target not in self.reading.targets or (old.get(name) or None) == (value or None):
                continue
            # An empty text deletes nothing. An empty last day means that the card does not end.
            if value or (name == "campus_valid_until" and step.holder):
                step.holder_vals[name] = value or False

    def _plan_card(self, step):
        record = step.record
        state = CARD_STATE[record.status]
        known = step.account and self.known.cards.get(step.account["card_id"])
        same_uid = self.known.uid_cards.get(record.uid) if record.status != ft.CLOSED else None
        step.card = card = same_uid or known
        if not record.uid:
            return
        if card and known and not same_uid and card["uid"] != record.uid:
            replaceable = card_state.REPLACE in card_state.MOVES[card["state"]]
            step.card_action = "replace" if replaceable else "create"
        elif not card:
            step.card_action = "create"
        else:
            self._plan_card_changes(step, card, state)

    def _plan_card_changes(self, step, card, state):
        """Changes of a card that is here already: its dates come from the file, its state may only become
        stricter.
        """
        if ft.VALID_UNTIL in self.reading.targets and card["valid_until"] != step.record.valid_until:
            step.card_vals["valid_until"] = step.record.valid_until or False
        if card["state"] == state:
            return
        stricter = card["state"] in STRICTER and STRICTER.index(card["state"]) < STRICTER.index(state)
        if stricter:
            step.card_verb = VERB_TO[state]
        elif (card["state"], state) != (card_state.EXPIRED, card_state.ACTIVE):
            step.warnings.append(
                self._problem(
                    step.record, ft.STATUS, step.record.status, errors.STATUS_DIFFERS, state=card["state"]
                )
            )

    def _plan_opening(self, step):
        record = step.record
        if not step.account:
            amount_minor = sum(record.openings.values())
            if record.status == ft.CLOSED and amount_minor:
                step.warnings.append(
                    self._problem(
                        record, ft.STATUS, record.status, errors.CLOSED_WITH_MONEY, amount_minor=amount_minor
                    )
                )
            return
        opened = step.account["openings"] or {}
        for plan, now_minor in record.openings.items():
            was_minor = opened.get(plan, 0)
            if was_minor != now_minor:
                problem = self._problem(
                    record,
                    f"{ft.AMOUNT}:{plan}",
                    str(now_minor),
                    errors.BALANCE_CHANGED,
                    was_minor=was_minor,
                    now_minor=now_minor,
                )
                step.warnings.append(problem)

    @staticmethod
    def _problem(record, target, value, code, **numbers):
        return Problem(record.row, record.columns.get(target, ""), value, code, numbers)
