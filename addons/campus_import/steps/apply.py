"""Applies a plan: departments, holders, wallets, cards and opening balances, many at a time.

Everything happens in the transaction of the given environment. The balances come last, because posting locks
the business day.
"""

import uuid

from odoo import fields
from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.campus_core.card_file import types as ft
from odoo.tools import SQL

from .plan import CARD_STATE

BATCH = 1000
# The ids of opening balances derive from company, old system, account and pocket (RFC 4122, version 5).
OPENING_NAMESPACE = uuid.UUID("6f1c1f5e-4f0b-5d0c-9d0e-0ca4d0000001")
# No log, followers or mails for thousands of new records.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    # A holder has no parent contact and no child contacts to synchronise.
    "_partners_skip_fields_sync": True,
}
STATE_TIME = {
    card_state.FROZEN: "frozen_at",
    card_state.LOST: "lost_at",
    card_state.RETURNED: "closed_at",
}


def opening_uuid(company, source, account, plan):
    """The id of an opening balance. The same row always gives the same id."""
    return str(uuid.uuid5(OPENING_NAMESPACE, "\x1f".join((str(company.id), source, account, plan))))


class Applier:
    """Writes the steps of a plan. It calls ``progress(done, total, phase)`` after each batch."""

    def __init__(self, env, plan, profile, import_id=None, progress=None):
        # sudo: the right to import was checked; nobody may write wallets, accounts and the protected values
        # of cards by hand.
        self.env = env(su=True, context={**env.context, **QUIET})
        self.company = env.company
        self.plan = plan
        self.source = profile.source
        self.import_id = import_id
        self.progress = progress or (lambda done, total, phase: None)
        self.done = 0
        self.total = len(plan.steps) * 3
        stages = self.env["campus.card.stage"]
        self.stage_ids = {state: stages._first_of(state).id for state in CARD_STATE.values()}
        #: Accounts that this run has imported, with their stored records.
        self.taken = {}

    def run(self):
        self._create_departments()
        for steps in self._batches(self.plan.steps):
            self._write_holders(steps)
            self._tick(len(steps), "holders")
        for steps in self._batches(self.plan.steps):
            self._write_cards(steps)
            self._remember(steps)
            self._tick(len(steps), "cards")
        for steps in self._batches(self.plan.steps):
            self._post_openings(steps)
            self._tick(len(steps), "balances")
        self._close_wallets()
        self.env.flush_all()

    @staticmethod
    def _batches(steps):
        for start in range(0, len(steps), BATCH):
            yield steps[start : start + BATCH]

    def _tick(self, count, phase):
        """Clear the cache between batches: the next batch needs nothing of the last one."""
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        self.done += count
        self.progress(self.done, self.total, phase)

    # -- people ----------------------------------------------------------------

    def _create_departments(self):
        names = self.plan.new_departments
        created = self.env["campus.department"].create(
            [{"name": name, "code": name, "company_id": self.company.id} for name in names.values()]
        )
        self.department_ids = dict(zip(names, created.ids, strict=True))

    def _write_holders(self, steps):
        partners = self.env["res.partner"].with_context(active_test=False)
        new, changed = [], {}
        of_school = {"company_id": self.company.id}
        if self.company.partner_id.lang:
            # Receipts and mails are in the school's language, whoever imports.
            of_school["lang"] = self.company.partner_id.lang
        for step in steps:
            vals = dict(step.holder_vals)
            department = vals.get("campus_department_id")
            if department in self.department_ids:
                vals["campus_department_id"] = self.department_ids[department]
            if step.holder is None:
                new.append((step, {**vals, **of_school, "campus_number": step.record.number}))
            elif vals:
                changed.setdefault(tuple(sorted(vals.items(), key=str)), []).append(step.holder["id"])
        created = partners.create([vals for _step, vals in new])
        for (step, _vals), partner in zip(new, created, strict=True):
            step.holder = {"id": partner.id}
        for vals, ids in changed.items():
            partners.browse(ids).write(dict(vals))

    def _wallets(self, steps):
        partners = self.env["res.partner"].browse([step.holder["id"] for step in steps])
        wallets = self.env["campus.wallet"]._for_holder(partners, self.company)
        return {wallet.partner_id.id: wallet.id for wallet in wallets}

    # -- cards -----------------------------------------------------------------

    def _write_cards(self, steps):
        self.wallet_ids = self._wallets(steps)
        cards = self.env["campus.card"]
        creating = [step for step in steps if step.card_action != "keep"]
        numbers = self._card_numbers(len(creating))
        created = cards.create(
            [self._card_vals(step, number) for step, number in zip(creating, numbers, strict=True)]
        )
        for step, card in zip(creating, created, strict=True):
            if step.card_action == "replace":
                old = cards.browse(step.card["id"])
                old.replaced_by_id = card
                old._do(card_state.REPLACE)
            step.card = {"id": card.id}
        changed = {}
        for step in steps:
            if step.card_vals:
                changed.setdefault(tuple(step.card_vals.items()), []).append(step.card["id"])
        for vals, ids in changed.items():
            cards.browse(ids).write(dict(vals))
        for step in steps:
            if step.card_verb:
                cards.browse(step.card["id"])._do(step.card_verb)

    def _card_vals(self, step, number):
        record = step.record
        state = CARD_STATE[record.status]
        vals = {
            "number": number,
            "uid": record.uid,
            "kind": "physical",
            "partner_id": step.holder["id"],
            "company_id": self.company.id,
            "wallet_id": self.wallet_ids[step.holder["id"]],
            "stage_id": self.stage_ids[state],
            "valid_from": record.valid_from or False,
            "valid_until": record.valid_until or False,
        }
        if state in STATE_TIME:
            vals[STATE_TIME[state]] = fields.Datetime.now()
        if state == card_state.LOST:
            vals["state_before_loss"] = card_state.ACTIVE
        if record.remark:
            vals["note"] = record.remark
        if step.card_action == "replace":
            vals["replaces_id"] = step.card["id"]
        return vals

    def _card_numbers(self, count):
        """Numbers of the card sequence. One statement gets all of them if the sequence has no gap-free
        numbering.
        """
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "campus.card"), ("company_id", "in", (self.company.id, False))],
            order="company_id",
            limit=1,
        )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        self.env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)", [f"ir_sequence_{sequence.id:03d}", count]
        )
        return [sequence.get_next_char(number) for (number,) in self.env.cr.fetchall()]

    # -- money -----------------------------------------------------------------

    def _remember(self, steps):
        """Store which accounts were imported and their balances, also if they were zero."""
        now = fields.Datetime.now()
        rows = []
        for step in steps:
            if step.account:
                if step.card and step.account["card_id"] != step.card["id"]:
                    self.env["campus.import.account"].browse(step.account["id"]).card_id = step.card["id"]
                continue
            record = step.record
            rows.append(
                {
                    "company_id": self.company.id,
                    "source": self.source,
                    "account": record.account,
                    "partner_id": step.holder["id"],
                    "wallet_id": self.wallet_ids[step.holder["id"]],
                    "card_id": step.card["id"] if step.card else False,
                    "openings": record.openings,
                    "opening_minor": sum(record.openings.values()),
                    "status": record.status,
                    "import_id": self.import_id,
                    "imported_at": now,
                }
            )
        for row, taken in zip(rows, self.env["campus.import.account"].create(rows), strict=True):
            row["id"] = taken.id
            self.taken[row["account"]] = row

    def _post_openings(self, steps):
        opening = self.env["campus.account"]._system("opening", self.company)
        ledger = self.env["campus.ledger"]
        requests = []
        for step in steps:
            taken = self.taken.get(step.record.account)
            for plan, amount_minor in (taken["openings"] if taken else {}).items():
                if amount_minor:
                    requests.append(self._opening(taken, plan, amount_minor, opening))
        for answer in ledger._post(requests):
            ledger._raise_refusal(answer)

    def _opening(self, taken, plan, amount_minor, opening):
        return {
            "uuid": opening_uuid(self.company, self.source, taken["account"], plan),
            "kind": "opening",
            "wallet_id": taken["wallet_id"],
            "account_id": opening.id,
            "amount_minor": amount_minor,
            "plan": plan,
            "origin": f"campus.import.account,{taken['id']}",
            "memo": self.env._("Opening balance of account %s", taken["account"]),
        }

    def _close_wallets(self):
        """Close the wallets of closed accounts if they have no money and no active card."""
        wallet_ids = [row["wallet_id"] for row in self.taken.values() if row["status"] == ft.CLOSED]
        if not wallet_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM campus_wallet wallet
                    WHERE id = ANY(%s) AND state <> 'closed'
                      AND NOT EXISTS (SELECT 1 FROM campus_account account
                                       WHERE account.wallet_id = wallet.id AND account.kind = 'debt')
                      AND NOT EXISTS (SELECT 1 FROM campus_account pocket
                                       WHERE pocket.wallet_id = wallet.id AND pocket.balance_minor <> 0)
                      AND NOT EXISTS (SELECT 1 FROM campus_card card
                                       WHERE card.wallet_id = wallet.id AND card.state = ANY(%s))""",
                wallet_ids,
                list(card_state.IN_USE),
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.env["campus.wallet"].browse(ids).action_close()
