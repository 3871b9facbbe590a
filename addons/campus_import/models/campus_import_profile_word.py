from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.card_file import values
from odoo.exceptions import ValidationError

from .campus_import_profile_column import STATUSES

ROLES = [
    ("student", "Student"),
    ("teacher", "Teacher"),
    ("staff", "Staff"),
    ("family", "Family"),
    ("visitor", "Visitor"),
]


class CampusImportProfileWord(models.Model):
    """A word of the old system and its meaning here."""

    _name = "campus.import.profile.word"
    _description = "Import Profile Word"
    _order = "kind, id"
    _rec_name = "word"

    profile_id = fields.Many2one("campus.import.profile", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("status", "Status"), ("role", "Role"), ("remark", "Within a remark")], "In Column", required=True
    )
    word = fields.Char("Word in the File", required=True)
    meaning = fields.Selection([*STATUSES, *ROLES], required=True)

    @api.constrains("kind", "meaning")
    def _check_meaning(self):
        roles = dict(ROLES)
        for word in self:
            if (word.kind == "role") != (word.meaning in roles):
                raise ValidationError(
                    self.env._(
                        "The word “%s” means a role in a role column and a status elsewhere.", word.word
                    )
                )

    @api.constrains("word", "kind", "profile_id")
    def _check_word(self):
        for profile in self.profile_id:
            keys = [(word.kind, values.key(word.word)) for word in profile.word_ids]
            if len(keys) != len(set(keys)):
                raise ValidationError(self.env._("The profile has the same word twice."))
