import hashlib

from odoo import api, fields, models, modules


class CampusRate(models.Model):
    """How often something that could be guessed was tried: counters that end by themselves.

    Keys (addresses, logins, tokens) are kept as digests only. A count is stored even when
    the request that made it fails, so that an error does not make guessing free.
    """

    _name = "campus.rate"
    _description = "Rate Limit"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    window_start = fields.Datetime(required=True, readonly=True)
    hits = fields.Integer(required=True, readonly=True)

    _key_unique = models.Constraint("UNIQUE(key)", "One counter per key.")

    @api.model
    def _allow(self, scope, key, limit, window_s):
        """Count one try of ``scope`` by ``key``; False above ``limit`` tries in ``window_s`` seconds."""
        digest = hashlib.sha256(f"{scope}\0{key}".encode()).hexdigest()
        if modules.module.current_test:
            return self._count(self.env.cr, digest, window_s) <= limit
        with self.env.registry.cursor() as cr:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            return self._count(cr, digest, window_s) <= limit

    @staticmethod
    def _count(cr, digest, window_s):
        cr.execute(
            """INSERT INTO campus_rate AS rate (key, window_start, hits)
               VALUES (%(key)s, now() AT TIME ZONE 'UTC', 1)
               ON CONFLICT (key) DO UPDATE
              SET hits = CASE WHEN rate.window_start > excluded.window_start - %(window)s * interval '1 second'
                              THEN rate.hits + 1 ELSE 1 END,
                  window_start = CASE
                              WHEN rate.window_start > excluded.window_start - %(window)s * interval '1 second'
                              THEN rate.window_start ELSE excluded.window_start END
               RETURNING hits""",
            {"key": digest, "window": window_s},
        )
        return cr.fetchone()[0]

    @api.autovacuum
    def _gc_rates(self):
        self.env.cr.execute(
            "DELETE FROM campus_rate WHERE window_start < now() AT TIME ZONE 'UTC' - interval '2 days'"
        )
