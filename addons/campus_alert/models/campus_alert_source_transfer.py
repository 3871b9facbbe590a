from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.forecast import Movement
from odoo.fields import Domain
from odoo.tools import SQL

from .campus_alert_source import KNOWN

MOMENTS = {KNOWN: SQL("transfer.posted_at"), "happened": SQL("transfer.occurred_at")}
# Older balances are computed backwards from the present ones.
MOVEMENTS = """WITH side AS (
    SELECT transfer.id, transfer.uuid, transfer.wallet_id, transfer.amount_minor,
           transfer.kind <> 'purchase' AND transfer.reverses_id IS NULL
           AND credit.wallet_id = transfer.wallet_id AS top_up,
           transfer.occurred_at, transfer.reverses_id, %(fresh)s AS fresh,
           (CASE WHEN credit.kind = 'pocket' THEN transfer.amount_minor ELSE 0 END)
           - (CASE WHEN debit.kind = 'pocket' THEN transfer.amount_minor ELSE 0 END) AS change
      FROM campus_transfer transfer
      JOIN campus_account debit ON debit.id = transfer.debit_account_id
      JOIN campus_account credit ON credit.id = transfer.credit_account_id
     WHERE transfer.wallet_id IN (SELECT id FROM campus_wallet
                                   WHERE partner_id = ANY(%(partners)s)
                                     AND company_id = %(company)s)
       AND transfer.occurred_at >= %(since)s),
now AS (
    SELECT wallet_id, sum(balance_minor)::bigint AS minor FROM campus_account
     WHERE kind = 'pocket' AND wallet_id IN (SELECT wallet_id FROM side) GROUP BY wallet_id),
run AS (
    SELECT side.*, now.minor - COALESCE(sum(side.change) OVER (
               PARTITION BY side.wallet_id ORDER BY side.id DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS balance
      FROM side JOIN now USING (wallet_id))
SELECT wallet.partner_id, max(run.id),
       max(run.occurred_at) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
       min(run.balance)::bigint,
       sum(CASE WHEN run.id IN %(matching)s AND run.reverses_id IS NULL
                THEN run.amount_minor ELSE 0 END)::bigint,
       bool_or(run.top_up), bool_or(run.fresh)
  FROM run JOIN campus_wallet wallet ON wallet.id = run.wallet_id
 GROUP BY wallet.partner_id, run.uuid ORDER BY max(run.id)"""


class CampusAlertSourceTransfer(models.AbstractModel):
    """Purchases and other transfers. A purchase that uses several pockets is one event."""

    _inherit = "campus.alert.source"

    @api.model
    def _matching_transfers(self, rule, domain):
        """A subquery of ids. The filter of the rule is applied with the rights of the environment.

        If the filter names no kind of transfer, the rule is about purchases only.
        """
        here = Domain("company_id", "=", rule.company_id.id)
        wanted = rule._parsed_domain()
        if not any(condition.field_expr == "kind" for condition in wanted.iter_conditions()):
            wanted &= Domain("kind", "=", "purchase")
        return self.env["campus.transfer"]._search(wanted & here & domain).subselect()

    @api.model
    def _in_span(self, span):
        moment = MOMENTS[span.moment]
        return SQL("(%s >= %s AND %s < %s)", moment, span.since, moment, span.until)

    @api.model
    def _touched_transfer(self, rule, span):
        # An event is stored when it happens or later. So the index on the time of posting helps for both
        # times.
        domain = Domain("posted_at", ">=", self._a_day_before(span.since))
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT wallet.partner_id, min(transfer.occurred_at)
                         FROM campus_transfer transfer
                         JOIN campus_wallet wallet ON wallet.id = transfer.wallet_id
                        WHERE transfer.id IN %s AND %s
                        GROUP BY wallet.partner_id ORDER BY wallet.partner_id""",
                    self._matching_transfers(rule, domain),
                    self._in_span(span),
                )
            )
        )

    @api.model
    def _events_transfer(self, rule, partner_ids, span, since):
        domain = Domain("wallet_id.partner_id", "in", partner_ids) & Domain("occurred_at", ">=", since)
        rows = self.env.execute_query(
            SQL(
                """SELECT wallet.partner_id, min(transfer.id),
                          min(transfer.occurred_at) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
                          sum(CASE WHEN transfer.reverses_id IS NULL THEN transfer.amount_minor
                                   ELSE -transfer.amount_minor END)::bigint,
                          min(place.latitude), min(place.longitude), min(merchant.name), bool_or(%(fresh)s)
                     FROM campus_transfer transfer
                     JOIN campus_wallet wallet ON wallet.id = transfer.wallet_id
                     LEFT JOIN campus_account merchant ON merchant.kind = 'merchant'
                      AND merchant.id IN (transfer.credit_account_id, transfer.debit_account_id)
                     LEFT JOIN campus_alert_place place ON place.id = merchant.alert_place_id
                    WHERE transfer.id IN %(matching)s
                    GROUP BY wallet.partner_id, transfer.uuid ORDER BY min(transfer.id)""",
                zone=self._time_zone(rule.company_id),
                fresh=self._in_span(span),
                matching=self._matching_transfers(rule, domain),
            )
        )
        return self._grouped(rows)

    @api.model
    def _movements(self, rule, partner_ids, span, since):
        """What changed the holders' money: ``{partner id: [Movement]}``, each with the balance after it.

        Balances are computed backwards from the present ones. So a question about last month gets the same
        answer as it did then.
        """
        domain = Domain("wallet_id.partner_id", "in", partner_ids) & Domain("occurred_at", ">=", since)
        rows = self.env.execute_query(
            SQL(
                MOVEMENTS,
                fresh=self._in_span(span),
                partners=list(partner_ids),
                company=rule.company_id.id,
                since=since,
                zone=self._time_zone(rule.company_id),
                matching=self._matching_transfers(rule, domain),
            )
        )
        movements = {}
        for partner_id, *values in rows:
            movements.setdefault(partner_id, []).append(Movement(*values))
        return movements

    @api.model
    def _last_top_ups(self, rule, partner_ids, before):
        """The last top-up before a time: ``{partner id: transfer id}``."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT wallet.partner_id, max(transfer.id)
                         FROM campus_transfer transfer
                         JOIN campus_wallet wallet ON wallet.id = transfer.wallet_id
                         JOIN campus_account credit ON credit.id = transfer.credit_account_id
                        WHERE wallet.partner_id = ANY(%s) AND wallet.company_id = %s
                          AND credit.wallet_id = transfer.wallet_id AND transfer.kind <> 'purchase'
                          AND transfer.reverses_id IS NULL AND transfer.occurred_at < %s
                        GROUP BY wallet.partner_id""",
                    list(partner_ids),
                    rule.company_id.id,
                    before,
                )
            )
        )
