"""Each fault is here to be found; see `EXPECTED` and `_sudo` in tools/campus_cli/commands/lint.py."""

from odoo import models


class DeliberatelyBad(models.Model):
    _name = "deliberately.bad"
    _description = "Deliberately Bad"

    def find(self, name):
        self.env.cr.execute(f"SELECT id FROM res_partner WHERE name = '{name}'")
        self.env.cr.commit()
        self.sudo().unlink()
        raise NotImplementedError(self.env._("No partner " + name))
