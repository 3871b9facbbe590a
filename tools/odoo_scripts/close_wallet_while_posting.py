"""Odoo shell: close and join wallets while money comes in, each on a connection of its own.

It prints one line ``WALLETS {...}`` with what happened. Everything is really committed.
"""

import datetime as dt
import json
import threading
import time
import uuid

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from psycopg2 import errors as pg

WAIT_S = 30
TRIES = 5


class World:
    """A school in the database, and people who work in it at the same time."""

    def __init__(self, env):
        self.registry = env.registry
        company = env.ref("base.main_company")
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company._campus_setup()
        self.company_id = company.id
        self.desk_id = env["campus.account"]._system("cash_desk", company).id
        env.cr.commit()

    def env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})

    def new_wallet(self):
        with self.registry.cursor() as cr:
            env = self.env(cr)
            partner = env["res.partner"].create({"name": "Holder"})
            return env["campus.wallet"]._for_holder(partner, env["res.company"].browse(self.company_id)).id

    def read(self, sql, *params):
        with self.registry.cursor() as cr:
            cr.execute(sql, params)
            return cr.fetchall()

    def repeated(self, action):
        """Run ``action(env)`` in a transaction with Odoo's isolation level, and repeat it if PostgreSQL asks
        for it.
        """
        for _number in range(TRIES):
            try:
                with self.registry.cursor() as cr:
                    return action(self.env(cr))
            except pg.SerializationFailure:
                continue
            except UserError as error:
                return str(error)
        return "too many tries"

    def top_up(self, wallet_id, is_short, pause=None, **values):
        """Top up 100 cents. ``is_short``: in a short transaction at READ COMMITTED, as readers post."""
        request = {
            "uuid": str(uuid.uuid4()),
            "kind": "topup",
            "wallet_id": wallet_id,
            "account_id": self.desk_id,
            "amount_minor": 100,
            **values,
        }

        def post(env):
            # take the snapshot of the database before the other one may have committed
            env.cr.execute("SELECT state FROM campus_wallet WHERE id = %s", [wallet_id])
            if pause and pause.first:
                pause.first()
            answer = env["campus.ledger"]._post([request])[0]
            if pause and pause.last:
                pause.last()
            return answer["code"]

        if not is_short:
            return self.repeated(post)
        with self.registry.cursor() as cr, self.env(cr)["campus.ledger"]._own_transaction() as env:
            return post(env)

    def close(self, wallet_id, pause=None):
        def action(env):
            env["campus.wallet"].browse(wallet_id).action_close()
            env.flush_all()
            if pause:
                pause()
            return "closed"

        return self.repeated(action)

    def join(self, wallet_id, target_id):
        def action(env):
            env["campus.wallet"].browse(wallet_id)._join_into(env["campus.wallet"].browse(target_id))
            return "joined"

        return self.repeated(action)

    def wait_for_lock(self):
        """Wait until somebody waits for another transaction. False if nobody does."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if self.read(
                """SELECT 1 FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND datname = current_database()"""
            ):
                return True
            time.sleep(0.02)
        return False

    def after(self, wallet_id):
        """``[state, cents]`` of a wallet, afterwards."""
        [(state, minor)] = self.read(
            """SELECT wallet.state, sum(account.balance_minor)::int
                 FROM campus_wallet wallet JOIN campus_account account ON account.wallet_id = wallet.id
                WHERE wallet.id = %s GROUP BY wallet.id""",
            wallet_id,
        )
        return [state, minor]


class Pause:
    def __init__(self, first=None, last=None):
        self.first, self.last = first, last


class Task(threading.Thread):
    def __init__(self, action, *args, **values):
        super().__init__(daemon=True)
        self.action, self.args, self.values, self.result = action, args, values, None
        self.start()

    def run(self):
        self.result = self.action(*self.args, **self.values)

    def get(self):
        self.join(WAIT_S)
        return self.result


def stop():
    """``(reached, go on, what to call in between)``. It waits in the first try only."""
    reached, go_on = threading.Event(), threading.Event()

    def wait():
        reached.set()
        go_on.wait(WAIT_S)

    return reached, go_on, wait


def money_first(world, is_short, **values):
    """Somebody closes the wallet while a transaction that pays in has not committed."""
    wallet_id = world.new_wallet()
    reached, go_on, wait = stop()
    payer = Task(world.top_up, wallet_id, is_short, Pause(last=wait), **values)
    reached.wait(WAIT_S)
    closer = Task(world.close, wallet_id)
    waited = world.wait_for_lock()
    go_on.set()
    return [waited, payer.get(), closer.get(), *world.after(wallet_id)]


def close_first(world, is_short, **values):
    """Money comes in from a transaction that saw the wallet open, while the wallet is being closed."""
    wallet_id = world.new_wallet()
    seen, look, wait_to_pay = stop()
    payer = Task(world.top_up, wallet_id, is_short, Pause(first=wait_to_pay), **values)
    seen.wait(WAIT_S)
    reached, go_on, wait = stop()
    closer = Task(world.close, wallet_id, wait)
    reached.wait(WAIT_S)
    look.set()
    waited = world.wait_for_lock()
    go_on.set()
    return [waited, payer.get(), closer.get(), *world.after(wallet_id)]


def join_while_paid(world):
    """Money comes in while the wallet is being joined with another one."""
    wallet_id, target_id = world.new_wallet(), world.new_wallet()
    reached, go_on, wait = stop()
    payer = Task(world.top_up, wallet_id, True, Pause(last=wait))
    reached.wait(WAIT_S)
    joiner = Task(world.join, wallet_id, target_id)
    waited = world.wait_for_lock()
    go_on.set()
    return [waited, payer.get(), joiner.get(), *world.after(wallet_id), *world.after(target_id)]


def main(env):
    world = World(env)
    subsidy = {
        "kind": "subsidy",
        "plan": "subsidy",
        "expires_on": dt.date.today() + dt.timedelta(days=30),
    }
    result = {"join": join_while_paid(world)}
    for is_short in (True, False):
        for name, values in (("cash", {}), ("new pocket", subsidy)):
            key = f"{name}, {'short' if is_short else 'long'}"
            result[f"money first, {key}"] = money_first(world, is_short, **values)
            result[f"close first, {key}"] = close_first(world, is_short, **values)
    print("WALLETS", json.dumps(result))


main(env)
