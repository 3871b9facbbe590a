import datetime as dt
import secrets
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from odoo import api, models
from odoo.addons.campus_card import pepper
from odoo.addons.campus_card.campus_core.credentials import emergency
from odoo.fields import Domain

from ..generator import cast, daily
from ..generator.person import STUDENT, TEACHER
from .campus_demo import LANGUAGE

#: A balance that no card has.
TOO_MUCH_MINOR = 99900


#: Number of lost cards that the office must still check.
FOLLOW_UPS = 6
#: Person of the cast, direction, cents, reason, whether the second person has approved.
CORRECTIONS = (
    ("frozen", "in", 1200, "11:42 一食堂读卡器重复扣款，凭小票核实。", True),
    ("lost", "in", 680, "挂失后 10 分钟内被他人消费一笔，监控核实。", False),
    ("granted", "out", 1500, "充值金额录入错误，多充 15 元。", False),
)


class CampusDemo(models.AbstractModel):
    """Phones, codes, limits, kiosks, disputes and losses: some of each, made by the same methods that users
    call.
    """

    _inherit = "campus.demo"

    @api.model
    def _load_daily_life(self, company, now):
        """What is on people's phones and on the office's desk, besides money.

        :param now: local time of the school, as for :meth:`_load_school`
        """
        self = self._here(company).with_context(mail_activity_quick_update=True)
        with self._timed("daily life"):
            self._load_started(company, now)
            self._load_limits(company)
            self._load_emergency(company)
            self._load_phones(company, now)
            self._load_kiosks(company)
            self._load_refusal(company)
            self._load_disputes(company)
            self._load_losses(company, now)
        with self._timed("alerts"):
            self._load_alerts(company, now)

    @api.model
    def _load_limits(self, company):
        student, teacher = (self._wallet_of_role(company, key) for key in (STUDENT, TEACHER))
        if student and not student.has_pin:
            student._store_pin(student._seal_pin(daily.PIN))
            student._set_own_limits(0, 0, daily.PIN_ABOVE_MINOR)
        if teacher and not teacher.own_limit_day_minor:
            teacher._set_own_limits(10000, 20000, 0)

    @api.model
    def _load_emergency(self, company):
        """The emergency code that the manual names. Normally only its holder knows a code."""
        wallet = self._wallet_of_role(company, STUDENT)
        codes = self.env["campus.emergency"]
        if wallet and not codes._of(wallet.partner_id, company):
            codes._renew(wallet.partner_id, company)
            salt = secrets.token_bytes(emergency.SALT_BYTES)
            codes._of(wallet.partner_id, company).hashed = emergency.hash_code(
                daily.EMERGENCY_CODE, salt, pepper.peppers()
            )

    @api.model
    def _load_phones(self, company, now):
        """Phones whose keys nobody has. They are cards, but never show a code."""
        phones = self.env["campus.phone"]
        for number, planned in enumerate(daily.PHONES, 1):
            wallet = self._wallet_of_role(company, planned.role)
            if not wallet or phones.search_count([("partner_id", "=", wallet.partner_id.id)]):
                continue
            card = self.env["campus.card"].create(
                {
                    "partner_id": wallet.partner_id.id,
                    "wallet_id": wallet.id,
                    "company_id": company.id,
                    "kind": "phone",
                    "valid_from": False,
                }
            )
            card._hand_over()
            key = ec.generate_private_key(ec.SECP256R1()).public_key()
            phone = phones._enrol(
                card, key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), planned.name
            )
            phone._issue()
            if planned.removed:
                phone._revoke("holder")
            self._backdate(phone, self._to_utc(now - dt.timedelta(days=9 * number, hours=number)))

    @api.model
    def _load_kiosks(self, company):
        Kiosk = self.env["campus.kiosk"].with_context(active_test=False)
        known = set(Kiosk.search([("company_id", "=", company.id)]).mapped("name"))
        Kiosk.create([{"name": name, "company_id": company.id} for name in daily.KIOSKS if name not in known])

    @api.model
    def _load_refusal(self, company):
        """A refused purchase, for the student's list of refusals."""
        wallet = self._wallet_of_role(company, STUDENT)
        shop = self.env["campus.account"].search(
            [("company_id", "=", company.id), ("code", "=", "shop")], limit=1
        )
        if wallet and shop:
            self._ledger(self._staff("cashier"))._post(
                [
                    {
                        "uuid": str(uuid5(NAMESPACE_URL, f"campus-demo/{company.id}/refused")),
                        "kind": "purchase",
                        "wallet_id": wallet.id,
                        "account_id": shop.id,
                        "amount_minor": TOO_MUCH_MINOR,
                        "memo": shop.name,
                    }
                ]
            )

    @api.model
    def _load_disputes(self, company):
        Dispute = self.env["campus.dispute"]
        if Dispute.search_count([("company_id", "=", company.id)], limit=1):
            return
        for planned in daily.DISPUTES:
            wallet = self._wallet_of_role(company, planned.role)
            if not wallet:
                continue
            bought = self.env["campus.transfer"].search(
                [("wallet_id", "=", wallet.id), ("kind", "=", "purchase"), ("reverses_id", "=", False)],
                order="occurred_at desc, id desc",
                limit=planned.back + 1,
            )[planned.back :]
            if not bought:
                continue
            dispute = Dispute._open(bought, planned.reason)
            if planned.ending:
                # sudo: finance gives the answer, but this loader has the rights for it
                decided = dispute.with_user(self._staff("finance")).sudo()
                decided.answer = planned.answer
                decided._decide(planned.ending)
            self._backdate(dispute, bought.occurred_at + dt.timedelta(hours=3))

    @api.model
    def _load_losses(self, company, now):
        """Loss reports of people who are not in the cast. Everything of these people is frozen."""
        Loss = self.env["campus.loss"]
        if Loss.search_count([("company_id", "=", company.id)], limit=1):
            return
        uids = [role.uid for role in cast.CAST]
        cards = self.env["campus.card"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("uid", "not in", uids),
                ("partner_id.campus_role", "=", "student"),
            ],
            order="id",
            limit=len(daily.LOSSES) * 40,
        )[::40]
        for card, (hours_ago, channel, identity, found) in zip(cards, daily.LOSSES, strict=False):
            at = self._to_utc(now - dt.timedelta(hours=hours_ago))
            # sudo: the demo writes a loss of the past, and names the clerk as the one who took the report
            office = Loss.with_user(self._staff("clerk")).with_context(lang=LANGUAGE).sudo()
            loss = office._report(card.partner_id, company, channel, identity or None)
            loss.reported_at = at
            loss.card_ids.lost_at = at
            if found:
                loss._found()
            self._backdate(loss, at)

    # -- work that waits in the office -------------------------------------------

    @api.model
    def _load_open_work(self, company):
        # Send no mails about the activities.
        self = self._here(company).with_context(mail_activity_quick_update=True)
        of_company = Domain("company_id", "=", company.id)
        departments = self.env["campus.department"].search(of_company & Domain("responsible_id", "=", False))
        if not departments:
            return
        departments.responsible_id = self._staff("clerk")
        company.campus_approver_id = self._staff("manager")
        lost = Domain("state", "=", "lost")
        for card in self.env["campus.card"].search(of_company & lost, order="lost_at desc", limit=FOLLOW_UPS):
            card._schedule_lost_follow_up()
        self._load_corrections(company)

    @api.model
    def _load_corrections(self, company):
        uids = [cast.BY_KEY[key].uid for key, *_rest in CORRECTIONS]
        cards = self.env["campus.card"].search([("company_id", "=", company.id), ("uid", "in", uids)])
        wallets = {card.uid: card.wallet_id for card in cards}
        Correction = self.env["campus.correction"].with_user(self._staff("clerk"))
        for key, direction, amount_minor, reason, is_approved in CORRECTIONS:
            # a small school has not the whole cast
            if cast.BY_KEY[key].uid not in wallets:
                continue
            correction = Correction.create(
                {
                    "wallet_id": wallets[cast.BY_KEY[key].uid].id,
                    "direction": direction,
                    "amount_minor": amount_minor,
                    "reason": reason,
                }
            )
            if is_approved:
                correction.with_user(self._staff("manager")).action_approve()
