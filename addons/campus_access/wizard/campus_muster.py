from odoo import api, fields, models
from odoo.addons.campus_card import paper
from odoo.exceptions import UserError

from ..models.campus_position import EPOCH


class CampusMuster(models.TransientModel):
    """Who is in a zone: on the screen, on the guard's phone and on paper."""

    _name = "campus.muster"
    _description = "Who Is Inside"

    zone_id = fields.Many2one("campus.zone", required=True)
    assembly_zone_id = fields.Many2one(
        "campus.zone", "Assembly Point", help="People who were seen there no longer count as inside."
    )
    reason = fields.Char(required=True, default=lambda self: self.env._("Muster"))
    news = fields.Text("How Old the News Is", compute="_compute_news")

    @api.depends("zone_id")
    @api.depends_context("lang")
    def _compute_news(self):
        for muster in self:
            muster.news = "\n".join(line["words"] for line in muster._news()) if muster.zone_id else ""

    def _news(self):
        """``[{at, words}]``: when each edge with doors of the zone was last heard of, the oldest first.

        What an edge has not sent yet is missing in the list.
        """
        self.env.flush_all()
        self.env.cr.execute("SELECT edge_id FROM campus_edge_area() WHERE zone_id = %s", [self.zone_id.id])
        edges = self.env["campus.edge"].browse({edge for (edge,) in self.env.cr.fetchall()})
        edges = edges.filtered("active").sorted(lambda edge: (edge.last_seen_at or EPOCH, edge.name))
        return [{"at": edge.last_seen_at, "words": self._news_words(edge)} for edge in edges]

    def _news_words(self, edge):
        if not edge.last_seen_at:
            return self.env._("%s has never been heard of.", edge.name)
        when = edge.company_id._campus_when(edge.last_seen_at, self.env)
        if edge.queue_length:
            return self.env._(
                "%(edge)s: news of %(when)s, and %(count)s entries that it has not sent yet.",
                edge=edge.name, when=when, count=edge.queue_length,
            )  # fmt: skip
        return self.env._("%(edge)s: news of %(when)s", edge=edge.name, when=when)

    @api.model
    def _inside(self, zone):
        """Positions of all who are in a zone or a zone in it, the earliest first."""
        return self.env["campus.position"].search(
            [("zone_id", "child_of", zone.id), ("company_id", "=", zone.company_id.id)]
        )

    def _look(self):
        self.ensure_one()
        self.zone_id.check_access("read")
        inside = self._inside(self.zone_id)
        # sudo: nobody may read who they are; the look is written down before they are shown
        return inside, self.env["campus.look"]._begin("muster", self.reason, inside.sudo().partner_id)

    def action_show(self):
        """Show the list."""
        self._look()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_access.campus_position_action")
        return {
            **action,
            "domain": [("zone_id", "child_of", self.zone_id.id)],
            "name": " – ".join([self.zone_id.display_name, *[line["words"] for line in self._news()[:1]]]),
        }

    def action_print(self):
        """Print the list."""
        inside, _look = self._look()
        if not inside:
            raise UserError(self.env._("Nobody is known to be in %s.", self.zone_id.name))
        return {"type": "ir.actions.act_url", "url": f"/campus/doors/muster/{self.id}", "target": "new"}

    def _paper(self):
        """The list as a PDF, with a box to tick before each name."""
        self.ensure_one()
        self.zone_id.check_access("read")
        company = self.zone_id.company_id
        values = {
            "zone": self.zone_id,
            "moment": company._campus_when(self.create_date, self.env),
            "lines": self._lines(),
            "news": self._news(),
        }
        return paper.render(self.env, "campus_access.report_campus_muster", company, values)

    def _lines(self):
        """``[{name, number, zone, since, warning}]`` for the paper."""
        known = self.env["campus.look"]._known_inside()
        company = self.zone_id.company_id
        # sudo: as in :meth:`_look`; only people whom the user has stated a reason for are named
        return [
            {
                "name": position.partner_id.name if position.partner_id.id in known else "•••",
                "number": position.partner_id.campus_number if position.partner_id.id in known else "",
                "zone": position.zone_id.display_name,
                "since": company._campus_when(position.at, self.env),
                "warning": position.card_state == "warning",
            }
            for position in self._inside(self.zone_id).sudo()
        ]

    @api.model
    def count(self, zone_id):
        """``{inside, mustered}``: how many are still in a zone; no names."""
        zone = self.env["campus.zone"].browse(int(zone_id)).exists()
        zone.check_access("read")
        return {"inside": len(self._inside(zone))}
