"""The card office: a clerk at the counter, a manager who decides, people who come and go."""


class Office:
    """What clerk and manager do with people, cards and money."""

    def __init__(self, world):
        self.world = world
        self.clerk, self.manager, self.admin = map(world.person, ("clerk", "manager", "admin"))

    # -- counter -------------------------------------------------------------------------

    def counter(self, operation, credential, minor, press_twice=False, clerk=None):
        """Cash in or out at the counter, pressed once or twice; the wizard's figures."""
        clerk = clerk or self.clerk
        wizard = clerk.wizard(
            "campus.counter", {"operation": operation, "credential": credential, "amount": minor / 100}
        )
        clerk.press("campus.counter", "action_confirm", wizard)
        if press_twice:
            clerk.press("campus.counter", "action_confirm", wizard)
        return clerk.read("campus.counter", [wizard], ["before_minor", "after_minor"])[0]

    def available(self, number):
        """What the counter calls available for a campus number, in cents."""
        wizard = self.clerk.wizard("campus.counter", {"operation": "topup", "credential": number})
        [row] = self.clerk.read("campus.counter", [wizard], ["available"])
        return round(row["available"] * 100)

    def correct(self, wallet, minor, direction, by_oneself=False):
        """A correction that the clerk asks for and the manager approves."""
        [correction] = self.clerk.rpc(
            "campus.correction",
            "create",
            [{"wallet_id": wallet, "direction": direction, "amount": minor / 100, "reason": "见柜台记录"}],
        )
        person = self.clerk if by_oneself else self.manager
        person.press("campus.correction", "action_approve", correction)
        return correction

    # -- cards -------------------------------------------------------------------------------

    def do(self, verb, card):
        """A button of a card."""
        return self.clerk.press("campus.card", f"action_{verb}", card)

    def replace(self, card, uid):
        """A new card with a new chip for a lost one; the id of the new card."""
        context = {"active_model": "campus.card", "active_id": card}
        wizard = self.clerk.wizard("campus.card.replace", {"card_id": card, "uid": uid}, context)
        return self.clerk.press("campus.card.replace", "action_replace", wizard)["res_id"]

    def enrol(self, name, number, uid, minor):
        """A new person with a card and money; ``(partner, card)``."""
        department = self.world.value(
            "SELECT id FROM campus_department WHERE company_id = 1 ORDER BY id DESC"
        )
        [partner] = self.clerk.rpc(
            "res.partner",
            "create",
            [
                {
                    "name": name,
                    "campus_number": number,
                    "campus_role": "student",
                    "campus_department_id": department,
                    "company_id": 1,
                }
            ],
        )
        [card] = self.clerk.rpc("campus.card", "create", [{"partner_id": partner, "uid": uid}])
        for verb in ("approve", "produce", "issue", "activate"):
            self.do(verb, card)
        if minor:
            self.counter("topup", number, minor)
        return partner, card

    # -- leaving ------------------------------------------------------------------------------

    def leave(self, partner, number):
        """Pay out, close every card (also one that is lost now), close the account, archive the person."""
        left = self.available(number)
        if left:
            self.counter("payout", number, left)
        for (card,) in self.world.query(
            "SELECT id FROM campus_card WHERE partner_id = %s AND state NOT IN ('returned', 'replaced')",
            [partner],
        ):
            self.do("return", card)
        wallet = self.wallet(partner)
        self.manager.press("campus.wallet", "action_close", wallet)
        self.manager.rpc("res.partner", "action_archive", [partner])

    def come_back(self, partner, number, uid):
        """The person is back: contact and account are opened again, a new card is issued."""
        self.manager.rpc("res.partner", "action_unarchive", [partner])
        self.manager.press("campus.wallet", "action_reopen", self.wallet(partner), reason="复学")
        [card] = self.clerk.rpc("campus.card", "create", [{"partner_id": partner, "uid": uid}])
        for verb in ("approve", "produce", "issue", "activate"):
            self.do(verb, card)
        self.counter("topup", number, 2_000)

    def wallet(self, partner):
        """Id of a person's wallet in the first company."""
        return self.world.value(
            "SELECT id FROM campus_wallet WHERE partner_id = %s AND company_id = 1", [partner]
        )

    def merge(self, kept, gone):
        """Two contacts of one person become one, with Odoo's own wizard."""
        [wizard] = self.admin.rpc(
            "base.partner.merge.automatic.wizard",
            "create",
            [{"partner_ids": [[6, 0, [kept, gone]]], "dst_partner_id": kept, "state": "selection"}],
        )
        self.admin.press("base.partner.merge.automatic.wizard", "action_merge", wizard)

    def merge_departments(self, gone, kept):
        """The people of one department belong to another from now on."""
        wizard = self.manager.wizard("campus.department.merge", {"source_id": gone, "target_id": kept})
        self.manager.press("campus.department.merge", "action_merge", wizard)
