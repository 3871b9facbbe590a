from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import file_open

#: How long names stay shown after a reason was stated.
SHOWN_FOR = {
    "person": timedelta(minutes=30),
    "list": timedelta(minutes=30),
    "muster": timedelta(hours=12),
    "live": timedelta(hours=10),
    "export": timedelta(days=7),
}
PEOPLE_MAX = 5000
REASON_MIN = 4


class CampusLook(models.Model):
    """Somebody has looked at the trail of people: who, why, when and at whom. Never changed, and told to them."""

    _name = "campus.look"
    _description = "Look at Passages"
    _order = "id desc"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    scope = fields.Selection(
        [
            ("person", "One person"),
            ("list", "A list of passages"),
            ("live", "Guard's screen"),
            ("muster", "Who is inside"),
            ("export", "Export for an investigation"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, readonly=True)
    looked_at = fields.Datetime("Time", required=True, readonly=True, default=fields.Datetime.now)
    line_ids = fields.One2many("campus.look.person", "look_id", readonly=True)
    person_count = fields.Integer("People", compute="_compute_person_count")

    _reason_stated = models.Constraint("CHECK(length(btrim(reason)) >= 4)", "State why you look.")

    @api.depends("line_ids")
    def _compute_person_count(self):
        counts = dict(
            self.env["campus.look.person"]._read_group(
                [("look_id", "in", self.ids)], ["look_id"], ["__count"]
            )
        )
        for look in self:
            look.person_count = counts.get(look, 0)

    @api.depends("scope", "looked_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        scopes = dict(self._fields["scope"]._description_selection(self.env))
        for look in self:
            look.display_name = f"{scopes.get(look.scope, '')} · {look.user_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("A look is written down by the server alone."))
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("A look is never changed."))

    def unlink(self):
        raise UserError(self.env._("A look is never deleted."))

    # -- for the screens ------------------------------------------------------------

    @api.model
    def _begin(self, scope, reason, people=None):
        """Write down that the user looks, before anything is shown."""
        reason = (reason or "").strip()
        if len(reason) < REASON_MIN:
            raise UserError(self.env._("State in a few words why you look."))
        # sudo: written by the server alone, see create
        look = self.sudo().create(
            {"user_id": self.env.uid, "company_id": self.env.company.id, "scope": scope, "reason": reason}
        )
        if people:
            look._add_people(people)
        return look.sudo(False)

    @api.model
    def _own(self, look_id, scope):
        """The user's own look of a kind, while it holds. Raises ``AccessError``."""
        # sudo: guards may not list looks; this is the user's own
        look = self.sudo().browse(int(look_id)).exists()
        until = look and look.looked_at + SHOWN_FOR[look.scope]
        if not look or look.user_id != self.env.user or look.scope != scope or until < fields.Datetime.now():
            raise AccessError(self.env._("State again why you look: the last time is over."))
        return look

    @api.model
    def _shown(self, look_id, partner_id):
        """The person, with the rights of the system, whom the user's own look at the live screen has shown."""
        look = self._own(look_id, "live")
        person = look.line_ids.partner_id.filtered(lambda partner: partner.id == partner_id)
        if not person:
            raise AccessError(self.env._("State again why you look: the last time is over."))
        return person

    def _add_people(self, people):
        """Keep at whom was looked, each once."""
        self.ensure_one()
        if len(people) > PEOPLE_MAX:
            raise UserError(self.env._("These are too many people (%s). Choose fewer.", len(people)))
        self.env.cr.execute(
            """INSERT INTO campus_look_person (look_id, partner_id)
               SELECT %s, unnest(%s::int[]) ON CONFLICT DO NOTHING""",
            [self.id, sorted(people.ids)],
        )
        self.env["campus.look.person"].invalidate_model(flush=False)

    @api.model
    def _known_now(self):
        """Ids of the people whose passages the user may see with their names now."""
        return self._known(("person", "list"))

    @api.model
    def _known_inside(self):
        """Ids of the people whose place the user may see with their names now."""
        return self._known(("muster", "person"))

    @api.model
    def _known(self, scopes):
        found = set()
        for scope in scopes:
            self.env.cr.execute(
                """SELECT DISTINCT line.partner_id
                     FROM campus_look look JOIN campus_look_person line ON line.look_id = look.id
                    WHERE look.user_id = %s AND look.scope = %s
                      AND look.looked_at > now() AT TIME ZONE 'UTC' - %s""",
                [self.env.uid, scope, SHOWN_FOR[scope]],
            )
            found |= {partner_id for (partner_id,) in self.env.cr.fetchall()}
        return found


class CampusLookPerson(models.Model):
    """One person at whose passages somebody has looked."""

    _name = "campus.look.person"
    _description = "Person Looked At"
    _log_access = False

    look_id = fields.Many2one("campus.look", index=True, required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Person", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(related="look_id.company_id")

    _once = models.Constraint("UNIQUE(partner_id, look_id)", "This person is in the list already.")

    def init(self):
        with file_open("campus_access/data/look_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("A look is written down by the server alone."))

    def write(self, vals):
        raise UserError(self.env._("A look is never changed."))

    def unlink(self):
        raise UserError(self.env._("A look is never deleted."))
