import logging
import time
from contextlib import contextmanager
from random import Random

from odoo import api, models

from ..generator.cards import cards
from ..generator.history import PURCHASES, History
from ..generator.people import people
from ..generator.term import DAYS, Term

_logger = logging.getLogger(__name__)

#: No log, no followers, no messages for thousands of new records.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class CampusDemo(models.AbstractModel):
    """Loads the generated university into a company.

    The pure package ``generator`` decides what is loaded; the files of this model only store it. Every step
    first looks for what is there already, so a second run adds nothing.
    """

    _name = "campus.demo"
    _description = "Demo University"

    @api.model
    def _load_school(self, company, now, share=1.0, days=DAYS, purchases=PURCHASES):
        """Fill ``company`` with a school and its history.

        :param now: local time of the school, naive; the history ends then
        :param share: 1 for 2,000 holders; tests take a small share
        :return: the proof, see :meth:`_prove`
        """
        self = self._here(company)
        seed = f"campus/{company.id}"
        term = Term.ending(now.date(), days)
        with self._timed("company"):
            self._load_company(company)
        with self._timed("people"):
            persons = people(Random(f"{seed}/people"), term.end, share)
            partners = self._load_people(company, persons)
        with self._timed("cards"):
            plans = cards(Random(f"{seed}/cards"), persons, term.end)
            records = self._load_cards(company, partners, plans)
        with self._timed("tills"):
            accounts = self._load_tills(company)
        with self._timed("devices"):
            self._load_devices(company)
        with self._timed("earlier books"):
            self._settle_books(company, term)
        with self._timed("history"):
            history = History(seed, term, persons, plans, now, purchases)
            self._load_history(company, history, partners, records, accounts)
            self._load_takings(company, term, accounts)
        return self._prove(company)

    @api.model
    def _here(self, company):
        """This model in the company, without log and messages.

        In English, because the names of translated records are written in English first.
        """
        # sudo: an administrator's command makes the demo, not a user
        return self.sudo().with_context(**QUIET, lang="en_US", allowed_company_ids=[company.id])

    @api.model
    @contextmanager
    def _timed(self, what):
        started = time.monotonic()
        yield
        self.env.flush_all()
        _logger.info("Demo university: %s in %.1f s", what, time.monotonic() - started)

    @api.model
    def _prove(self, company):
        """Add up the ledger in two ways and log the result.

        :return: dict of ``pockets_minor`` (balances stored in the pockets), ``moved_minor``
            (the same, summed from the transfers), ``total_minor`` (all accounts: zero),
            ``negative`` (pockets below zero: none), ``transfers`` and ``bridge_minor`` (what cards
            and general ledger differ by: zero)
        """
        self.env.flush_all()
        self.env.cr.execute(PROOF, {"company": company.id})
        keys = ("pockets_minor", "moved_minor", "total_minor", "negative", "transfers")
        proof = dict(zip(keys, self.env.cr.fetchone(), strict=True))
        bridge = self.env["campus.bridge"]._measure(company)
        proof["bridge_minor"] = sum(abs(line["difference_minor"]) for line in bridge)
        good = proof["pockets_minor"] == proof["moved_minor"]
        good = good and not any(proof[key] for key in ("total_minor", "negative", "bridge_minor"))
        _logger.log(
            logging.INFO if good else logging.ERROR,
            "Ledger proof: %(transfers)s transfers; pockets hold %(pockets_minor)s = recomputed "
            "%(moved_minor)s cents; all accounts add up to %(total_minor)s; pockets below zero: "
            "%(negative)s; difference to the general ledger: %(bridge_minor)s",
            proof,
        )
        return proof


PROOF = """
WITH side AS (
    SELECT credit_account_id AS account_id, amount_minor::bigint AS minor
      FROM campus_transfer WHERE company_id = %(company)s
     UNION ALL
    SELECT debit_account_id, -amount_minor::bigint FROM campus_transfer WHERE company_id = %(company)s
), moved AS (
    SELECT account_id, SUM(minor) AS minor FROM side GROUP BY account_id
), pocket AS (
    SELECT account.id, account.balance_minor FROM campus_account account
     WHERE account.company_id = %(company)s AND account.kind = 'pocket'
)
SELECT (SELECT COALESCE(SUM(balance_minor), 0) FROM pocket)::bigint,
       (SELECT COALESCE(SUM(moved.minor), 0) FROM moved JOIN pocket ON pocket.id = moved.account_id)::bigint,
       (SELECT COALESCE(SUM(minor), 0) FROM moved)::bigint,
       (SELECT COUNT(*) FROM pocket WHERE balance_minor < 0),
       (SELECT COUNT(*) FROM campus_transfer WHERE company_id = %(company)s)
"""
