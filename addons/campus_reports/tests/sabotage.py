from odoo.tools import SQL


class Sabotage:
    """Somebody changes rows behind the system's back: its triggers are off, for these statements."""

    def behind(self, table, query, *values):
        self.env.flush_all()
        self.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
        self.cr.execute(query, values)
        self.assertTrue(self.cr.rowcount, "the sabotage changes something")
        self.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
        self.env.invalidate_all()

    def check(self):
        return self.env["campus.bridge"]._check(self.company)

    def kinds(self, bridge):
        return set(bridge.finding_ids.mapped("kind"))

    def assertFound(self, kind, record, *names):
        """The bridge is red and names this row, with these words."""
        bridge = self.check()
        self.assertFalse(bridge.is_balanced)
        found = bridge.finding_ids.filtered(lambda finding: finding.kind == kind)
        self.assertIn(
            (record._name, record.id), [(f.res_model, f.res_id) for f in found], bridge.finding_ids.read()
        )
        named = found.filtered(lambda f: f.res_id == record.id and all(name in f.name for name in names))
        self.assertTrue(named, found.mapped("name"))
        return named[0]
