from odoo.tests import TransactionCase, tagged

VIEWS = ("form", "list", "kanban")


@tagged("post_install", "-at_install")
class TestViewsMoney(TransactionCase):
    """An amount on a screen has the sign of its currency: the view has to read that field too."""

    def without_sign(self, node, model):
        """Names of the amounts below ``node`` whose currency the same view does not read."""
        amounts, read, missing = {}, set(), []
        waiting = list(node)
        while waiting:
            child = waiting.pop()
            below = list(child)
            field = model._fields.get(child.get("name")) if child.tag == "field" else None
            if field is not None:
                read.add(field.name)
                if field.type == "monetary":
                    amounts[field.name] = field.get_currency_field(model)
                for view in [view for view in below if view.tag in VIEWS]:
                    missing += self.without_sign(view, self.env[field.comodel_name])
                    below.remove(view)
            waiting += below
        return missing + [f"{model._name}.{name}" for name, sign in amounts.items() if sign not in read]

    def test_every_amount_of_our_screens_shows_its_currency(self):
        views = self.env["ir.ui.view"].search(
            [("type", "in", VIEWS), ("mode", "=", "primary"), ("model", "=like", "campus.%")]
        )
        self.assertGreater(len(views), 30)
        missing = {
            view.name: names
            for view in views
            if (names := self.without_sign(view._get_combined_arch(), self.env[view.model]))
        }
        self.assertEqual(missing, {})
