"""Each addon is uninstalled after it was used, leaves nothing of its own behind, and is installed again.

The demo university, small, uses all of them: cards, till, closed days, payments online, alerts. The tests
follow each other in one database, from the addon that nobody needs down to the one that all need.
"""

import contextlib

import pytest

from campus_cli import builds, paths, settings
from campus_cli.console import Step
from db import objects
from support.odoo import odoo_database
from support.odoo_shell import OdooShell

ADDONS = tuple(reversed(settings.existing(settings.DEMO_ADDONS)))
OBJECTS = """
    SELECT CASE relkind WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' ELSE 'table' END, relname::text
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'i')
     UNION ALL
    SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     UNION ALL
    SELECT 'trigger', tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL
    SELECT 'type', typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
     UNION ALL
    SELECT 'column', attrelid::regclass || '.' || attname FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
"""
INSTALL = """
modules = env["ir.module.module"]
modules.update_list()
env["ir.config_parameter"].set_param("campus_demo.small", "True")
modules.search([("name", "in", names)]).button_immediate_install()
"""
UNINSTALL = """
env["ir.module.module"].search([("name", "=", name)]).button_immediate_uninstall()
"""
# A top-up, a purchase with a refund, a tap, and a sale at a till whose session is closed and booked.
USE = """
import time, uuid
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.edge_auth import Edge
from odoo.fields import Command, Datetime
company = env.ref("base.main_company")
env = env(context={"lang": "en_US", "allowed_company_ids": company.ids})
company = company.with_env(env)
card = env["campus.card"].search([("state", "=", "active"), ("uid", "!=", False)], limit=1)
config = env["pos.config"].search([("campus_account_id", "!=", False)], limit=1)
clearing = company.campus_clearing_account_id
merchant = env["campus.account"].search([("kind", "=", "merchant"), ("gl_account_id", "!=", clearing.id)], limit=1)
def new():
    return str(uuid.uuid4())
def checked(answers):
    assert all(answer["ok"] for answer in answers), answers
def post(kind, account, amount_minor):
    request = {"uuid": new(), "kind": kind, "wallet_id": card.wallet_id.id, "account_id": account.id,
               "amount_minor": amount_minor}
    checked(env["campus.ledger"]._post([request]))
    return request["uuid"]
post("topup", env["campus.account"]._system("cash_desk", company), 10000)
bought = post("purchase", merchant, 700)
checked(env["campus.ledger"]._reverse([{"uuid": new(), "reverses_uuid": bought, "amount_minor": 300}]))

record = env["campus.edge"].create({"name": "Line", "uuid": new(), "state": "active"})
terminal = env["campus.terminal"].create(
    {"name": "Line", "code": "UNINST", "edge_id": record.id, "merchant_id": merchant.id, "amount_minor": 350})
entry = wire.TapEntry(1, "tap", new(), "UNINST", int(time.time() * 1000), "pay", "uid:" + card.uid, None, None,
                      "ask", None, None, None, 0)
batch = {"journal": new(), "prev": wire.ZERO_HASH, "head_seq": 1, "entries": [list(entry)]}
# taps have a connection of their own
env.cr.commit()
edge = Edge(record.id, company.id, record.uuid, "active")
[tapped] = env["campus.taps"]._take(edge, batch)["answers"]
assert tapped["code"] == "ok", tapped

cashier = env.ref("base.user_admin")
config.with_user(cashier).open_ui()
session = config.current_session_id.with_user(cashier)
session.set_opening_control(0, "")
method = company._campus_pos_method()
env.cr.commit()
paid = method.campus_card_authorise(new(), 1250, card.uid, session.id)
assert paid["ok"], paid
env.cr.commit()
product = env["product.product"].search([("available_in_pos", "=", True)], limit=1)
line = {"product_id": product.id, "qty": 1, "price_unit": 12.5, "price_subtotal": 12.5,
        "price_subtotal_incl": 12.5, "tax_ids": [Command.clear()], "pack_lot_ids": []}
payment = {"uuid": paid["uuid"], "amount": 12.5, "payment_method_id": method.id, "payment_status": "done",
           "payment_date": Datetime.to_string(Datetime.now())}
session.env["pos.order"].sync_from_ui([{
    "uuid": new(), "name": "Order", "state": "paid", "session_id": session.id, "user_id": cashier.id,
    "company_id": company.id, "date_order": Datetime.to_string(Datetime.now()),
    "last_order_preparation_change": "{}", "amount_total": 12.5, "amount_paid": 12.5, "amount_tax": 0,
    "amount_return": 0, "lines": [Command.create(line)], "payment_ids": [Command.create(payment)]}])
session.post_closing_cash_details(0)
closed = session.close_session_from_ui()
assert closed["successful"], closed
env.cr.commit()
bridge = env["campus.bridge"]._measure(company)
answer = {"method": method.id, "off": [line for line in bridge if line["difference_minor"] or line["drift_minor"]]}
"""
# What belongs to an addon: records it has made, and what asks for its models.
RECORDS = """
    SELECT model || ' ' || name FROM ir_model_data WHERE module = '{addon}'
     UNION ALL
    SELECT 'ir.model ' || model FROM ir_model WHERE model LIKE 'campus.%' AND NOT EXISTS (
           SELECT 1 FROM ir_model_data data WHERE data.model = 'ir.model' AND data.res_id = ir_model.id)
     UNION ALL
    SELECT 'ir.cron ' || cron_name FROM ir_cron WHERE NOT EXISTS (
           SELECT 1 FROM ir_model_data data WHERE data.model = 'ir.cron' AND data.res_id = ir_cron.id)
"""
BOOKED = """
    SELECT move.id, move.name, move.ref, journal.code, line.id, line.name, line.balance
      FROM account_move_line line JOIN account_move move ON move.id = line.move_id
      JOIN account_journal journal ON journal.id = move.journal_id
     WHERE move.state = 'posted' ORDER BY line.id
"""


class House:
    """A database in which addons are installed and uninstalled, and what was there before the first of ours."""

    def __init__(self, ws, database):
        self.server, self.database = ws.server, database
        base = builds.base(ws, Step("database of Odoo's addons"))
        self.empty = {tuple(row) for row in ws.server.query(OBJECTS, base)}
        self.shell = OdooShell(ws.odoo(database, "script"))

    def query(self, sql):
        return self.server.query(sql, self.database)

    def objects(self):
        """What is in the database and was not before."""
        return {tuple(row) for row in self.query(OBJECTS)} - self.empty

    def install(self, *names):
        self.shell.run(INSTALL, names=names)

    def uninstall(self, name):
        self.shell.run(UNINSTALL, name=name)


@pytest.fixture(scope="module")
def house():
    with odoo_database("uninstall") as (ws, database):
        made = House(ws, database)
        with contextlib.closing(made.shell):
            yield made


@pytest.fixture(scope="module")
def used(house):
    """What was booked, after every addon was used."""
    house.install("campus_demo")
    made = house.shell.run(USE)
    assert made["off"] == []
    booked = house.query(BOOKED)
    assert len(booked) > 20
    return {"method": made["method"], "booked": booked}


@pytest.mark.parametrize("addon", ADDONS)
def test_a_used_addon_leaves_nothing_behind(house, used, addon):
    house.uninstall(addon)
    assert house.query(RECORDS.format(addon=addon)) == []
    named = {one.name for one in objects.made_by(paths.ADDONS / addon)}
    # triggers by name and table, functions by name and arguments
    left = {name.split(" on ")[0].split("(")[0] for _kind, name in house.objects()}
    assert not named & left - names_below(addon)
    assert house.query(BOOKED) == used["booked"]


def names_below(addon):
    """Triggers of one name are made by several addons; these are installed still."""
    below = set(settings.with_dependencies([addon])) - {addon}
    return {
        one.name for name in below for one in objects.made_by(paths.ADDONS / name) if one.kind == "TRIGGER"
    }


def test_no_payment_is_taken_any_more(house, used):
    methods = f"SELECT active, use_payment_terminal FROM pos_payment_method WHERE id = {used['method']}"
    assert house.query(methods) == [["f", ""]]
    assert house.query("SELECT 1 FROM payment_provider WHERE state <> 'disabled'") == []
    assert house.query("SELECT login FROM res_users WHERE login IN ('clerk', 'student') AND active") == []


def test_in_the_end_the_database_is_as_before_the_first_installation(house, used):
    sequences = {f"ir_sequence_{int(number):03}" for [number] in house.query("SELECT id FROM ir_sequence")}
    left = {(kind, name) for kind, name in house.objects() if not (kind == "sequence" and name in sequences)}
    assert left == set()


def test_the_books_say_what_they_were(house, used):
    """Each line of an entry names what it is about, and each day close its day."""
    card = [row for row in used["booked"] if row[3] == "CAMP"]
    assert card
    assert all(ref and label for _id, _name, ref, _journal, _line, label, _balance in card)


def test_everything_is_installed_again_and_works(house, used):
    house.install("campus_demo")
    made = house.shell.run(USE)
    # the tills' method is the one of before, and cards and books agree although they were booked before
    assert (made["method"], made["off"]) == (used["method"], [])
    before = {tuple(row) for row in used["booked"]}
    assert before <= {tuple(row) for row in house.query(BOOKED)}
