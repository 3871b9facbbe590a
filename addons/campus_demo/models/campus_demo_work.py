from odoo import api, models
from odoo.fields import Domain

from ..generator import cast

#: Number of lost cards that the office must still check.
FOLLOW_UPS = 6
#: Person of the cast, direction, cents, reason, whether the second person has approved.
CORRECTIONS = (
    ("frozen", "in", 1200, "11:42 一食堂读卡器重复扣款，凭小票核实。", True),
    ("lost", "in", 680, "挂失后 10 分钟内被他人消费一笔，监控核实。", False),
    ("granted", "out", 1500, "充值金额录入错误，多充 15 元。", False),
)


class CampusDemo(models.AbstractModel):
    """The work that waits in the office."""

    _inherit = "campus.demo"

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
