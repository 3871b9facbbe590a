from odoo import api, fields, models
from odoo.tools import SQL


class CampusRate(models.Model):
    """How often something was tried in a span of time: the limit on everything that can be guessed.

    Counts are kept in a transaction of their own, so that a refused try counts as well.
    """

    _name = "campus.rate"
    _description = "Counted Tries"
    _log_access = False
    _rec_name = "what"

    what = fields.Char(required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    span = fields.Integer(required=True, readonly=True, help="Number of the span of time since 1970.")
    tries = fields.Integer(required=True, readonly=True)
    last_at = fields.Datetime(required=True, readonly=True, index=True)

    _span_unique = models.Constraint("UNIQUE(what, subject, span)", "Tries are counted once per span.")

    @api.model
    def _may_try(self, what, subject, tries_max, span_s):
        """Count a try of ``what`` by ``subject``; False when there were ``tries_max`` in this span."""
        span = int(fields.Datetime.now().timestamp()) // span_s
        # sudo: nobody has rights on this table, it is only counted in
        with self.env["campus.ledger"].sudo()._own_transaction() as env:
            [(tries,)] = env.execute_query(
                SQL(
                    """INSERT INTO campus_rate AS rate (what, subject, span, tries, last_at)
                       VALUES (%s, %s, %s, 1, now() AT TIME ZONE 'UTC')
                       ON CONFLICT (what, subject, span)
                       DO UPDATE SET tries = rate.tries + 1, last_at = excluded.last_at
                       RETURNING tries""",
                    what,
                    str(subject),
                    span,
                )
            )
        return tries <= tries_max

    @api.model
    def _tried(self, what, subject, span_s):
        """How often it was tried in this span, without counting."""
        span = int(fields.Datetime.now().timestamp()) // span_s
        domain = [("what", "=", what), ("subject", "=", str(subject)), ("span", "=", span)]
        # sudo: nobody has rights on this table, it is only counted in
        return self.sudo().search(domain, limit=1).tries

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(
            "DELETE FROM campus_rate WHERE last_at < now() AT TIME ZONE 'UTC' - INTERVAL '2 days'"
        )
