from odoo import models


class MailTrackingValue(models.Model):
    """A state of a card, an edge, ... in the chatter is read in the language of whoever reads it.

    Odoo keeps the word that the writer saw: what a clock or a device wrote would stay English.
    """

    _inherit = "mail.tracking.value"

    def _format_display_value(self, field_type, new=True):
        values = super()._format_display_value(field_type, new=new)
        if field_type not in ("selection", "many2one"):
            return values
        return [
            tracking._in_the_reader_s_words(value, new) if value and tracking._is_of_the_campus() else value
            for tracking, value in zip(self, values, strict=True)
        ]

    def _is_of_the_campus(self):
        field = self.field_id
        is_ours = (field.model or "").startswith("campus.") or (field.name or "").startswith("campus_")
        return is_ours and field.model in self.env and field.name in self.env[field.model]._fields

    def _in_the_reader_s_words(self, word, new):
        """``word`` was written in any language; return it in this one, or as it is if nothing is known of it."""
        field = self.env[self.field_id.model]._fields[self.field_id.name]
        if field.type == "many2one":
            return self._name_now(field, new) or word
        for code, _name in self.env["res.lang"].get_installed():
            labels = field._description_selection(self.with_context(lang=code).env)
            key = next((key for key, label in labels if label == word), None)
            if key is not None:
                return dict(field._description_selection(self.env))[key]
        return word

    def _name_now(self, field, new):
        """Name of the record that was chosen, where records of its kind have one in each language."""
        # sudo: who may read the message may read the name that stands in it
        records = self.env[field.comodel_name].sudo()
        name = records._fields.get(records._rec_name or "")
        if not name or not name.translate:
            return False
        record = records.browse(self.new_value_integer if new else self.old_value_integer).exists()
        return record.display_name
