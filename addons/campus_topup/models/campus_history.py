import datetime as dt

from odoo import api, models
from odoo.tools import SQL, format_date

from ..chart import stack

SPANS = {"day": 14, "week": 8, "month": 12}
KINDS = {
    "spent": ("purchase", "fee"),
    "topup": ("topup", "subsidy", "gift", "opening"),
    "other": (
        "payout",
        "expiry",
        "correction_in",
        "correction_out",
        "debt_return",
        "debt_payment",
        "debt_settle",
        "write_off",
        "join_out",
        "join_in",
    ),
}
# One row per request, because a purchase may use several pockets. A refund that also reduces the debt makes a
# second transfer; it belongs to the refund and has no row of its own.
ROWS = """
SELECT min(t.id), t.uuid::text, min(t.kind) FILTER (WHERE t.kind <> 'debt_return'), min(t.occurred_at),
       min(t.booking_date),
       sum(CASE WHEN t.kind = 'debt_return' THEN 0
                WHEN debit.wallet_id = t.wallet_id THEN -t.amount_minor ELSE t.amount_minor END)::bigint,
       min(CASE WHEN debit.wallet_id = t.wallet_id THEN t.credit_account_id ELSE t.debit_account_id END),
       bool_or(t.reverses_id IS NOT NULL), min(t.memo)
  FROM campus_transfer t
  JOIN campus_account debit ON debit.id = t.debit_account_id
 WHERE t.wallet_id = %(wallet)s AND %(where)s
 GROUP BY t.uuid ORDER BY min(t.occurred_at) DESC, min(t.id) DESC LIMIT %(limit)s
"""
# The rows after the last row of a page. They are sorted by time and then by id.
BEFORE = """(t.occurred_at, t.id) <
    (SELECT last.occurred_at, last.id FROM campus_transfer last WHERE last.id = %s AND last.wallet_id = %s)"""
SUMS = """
SELECT date_trunc(%(span)s, t.booking_date)::date,
       CASE WHEN debit.wallet_id = t.wallet_id THEN t.credit_account_id ELSE t.debit_account_id END,
       sum(CASE WHEN debit.wallet_id = t.wallet_id THEN t.amount_minor ELSE -t.amount_minor END)::bigint
  FROM campus_transfer t
  JOIN campus_account debit ON debit.id = t.debit_account_id
 WHERE t.wallet_id = %(wallet)s AND t.kind = 'purchase' AND t.booking_date >= %(start)s
 GROUP BY 1, 2
"""


class CampusHistory(models.AbstractModel):
    """The history of a wallet for its holder. Callers have checked that the wallet is the holder's."""

    _name = "campus.history"
    _description = "History of a Wallet"

    @api.model
    def _lines(
        self,
        wallet,
        limit,
        kind=None,
        start=None,
        end=None,
        counter_account_id=None,
        before_id=None,
        uuid=None,
    ):
        """The requests of a wallet, newest first: dicts with ``id, uuid, kind, name, occurred_at,
        booking_date, amount_minor`` (signed), ``where, is_reversal, memo, dispute``.
        """
        where = [SQL("TRUE")]
        if kind in KINDS:
            where.append(SQL("t.kind = ANY(%s)", list(KINDS[kind])))
        if start:
            where.append(SQL("t.booking_date >= %s", start))
        if end:
            where.append(SQL("t.booking_date <= %s", end))
        if counter_account_id:
            where.append(SQL("%s IN (t.debit_account_id, t.credit_account_id)", counter_account_id))
        if uuid:
            where.append(SQL("t.uuid = %s", uuid))
        if before_id:
            where.append(SQL(BEFORE, before_id, wallet.id))
        rows = self.env.execute_query(
            SQL(ROWS, wallet=wallet.id, where=SQL(" AND ").join(where), limit=limit)
        )
        return self._present(wallet, rows)

    @api.model
    def _present(self, wallet, rows):
        transfers = self.env["campus.transfer"]
        kinds = dict(transfers._fields["kind"]._description_selection(self.env))
        names = self._account_names({row[6] for row in rows})
        disputes = {
            dispute.transfer_id.id: dispute
            for dispute in self.env["campus.dispute"].search(
                [("wallet_id", "=", wallet.id), ("transfer_id", "in", [row[0] for row in rows])], order="id"
            )
        }
        keys = (
            "id",
            "uuid",
            "kind",
            "occurred_at",
            "booking_date",
            "amount_minor",
            "counter_account_id",
            "is_reversal",
            "memo",
        )
        lines = []
        for row in rows:
            line = dict(zip(keys, row, strict=True))
            name = kinds.get(line["kind"], "")
            line["name"] = self.env._("Refund: %s", name) if line["is_reversal"] else name
            line["where"] = names.get(line["counter_account_id"], "")
            line["dispute"] = disputes.get(line["id"])
            lines.append(line)
        return lines

    @api.model
    def _account_names(self, ids):
        return {account.id: account.display_name for account in self.env["campus.account"].browse(ids)}

    @api.model
    def _counter_accounts(self, wallet):
        """The merchants, channels and offices with which this wallet has exchanged money: ``[(id, name)]``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT credit_account_id FROM campus_transfer WHERE wallet_id = %s AND kind = 'purchase'"
                " AND reverses_id IS NULL LIMIT 50",
                wallet.id,
            )
        )
        return sorted(self._account_names({row[0] for row in rows}).items(), key=lambda item: item[1])

    # -- refusals ------------------------------------------------------------------

    @api.model
    def _refusals(self, wallet, limit=20):
        """The latest refusals at tills, readers and doors: ``[{at, amount_minor, text}]``."""
        postings = self._unpaid(wallet, limit)
        taps = self.env["campus.tap"].search(
            [("card_id", "in", wallet.card_ids.ids), ("outcome", "=", "refused")],
            order="occurred_at desc, id desc",
            limit=limit,
        )
        found = {}
        for posting in postings:
            found[posting.uuid] = (posting.answered_at, posting.answer["amount_minor"], posting.answer)
        for tap in taps:
            # A tap may also have an answer of the ledger. That answer says more, so it is used.
            answer = {"code": tap.code, "numbers": tap.numbers or {}}
            found.setdefault(tap.uuid, (tap.occurred_at, tap.amount_minor or 0, answer))
        newest = sorted(found.values(), key=lambda refusal: refusal[0], reverse=True)[:limit]
        return [
            {"at": at, "amount_minor": minor, "text": self._explain(wallet, answer)}
            for at, minor, answer in newest
        ]

    @api.model
    def _unpaid(self, wallet, limit):
        """Answers that refused a payment and were not followed by a success under the same uuid. A till that
        needs the PIN is refused first; such payments are left out.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM campus_posting refused
                    WHERE wallet_id = %s AND NOT ok AND action = 'birth'
                      AND NOT EXISTS (SELECT FROM campus_posting paid
                                       WHERE paid.uuid = refused.uuid AND paid.ok AND paid.action = 'birth'
                                         AND paid.wallet_id = refused.wallet_id)
                    ORDER BY answered_at DESC, id DESC LIMIT %s""",
                wallet.id,
                limit,
            )
        )
        return self.env["campus.posting"].browse([row[0] for row in rows])

    @api.model
    def _explain(self, wallet, answer):
        """The reason. If the holder's own limit refused, the text says so."""
        to_text = self.env["campus.amount"]._to_text
        numbers = answer["numbers"]
        own = {
            "limit_purchase": (
                wallet.own_limit_purchase_minor,
                self.env._("Over your own limit of %s for one purchase."),
            ),
            "limit_day": (wallet.own_limit_day_minor, self.env._("Over your own daily limit of %s.")),
            "pin_needed": (
                wallet.own_pin_above_minor,
                self.env._("Above your own sum of %s a day the PIN is needed."),
            ),
        }
        minor, sentence = own.get(answer["code"], (0, ""))
        if minor and numbers.get("limit_minor") == minor:
            return sentence % to_text(minor, wallet.currency_id)
        return self.env["campus.ledger"]._explain(answer)

    # -- charts --------------------------------------------------------------------

    @api.model
    def _chart(self, wallet, span, on):
        """What was spent per day, week or month at each merchant, until the day ``on``."""
        starts = self._bucket_starts(span, on)
        rows = self.env.execute_query(SQL(SUMS, span=span, wallet=wallet.id, start=starts[0]))
        sums = {start: {} for start in starts}
        for start, counter_account_id, minor in rows:
            sums.setdefault(start, {})[counter_account_id] = minor
        names = self._account_names({counter_account_id for _start, counter_account_id, _minor in rows})
        form = {"day": "d", "week": "d MMM", "month": "MMM"}[span]
        buckets = [(format_date(self.env, start, date_format=form), sums[start]) for start in starts]
        return stack(buckets, names)

    @staticmethod
    def _bucket_starts(span, on):
        count = SPANS[span]
        if span == "day":
            return [on - dt.timedelta(days=back) for back in range(count - 1, -1, -1)]
        if span == "week":
            monday = on - dt.timedelta(days=on.weekday())
            return [monday - dt.timedelta(weeks=back) for back in range(count - 1, -1, -1)]
        month = on.year * 12 + on.month - 1
        return [
            dt.date((month - back) // 12, (month - back) % 12 + 1, 1) for back in range(count - 1, -1, -1)
        ]

    @api.model
    def _today(self, wallet):
        """Today in the time zone of the wallet's company."""
        return wallet.company_id._campus_today()
