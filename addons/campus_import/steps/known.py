"""What the database already has for the rows of a file, read with one query per kind."""

from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.campus_core.card_file.values import key
from odoo.tools import SQL


class Known:
    """The accounts, holders, cards and departments that the records name."""

    def __init__(self, env, source, records):
        self.env = env
        self.company = env.company
        self.source = source
        # The queries below read the tables directly, so pending changes are written first.
        env.flush_all()
        self.accounts = self._load_accounts([record.account for record in records])
        self.holders = self._load_holders([record.number for record in records])
        self.holder_accounts = self._load_holder_accounts()
        self.uid_cards = self._load_uid_cards([record.uid for record in records if record.uid])
        self.cards = self._load_cards()
        self.departments = self._load_departments()
        self.allowed_departments = self._load_allowed_departments()

    def _load_accounts(self, accounts):
        rows = self._query(
            """SELECT taken.id, taken.account, taken.partner_id, taken.card_id, taken.openings,
                      partner.campus_number
                 FROM campus_import_account taken
                 JOIN res_partner partner ON partner.id = taken.partner_id
                WHERE taken.company_id = %(company)s AND taken.source = %(source)s
                  AND taken.account = ANY(%(accounts)s)""",
            accounts=accounts,
        )
        return {row["account"]: row for row in rows}

    def _load_holders(self, numbers):
        """The holders by campus number. A holder of this company comes before a shared one."""
        rows = self._query(
            """SELECT id, campus_number, name, campus_role, campus_department_id,
                      campus_valid_from, campus_valid_until
                 FROM res_partner
                WHERE campus_number = ANY(%(numbers)s)
                  AND (company_id = %(company)s OR company_id IS NULL)
                ORDER BY company_id NULLS FIRST""",
            numbers=numbers,
        )
        return {row["campus_number"]: row for row in rows}

    def _load_holder_accounts(self):
        rows = self._query(
            """SELECT partner_id, account FROM campus_import_account
                WHERE company_id = %(company)s AND source = %(source)s
                  AND partner_id = ANY(%(partners)s)""",
            partners=[holder["id"] for holder in self.holders.values()],
        )
        return {row["partner_id"]: row["account"] for row in rows}

    def _load_uid_cards(self, uids):
        """Active cards with these UIDs."""
        rows = self._query(
            """SELECT card.id, card.uid, card.state, card.valid_from, card.valid_until,
                      card.partner_id, partner.campus_number
                 FROM campus_card card JOIN res_partner partner ON partner.id = card.partner_id
                WHERE card.company_id = %(company)s AND card.uid = ANY(%(uids)s)
                  AND card.state = ANY(%(states)s)""",
            uids=uids,
            states=list(card_state.IN_USE),
        )
        return {row["uid"]: row for row in rows}

    def _load_cards(self):
        """The cards that came with the accounts, with their present state."""
        rows = self._query(
            """SELECT id, uid, state, valid_from, valid_until, partner_id
                 FROM campus_card WHERE id = ANY(%(cards)s)""",
            cards=[row["card_id"] for row in self.accounts.values() if row["card_id"]],
        )
        return {row["id"]: row for row in rows}

    def _load_departments(self):
        """Department ids by code and by name. A code comes before a name."""
        # sudo: a code is unique among all departments, also those that the user may not see
        departments = self.env["campus.department"].with_context(active_test=False).sudo()
        found = {}
        domain = [("company_id", "=", self.company.id)]
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for code in languages:
            for department in departments.with_context(lang=code).search(domain):
                heir = department._heir()
                found.setdefault(key(department.complete_name or ""), heir.id)
                found.setdefault(key(department.name), heir.id)
        found.update(
            {key(department.code): department._heir().id for department in departments.search(domain)}
        )
        return found

    def _load_allowed_departments(self):
        """The departments whose holders the user may change. None: all."""
        # sudo: users may not read the fields with their own rights
        user = self.env.user.sudo()
        if self.env.su or user.campus_all_departments:
            return None
        # sudo: as for all departments
        departments = self.env["campus.department"].sudo().with_context(active_test=False)
        return set(departments.search([("id", "child_of", user.campus_department_ids.ids)]).ids)

    def _query(self, query, **values):
        values |= {"company": self.company.id, "source": self.source}
        self.env.cr.execute(SQL(query, **values))
        return self.env.cr.dictfetchall()
