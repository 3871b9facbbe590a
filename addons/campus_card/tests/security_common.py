from uuid import uuid4

from .people_common import GROUPS, PeopleCase


class SecurityCase(PeopleCase):
    roles = tuple(GROUPS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for card in (cls.card, cls.other_card):
            cls.top_up(card.wallet_id, 5000)
        cls.reservation = cls.new_reservation(cls.card)
        cls.other_reservation = cls.new_reservation(cls.other_card)
        cls.correction = cls.new_correction(cls.card)
        cls.other_correction = cls.new_correction(cls.other_card)
        cls.records = {
            "res.partner": cls.lin,
            "campus.department": cls.arts,
            "campus.card.stage": cls.card.stage_id,
            "campus.card": cls.card,
            "campus.correction": cls.correction,
            "campus.wallet": cls.card.wallet_id,
            "campus.account": cls.card.wallet_id.pocket_ids,
            "campus.transfer": cls.card.wallet_id.transfer_ids,
            "campus.reservation": cls.reservation,
            "campus.pocket.plan": cls.card.wallet_id.pocket_ids.plan_id,
        }

    @classmethod
    def new_reservation(cls, card):
        merchant = cls.env["campus.account"].search([("code", "=", "test-line")]) or cls.env[
            "campus.account"
        ].create({"name": "Line 1", "code": "test-line", "kind": "merchant"})
        request = {
            "uuid": str(uuid4()),
            "wallet_id": card.wallet_id.id,
            "account_id": merchant.id,
            "amount_minor": 100,
            "purpose": "pos",
        }
        cls.env["campus.ledger"]._reserve([request])
        return cls.env["campus.reservation"].search([("uuid", "=", request["uuid"])])

    @classmethod
    def new_correction(cls, card):
        return cls.env["campus.correction"].create(
            {"wallet_id": card.wallet_id.id, "amount": 1, "reason": "Test"}
        )
