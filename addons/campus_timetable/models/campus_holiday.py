from odoo import api, models


class CampusHoliday(models.Model):
    """A holiday, or a day worked in exchange, moves lessons and the rooms that they take."""

    _inherit = "campus.holiday"

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._book_anew(days.company_id)
        return days

    def write(self, vals):
        before = self.company_id
        done = super().write(vals)
        self._book_anew(before | self.company_id)
        return done

    def unlink(self):
        companies = self.company_id
        done = super().unlink()
        self._book_anew(companies)
        return done

    def _book_anew(self, companies):
        """Lessons take their rooms on other days now; a Saturday that would have two at once is refused."""
        for company in companies:
            self.env["campus.room.use"]._days_changed(company)


class CampusTerm(models.Model):
    """A term that begins or ends on another day has other lessons."""

    _inherit = "campus.term"

    def write(self, vals):
        done = super().write(vals)
        if {"first_day", "last_day"} & vals.keys():
            for company in self.company_id:
                self.env["campus.room.use"]._days_changed(company)
        return done
