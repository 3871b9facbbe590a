from odoo import api, fields, models
from odoo.exceptions import AccessDenied

TRAIL_MAX = 30
LOOKS_MAX = 50
# New PINs that a holder may try to store in a quarter of an hour: each try may guess the present one.
PIN_TRIES, PIN_WINDOW_S = 5, 900


class CampusPortal(models.AbstractModel):
    """What holders see of doors: the own last passages with their reasons, and who has looked at them."""

    _inherit = "campus.portal"

    @api.model
    def _actions(self):
        doors = {"icon": "door", "label": self.env._("Doors"), "url": "/my/card/doors"}
        return [*super()._actions(), doors]

    @api.model
    def _doors_values(self):
        holder = self._need_holder()
        return {
            "doors": self._own_doors(holder),
            "trail": self._trail(holder),
            "looks": self._looks(holder),
            "keep_days": self._company().sudo().campus_passage_days,  # sudo: how long all passages are kept
        }

    @api.model
    def _own_doors(self, holder):
        """Names of the doors that one of the holder's rights leads through, at some time from now on."""
        return self._doors_of(holder).with_context(lang=self.env.lang).mapped("name")

    @api.model
    def _doors_of(self, holder):
        """These doors, with the rights of the system."""
        # sudo: holders read no doors and rights; they are told the names of the doors that are theirs
        env = self.env(su=True)
        site = env["campus.access.site"]
        rights = env["campus.access.right"].browse(site._rules_of(holder))
        now = fields.Datetime.now()
        lasting = rights.filtered(lambda right: not right.valid_until or right.valid_until > now)
        allowed = set(lasting.filtered(lambda right: right.effect == "allow").ids)
        doors = env["campus.door"].search([("company_id", "=", self._company().id)])
        covering = site._covering(doors)
        return doors.filtered(lambda door: covering[door.id] & allowed)

    @api.model
    def _trail(self, holder):
        """The holder's own passages, newest first, in plain words."""
        passages = holder.env["campus.passage"].search(
            [("partner_id", "=", holder.id), ("kind", "!=", "event")], limit=TRAIL_MAX
        )
        disputes = holder.env["campus.passage.dispute"].search([("uuid", "in", passages.mapped("uuid"))])
        by_uuid = {dispute.uuid: dispute for dispute in disputes}
        here = passages.with_env(passages.env(context=self.env.context))
        return [self._present_passage(passage, by_uuid.get(passage.uuid)) for passage in here]

    @api.model
    def _present_passage(self, passage, dispute):
        refused = passage.outcome == "refused"
        return {
            "id": passage.id,
            "at": passage.occurred_at,
            "door": passage.door_id.name or passage.terminal_id.name or self.env._("Unknown door"),
            "side": {"in": self.env._("in"), "out": self.env._("out")}.get(passage.side, ""),
            "refused": refused,
            "reason": passage._explain_reasons() if refused else "",
            "disputed": bool(dispute),
            "answer": dispute.answer or "" if dispute and dispute.state == "settled" else "",
        }

    @api.model
    def _looks(self, holder):
        """Who has looked at the holder's passages, when, and why."""
        lines = holder.env["campus.look.person"].search(
            [("partner_id", "=", holder.id)], order="look_id desc", limit=LOOKS_MAX
        )
        scopes = dict(self.env["campus.look"]._fields["scope"]._description_selection(self.env))
        return [
            {
                "at": look.looked_at,
                "who": look.user_id.name,
                "scope": scopes.get(look.scope, ""),
                "reason": look.reason,
            }
            for look in lines.look_id
        ]

    @api.model
    def _dispute_passage(self, passage_id):
        """Say that a door should have opened: for one of the holder's own refused passages."""
        holder = self._need_holder()
        passage = holder.env["campus.passage"].search(
            [("id", "=", passage_id), ("partner_id", "=", holder.id), ("outcome", "=", "refused")], limit=1
        )
        if passage:
            holder.env["campus.passage.dispute"]._of_passage(passage)
        return bool(passage)

    # -- the own door PIN ---------------------------------------------------------------------

    @api.model
    def _door_pin_values(self):
        pin = self.env["campus.door.pin"]._of(self._need_holder())
        return {"pin_at": pin.set_at}

    @api.model
    def _choose_door_pin(self, new, again, proof):
        """Store a new PIN for whoever knows the login's password or the present PIN.

        :return: why nothing was stored, as a sentence; empty if it was. A wrong proof is counted, so it must
            not raise.
        """
        holder, pins = self._need_holder(), self.env["campus.door.pin"]
        if not self.env["campus.rate"]._may_try("door_pin", holder.id, PIN_TRIES, PIN_WINDOW_S):
            return self.env._("Too many tries. Please wait a quarter of an hour.")
        sealed = pins._seal(new, again)
        if not (pins._is_right(holder, proof) or self._is_own_password(proof)):
            return self.env._("This is neither the password of your login nor your door PIN.")
        pins._store(holder, sealed)
        return ""

    @api.model
    def _is_own_password(self, text):
        users = self.env["res.users"]
        credential = {"login": self.env.user.login, "password": text, "type": "password"}
        try:
            # wrong ones count as they do at the login
            with users._assert_can_auth(user=self.env.uid):
                users._check_credentials(credential, {"interactive": True})
        except AccessDenied:
            return False
        return True
