"""An update of our addons on a database that has them (`-u`) writes no warning to the log."""

from campus_cli import settings
from campus_cli.console import Step
from support.odoo import odoo_database

ADDONS = settings.existing(settings.PRODUCT_ADDONS)


def test_an_update_of_all_addons_logs_no_warning():
    with odoo_database("update") as (ws, database):
        read = f"SELECT name, write_date FROM ir_module_module WHERE name IN {tuple(ADDONS)!r} AND state = 'installed'"
        before = ws.server.query("SELECT count(*) FROM ir_model_data", database)
        assert len(ws.server.query(read, database)) == len(ADDONS)
        # raises when the log has a warning or an error
        ws.odoo(database).update(ADDONS, Step("update"))
        assert len(ws.server.query(read, database)) == len(ADDONS)
        assert ws.server.query("SELECT count(*) FROM ir_model_data", database) == before
