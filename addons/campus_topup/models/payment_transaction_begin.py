from contextlib import contextmanager
from datetime import timezone

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.ledger import topup
from odoo.tools import SQL

from ..const import TURN_LOCK


class PaymentTransaction(models.Model):
    """Begins payments: the limits are checked and the payment is stored under one lock of its wallet."""

    _inherit = "payment.transaction"

    campus_charge = fields.Char(
        readonly=True,
        copy=False,
        help="Day of the automatic top-up, and its number on that day. Each is tried once.",
    )

    _campus_charge_unique = models.UniqueIndex(
        "(campus_wallet_id, campus_charge) WHERE campus_charge IS NOT NULL",
        "This automatic top-up was tried already.",
    )

    @api.model
    @contextmanager
    def _campus_turn(self, wallet):
        """Yield an environment in which nobody else can begin a payment for this wallet. It commits at the
        end.

        It runs at READ COMMITTED, so whoever waited for the lock sees the payments that began before.
        """
        with self.env["campus.ledger"]._own_transaction() as env:
            env.execute_query(SQL("SELECT pg_advisory_xact_lock(%s, %s)", TURN_LOCK, wallet.id))
            yield env

    @api.model
    def _campus_begin(self, wallet, amount_minor, vals, *, link=None, guest=False):
        """Store a payment that begins and return its id. Raises if a limit or the link does not allow it."""
        with self._campus_turn(wallet) as env:
            env["campus.portal"]._check_topup(wallet.with_env(env), amount_minor, guest=guest)
            if link:
                link.with_env(env)._begin(amount_minor)
            transactions = self.with_env(env)
            provider = env["payment.provider"].browse(vals["provider_id"])
            reference = transactions._compute_reference(provider.code, prefix=f"CARD-{wallet.id}")
            tx = transactions.create(
                {**vals, "reference": reference, **self._campus_topup_vals(wallet, link)}
            )
            return tx.id

    @api.model
    def _campus_topup_vals(self, wallet, link=None):
        return {
            "campus_wallet_id": wallet.id,
            "campus_link_id": link.id if link else False,
            "campus_topup_state": "waiting",
        }

    # -- what counts -------------------------------------------------------------------

    @api.model
    def _campus_month_minor(self, wallet):
        """Cents that were paid online, or may still be, for a wallet in the company's present month."""
        now = fields.Datetime.now()
        payments = self.search(
            [
                ("campus_wallet_id", "=", wallet.id),
                ("source_transaction_id", "=", False),
                ("operation", "!=", "validation"),
                ("state", "in", (topup.BEGUN, *topup.COMING)),
                ("create_date", ">=", self._campus_start_of(wallet.company_id, "month")),
            ]
        )
        return topup.month_minor(
            topup.Payment(
                tx._campus_amount_minor(),
                tx.state,
                (now - tx.create_date).total_seconds(),
                tx._campus_voided_minor(),
            )
            for tx in payments
        )

    def _campus_voided_minor(self):
        voided = self.child_transaction_ids.filtered(
            lambda child: child.operation == self.operation and child.state == "cancel"
        )
        return sum(child._campus_amount_minor() for child in voided)

    @api.model
    def _campus_start_of(self, company, span):
        """When the company's present ``day`` or ``month`` began, in UTC."""
        start = company._campus_zoned(fields.Datetime.now()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        if span == "month":
            start = start.replace(day=1)
        return start.astimezone(timezone.utc).replace(tzinfo=None)
