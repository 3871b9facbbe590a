"""Odoo shell: close days and post at the same moment, each on a connection of its own.

It prints one line ``CLOSE {...}`` with what happened. Everything is really committed.
"""

import datetime as dt
import json
import threading
import time
import uuid
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

POSTERS = 6
WAIT_S = 30


class World:
    """A school in the database, and threads that work in it."""

    def __init__(self, env):
        self.registry = env.registry
        company = env.ref("base.main_company")
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company._campus_setup()
        partners = env["res.partner"].create([{"name": f"Holder {n}"} for n in range(POSTERS)])
        self.wallet_ids = env["campus.wallet"]._for_holder(partners, company).ids
        self.desk_id = env["campus.account"]._system("cash_desk", company).id
        self.company_id = company.id
        self.today = env["campus.closing"]._business_today(company)
        env.cr.commit()

    def env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})

    def read(self, sql, *params):
        with self.registry.cursor() as cr:
            cr.execute(sql, params)
            return cr.fetchall()

    def post(self, number, pause=None):
        """Top up one cent. ``pause`` is called between the post and its commit."""
        request = {
            "uuid": str(uuid.uuid4()),
            "kind": "topup",
            "wallet_id": self.wallet_ids[number],
            "account_id": self.desk_id,
            "amount_minor": 1,
        }
        with self.registry.cursor() as cr, self.env(cr)["campus.ledger"]._own_transaction() as env:
            answer = env["campus.ledger"]._post([request])[0]
            if pause:
                pause()
        return answer

    def close(self, day):
        """The id of the closing, or the text of the refusal."""
        try:
            with self.registry.cursor() as cr:
                env = self.env(cr)
                company = env["res.company"].browse(self.company_id)
                return env["campus.closing"]._close_day(company, day)
        except UserError as error:
            return str(error)

    def wait_for_lock(self):
        """Wait until somebody waits for an advisory lock. False if nobody does."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            waiting = self.read(
                """SELECT 1 FROM pg_locks
                     JOIN pg_database ON pg_database.oid = pg_locks.database
                    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""
            )
            if waiting:
                return True
            time.sleep(0.02)
        return False

    def booked(self, day):
        """The transfers of a day in the ledger, those in its closing, and the cents in its entries."""
        transfers = self.read(
            "SELECT count(*) FROM campus_transfer WHERE company_id = %s AND booking_date = %s",
            self.company_id, day,
        )[0][0]  # fmt: skip
        closing = self.read(
            """SELECT closing.transfer_count, COALESCE(round(sum(line.debit) * 100), 0)::int
                 FROM campus_closing closing
                 LEFT JOIN account_move move ON move.campus_closing_id = closing.id
                 LEFT JOIN account_move_line line ON line.move_id = move.id
                WHERE closing.company_id = %s AND closing.date = %s AND closing.state = 'closed'
                GROUP BY closing.id""",
            self.company_id, day,
        )  # fmt: skip
        return {"ledger": transfers, "closing": closing[0][0], "booked_minor": closing[0][1]}


class Task(threading.Thread):
    def __init__(self, action, *args):
        super().__init__(daemon=True)
        self.action, self.args, self.result = action, args, None
        self.start()

    def run(self):
        self.result = self.action(*self.args)

    def get(self):
        self.join(WAIT_S)
        return self.result


def post_in_flight(world, day):
    """The close waits for a post that has not committed, and books it."""
    posted, commit = threading.Event(), threading.Event()
    poster = Task(world.post, 0, lambda: (posted.set(), commit.wait(WAIT_S)))
    posted.wait(WAIT_S)
    closer = Task(world.close, day)
    waited = world.wait_for_lock() and closer.is_alive()
    commit.set()
    poster.get(), closer.get()
    return {"waited": waited, **world.booked(day)}


def close_in_flight(world, day):
    """A post waits for a close that has not committed, and belongs to the next day."""
    closing, go_on = threading.Event(), threading.Event()
    Closing = world.registry["campus.closing"]
    post_entries = Closing._post_entries

    def slow(self, entries):
        closing.set()
        go_on.wait(WAIT_S)
        return post_entries(self, entries)

    world.post(1)
    with patch.object(Closing, "_post_entries", slow):
        closer = Task(world.close, day)
        closing.wait(WAIT_S)
        poster = Task(world.post, 2)
        waited = world.wait_for_lock() and poster.is_alive()
        go_on.set()
        closer.get()
    answer = poster.get()
    booked_on = world.read(
        "SELECT booking_date FROM campus_transfer WHERE id = ANY(%s)", answer["transfer_ids"]
    )
    return {
        "waited": waited,
        "post_on_next_day": booked_on == [(day + dt.timedelta(days=1),)],
        **world.booked(day),
    }


def storm(world, day):
    """Many posts at the same time, while the day is closed."""
    stop = threading.Event()
    answers = []

    def work(number):
        while not stop.is_set():
            answers.append(world.post(number)["ok"])

    def wait_for_posts(count):
        deadline = time.monotonic() + WAIT_S
        while len(answers) < count and time.monotonic() < deadline:
            time.sleep(0.02)

    posters = [Task(work, number) for number in range(POSTERS)]
    wait_for_posts(5 * POSTERS)
    world.close(day)
    wait_for_posts(len(answers) + 5 * POSTERS)
    stop.set()
    for poster in posters:
        poster.get()
    later = world.read("SELECT count(*) FROM campus_transfer WHERE booking_date > %s", day)[0][0]
    return {"posts": len(answers), "all_ok": all(answers), "later": later, **world.booked(day)}


def two_closes(world, day):
    """Of two closes of one day at the same time, one closes it and the other one is refused."""
    world.post(3)
    closers = [Task(world.close, day) for _ in range(2)]
    results = [closer.get() for closer in closers]
    return {
        "closed": sum(isinstance(result, int) for result in results),
        "refusals": [result for result in results if isinstance(result, str)],
        **world.booked(day),
    }


def main(env):
    world = World(env)
    days = [world.today + dt.timedelta(days=n) for n in range(5)]
    result = {}
    # Every scene closes a day of its own, so the calendar is set to a time after all of them.
    with patch.object(world.registry["campus.closing"], "_business_today", lambda self, company: days[-1]):
        for scene, day in zip((post_in_flight, close_in_flight, storm, two_closes), days, strict=False):
            result[scene.__name__] = scene(world, day)
    with world.registry.cursor() as cr:
        company = world.env(cr)["res.company"].browse(world.company_id)
        lines = world.env(cr)["campus.bridge"]._measure(company)
        result["bridge"] = [line["difference_minor"] + line["drift_minor"] for line in lines]
    print("CLOSE", json.dumps(result))


main(env)
