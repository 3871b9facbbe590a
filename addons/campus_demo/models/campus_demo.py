import base64
import logging
import time
from contextlib import contextmanager
from random import Random

from odoo import api, models
from odoo.tools import file_open

from ..generator import campus
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


CHART = "cn"
LANGUAGE = "zh_CN"


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

    # -- the school --------------------------------------------------------------

    @api.model
    def _load_company(self, company):
        self._load_language()
        company.write(self._prepare_company_vals(company))
        company.partner_id.write({"tz": campus.TZ, "lang": LANGUAGE})
        if company.chart_template != CHART and not company._existing_accounting():
            # Not try_loading: it logs a warning while addons are being installed. The modules of this chart
            # are complete at this point.
            self.env["account.chart.template"]._load(CHART, company, install_demo=False)
        company._campus_setup()
        self._load_departments(company)
        self._load_channels(company)

    @api.model
    def _load_language(self):
        language = self.env["res.lang"].with_context(active_test=False).search([("code", "=", LANGUAGE)])
        if not language.active:
            wizard = self.env["base.language.install"].create({"lang_ids": [(6, 0, language.ids)]})
            wizard.lang_install()

    @api.model
    def _prepare_company_vals(self, company):
        with file_open("campus_demo/static/img/logo.png", "rb") as logo:
            picture = base64.b64encode(logo.read())
        return {
            # The first company gets this name; a company made for a test keeps its own.
            "name": campus.NAME if company == self.env.ref("base.main_company") else company.name,
            "street": campus.STREET,
            "city": campus.CITY,
            "zip": campus.ZIP,
            "state_id": self.env.ref("base.state_cn_JS").id,
            "country_id": self.env.ref("base.cn").id,
            "email": f"card@{campus.DOMAIN}",
            "website": f"https://www.{campus.DOMAIN}",
            "logo": picture,
        }

    @api.model
    def _load_departments(self, company):
        Department = self.env["campus.department"]
        found = Department.search([("company_id", "=", company.id)]).grouped("code")
        for department in campus.DEPARTMENTS:
            if department.code in found:
                continue
            found[department.code] = Department.create(
                {
                    "name": department.name,
                    "code": department.code,
                    "parent_id": found[department.parent].id if department.parent else False,
                    "company_id": company.id,
                    "holder_properties_definition": self._prepare_properties(department),
                }
            )

    @api.model
    def _prepare_properties(self, department):
        """Properties that faculties and offices note about their people, besides the fields."""
        names = (
            {"level": "类别", "group": "班级", "room": "宿舍"} if department.students else {"level": "类别"}
        )
        return [{"name": key, "string": label, "type": "char"} for key, label in names.items()]

    @api.model
    def _load_channels(self, company):
        """Accounts for money that is topped up by phone."""
        accounts = self.env["campus.account"].search([("company_id", "=", company.id)]).grouped("code")
        for channel in campus.CHANNELS:
            if channel.code in accounts:
                continue
            self.env["campus.account"].create(
                {
                    "code": channel.code,
                    "name": channel.name,
                    "kind": "channel",
                    "company_id": company.id,
                    "gl_account_id": self._channel_gl(company, channel).id,
                }
            )

    @api.model
    def _channel_gl(self, company, channel):
        """Account *Other monetary funds*: what payment services have not paid out yet."""
        xmlid = self._xmlid(company, f"gl_{channel.code}")
        if account := self.env.ref(xmlid, raise_if_not_found=False):
            return account
        Account = self.env["account.account"].with_company(company)
        account = Account.create(
            {
                "name": channel.name_en,
                "code": Account._search_new_account_code("101211"),
                "account_type": "asset_current",
                "company_ids": [(6, 0, company.ids)],
            }
        )
        account.update_field_translations("name", {LANGUAGE: channel.name})
        self._remember(xmlid, account)
        return account


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
