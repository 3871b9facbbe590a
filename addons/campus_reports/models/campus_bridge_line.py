from odoo import api, fields, models


class CampusBridgeLine(models.Model):
    """One general ledger account of the cards in a check. Credits are positive."""

    _name = "campus.bridge.line"
    _description = "Line of a Bridge"
    _order = "bridge_id desc, id"

    bridge_id = fields.Many2one("campus.bridge", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="bridge_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("plan", "Pockets"),
            ("debt", "Holders' debts"),
            ("clearing", "Card clearing"),
            ("transit", "Top-ups in transit"),
            ("days", "All movements"),
        ],
        required=True,
    )
    gl_id = fields.Many2one("account.account", string="General Ledger Account", ondelete="restrict")
    plan_ids = fields.Many2many("campus.pocket.plan", string="Plans", ondelete="restrict")
    name = fields.Char(compute="_compute_name")
    stored = fields.Monetary(string="On Cards", help="Balances stored in the pockets.")
    moved = fields.Monetary(string="Sum of Transfers", help="All transfers, added up again.")
    open_items = fields.Monetary(
        help="Transfers of days that are not closed; on the clearing account less the card "
        "payments of open till sessions."
    )
    expected = fields.Monetary(string="Should Be", compute="_compute_expected")
    books = fields.Monetary(string="In the Books", help="Posted journal items.")
    difference = fields.Monetary(help="On cards, less open items, less the books.")
    drift = fields.Monetary(help="Stored balances less the sum of their transfers.")
    is_balanced = fields.Boolean(compute="_compute_expected")

    @api.depends("kind", "plan_ids", "gl_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            plans = line.plan_ids.mapped("name")
            line.name = ", ".join(plans) if plans else kinds.get(line.kind, "")

    @api.depends("stored", "open_items", "difference", "drift")
    def _compute_expected(self):
        for line in self:
            line.expected = line.stored - line.open_items
            line.is_balanced = not (line.difference or line.drift)

    def action_open_cards(self):
        """Open the pockets or debts of this line; for the clearing account the merchants."""
        self.ensure_one()
        kinds = {
            "plan": ["pocket"],
            "debt": ["debt"],
            "clearing": ["merchant"],
            "transit": ["channel"],
            "days": [],
        }
        domain = [("company_id", "=", self.company_id.id)]
        if kinds[self.kind]:
            domain.append(("kind", "in", kinds[self.kind]))
        if self.kind == "plan":
            domain.append(("plan_id", "in", self.plan_ids.ids))
        action = self._open("campus.account", domain, self.env._("%s: on cards", self.name))
        if self.kind == "plan":
            rows = self.env.ref("campus_card.campus_account_view_list_pocket")
            phone = self.env.ref("campus_card.campus_account_view_kanban_pocket")
            action["views"] = [(rows.id, "list"), (phone.id, "kanban"), (False, "form")]
        return action

    def action_open_transfers(self):
        """Open the transfers of the days that were not closed at the time of the check."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id)]
        if self.bridge_id.closed_until:
            domain.append(("booking_date", ">", self.bridge_id.closed_until))
        if self.kind == "plan":
            domain.append(("plan_id", "in", self.plan_ids.ids))
        elif self.kind in ("clearing", "transit"):
            domain.append(("counter_account_id.gl_account_id", "=", self.gl_id.id))
        elif self.kind == "debt":
            domain.append(("is_debt", "=", True))
        return self._open("campus.transfer.report", domain, self.env._("%s: open", self.name))

    def action_open_books(self):
        """Open the posted journal items of the general ledger account."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("parent_state", "=", "posted")]
        if self.gl_id:
            domain.append(("account_id", "=", self.gl_id.id))
        else:
            domain.append(("move_id.campus_closing_id", "!=", False))
        return self._open("account.move.line", domain, self.env._("%s: in the books", self.name))

    def _open(self, model, domain, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": domain,
            "view_mode": "list",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "context": {"create": False, "edit": False, "delete": False},
        }

    @api.model
    def _prepare_vals(self, line):
        return {
            "kind": line["kind"],
            "gl_id": line["gl_id"],
            "plan_ids": [fields.Command.set([plan for plan in line["plan_ids"] or () if plan])],
            "stored": line["stored_minor"] / 100,
            "moved": line["moved_minor"] / 100,
            "open_items": line["open_minor"] / 100,
            "books": line["books_minor"] / 100,
            "difference": line["difference_minor"] / 100,
            "drift": line["drift_minor"] / 100,
        }
