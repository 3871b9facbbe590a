from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.card_file import guess, reading
from odoo.addons.campus_card.campus_core.card_file import types as ft
from odoo.exceptions import UserError, ValidationError


class CampusImportProfile(models.Model):
    """The meaning of the columns and words in the file of one old card system.

    The rules that read the file are in ``campus_core.card_file``. A profile is their configuration.
    """

    _name = "campus.import.profile"
    _description = "Import Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    source = fields.Char(
        "Old System",
        required=True,
        help="Short name of the old card system. With the account number it identifies an opening "
        "balance: a file of the same system that is imported again moves no money twice.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: for every company."
    )
    encoding = fields.Selection(
        [
            ("auto", "Recognise"),
            ("utf-8", "UTF-8"),
            ("gb18030", "GB18030 (GBK, GB2312)"),
            ("utf-16", "UTF-16"),
        ],
        required=True,
        default="auto",
        help="Encoding of CSV files.",
    )
    unknown_department = fields.Selection(
        [("create", "Create it"), ("refuse", "Refuse the row")],
        "Unknown Department",
        required=True,
        default="create",
    )
    no_end_date = fields.Date(
        "Date of No End",
        default="2099-12-31",
        help="A card that is valid until this day or later has no end.",
    )
    column_ids = fields.One2many("campus.import.profile.column", "profile_id", "Columns", copy=True)
    word_ids = fields.One2many("campus.import.profile.word", "profile_id", "Words", copy=True)
    note = fields.Text()
    active = fields.Boolean(default=True)

    @api.constrains("source")
    def _check_source(self):
        for profile in self:
            if profile.source != profile.source.strip():
                raise ValidationError(self.env._("The old system's name has spaces around it."))

    @api.constrains("column_ids")
    def _check_columns(self):
        for profile in self:
            targets = profile.column_ids.mapped("target")
            if ft.NUMBER not in targets or ft.NAME not in targets:
                raise ValidationError(
                    self.env._("An import profile needs the columns of the campus number and of the name.")
                )
            single = [target for target in targets if target not in (ft.AMOUNT, ft.FLAG, ft.IGNORE)]
            if len(single) != len(set(single)):
                raise ValidationError(self.env._("Two columns of the profile mean the same."))

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", profile.name)}
            for profile, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _to_core(self):
        """The profile in the form that ``campus_core`` needs."""
        self.ensure_one()
        words = {kind: {} for kind in ("status", "role", "remark")}
        for word in self.word_ids:
            words[word.kind][word.word] = word.meaning
        return ft.Profile(
            source=self.source,
            columns=tuple(column._to_core() for column in self.column_ids),
            status_words=words["status"],
            role_words=words["role"],
            remark_words=words["remark"],
            encoding=self.encoding,
            no_end=self.no_end_date or None,
        )

    @api.model
    def _detect(self, table):
        """The profile whose columns the table has. If there are several: the one that uses most columns."""
        profiles = self.search([("company_id", "in", (False, self.env.company.id))])
        cores = [profile._to_core() for profile in profiles]
        by_core = {id(core): profile for core, profile in zip(cores, profiles, strict=True)}
        found = reading.find_profile(table, cores)
        return by_core[id(found)] if found else self.browse()

    @api.model
    def _named(self, name):
        """The profile that has this name, as its own or as the name of its old system."""
        domain = [("company_id", "in", (False, self.env.company.id))]
        profile = self.search([*domain, ("source", "=", name)], limit=1) or self.search(
            [*domain, ("name", "=", name)], limit=1
        )
        if not profile:
            raise UserError(self.env._("There is no import profile “%s”.", name))
        return profile

    @api.model
    def _create_guess(self, table, name):
        """A new profile for a file that no profile fits, guessed from its header and cells."""
        core = guess.guess(table, name)
        targets = {column.target for column in core.columns}
        if ft.NUMBER not in targets or ft.NAME not in targets:
            raise UserError(
                self.env._(
                    "No column of the file looks like a campus number and a name. "
                    "Create the import profile by hand."
                )
            )
        words = [
            {"kind": kind, "word": word, "meaning": meaning}
            for kind, meanings in (
                ("status", core.status_words),
                ("role", core.role_words),
                ("remark", core.remark_words),
            )
            for word, meaning in meanings.items()
        ]
        columns = [self.env["campus.import.profile.column"]._from_core(column) for column in core.columns]
        return self.create(
            {
                "name": name,
                "source": name,
                "company_id": self.env.company.id,
                "column_ids": [fields.Command.create(vals) for vals in columns],
                "word_ids": [fields.Command.create(vals) for vals in words],
            }
        )
