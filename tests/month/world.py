"""The campus that the month is played on: its clock, its people, what was done, what did not hold."""

import contextlib
import datetime as dt
import random
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg2
from invariants import Invariants
from people import Crashed, Person, Refused

# What `--sabotage` does behind everybody's back: a cent more in a pocket, past all triggers.
SABOTAGE = """
SET session_replication_role = replica;
UPDATE campus_account SET balance_minor = balance_minor + 1
 WHERE id = (SELECT min(id) FROM campus_account WHERE kind = 'pocket' AND balance_minor > 0);
SET session_replication_role = origin
"""
# What a step has booked: the same for every run of a seed.
BOOKED = "SELECT count(*), COALESCE(sum(amount_minor), 0) FROM campus_transfer WHERE id > %s"
ROLES = ("admin", "clerk", "manager", "cashier", "finance", "auditor", "device", "student")


class Reached(Exception):
    """The step that was asked for is done, or something did not hold and nobody wants to go on."""


@dataclass(frozen=True)
class Wanted:
    """Which month: its seed, where it stops, is spoilt or is looked at, and whether each step is told."""

    seed: int = 1
    until: int | None = None
    sabotage: int | None = None
    first: bool = False
    aloud: bool = False


class World:
    """``query(sql)`` reads the database; ``step(name, action)`` does something and looks what became of it.

    ``shell`` runs code in an Odoo of the same database and time, where no screen says what the server would do.
    """

    def __init__(self, server, database, url, clock, wanted, shell=None):
        self.database, self.url, self.clock = database, url, clock
        self.connection = psycopg2.connect(
            host=server.host, port=server.port, user=server.user, password=server.password, dbname=database
        )
        self.connection.autocommit = True
        self.wanted, self.draw = wanted, random.Random(wanted.seed)
        self.steps, self.refusals = 0, 0
        self.violations = []
        self.people = {login: Person(url, database, login) for login in ROLES}
        self.memory, self.shell = {}, shell
        #: What is thrown away at the end.
        self.closing = contextlib.ExitStack()
        self.invariants = Invariants(self)

    def log_in(self):
        """Everybody at once: a password takes the server a while, and it can do two."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Person.log_in, self.people.values()))

    # -- who and when --------------------------------------------------------------------

    def person(self, login):
        """The person with this login."""
        return self.people[login]

    def join(self, login, **options):
        """Somebody who was not there on the first day."""
        self.people[login] = Person(self.url, self.database, login, **options)
        return self.people[login]

    @property
    def today(self):
        """The calendar day of the campus."""
        return self.clock.now().date()

    def at(self, day, hour, minute=0):
        """Let the time pass until ``hour:minute`` of ``day``."""
        self.clock.move_to(dt.datetime.combine(day, dt.time(hour, minute)))

    @staticmethod
    def utc(at_ms):
        """A moment as browsers send it."""
        return dt.datetime.fromtimestamp(at_ms / 1000, dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")

    def uuid(self):
        """A uuid of the seed, so that a second run makes the same ones."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    # -- what the database says --------------------------------------------------------------

    def query(self, sql, values=None):
        """Rows of a statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def value(self, sql, values=None):
        """The first value of a statement's first row; None without a row."""
        rows = self.query(sql, values)
        return rows[0][0] if rows else None

    def execute(self, sql, values=None):
        """A statement without rows, for what the program keeps for itself."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)

    # -- steps ---------------------------------------------------------------------------------

    def step(self, name, action, refused=None):
        """Do ``action``; afterwards everything that always holds must hold.

        :param refused: None if the action must succeed, True if it must be refused with a sentence,
            "maybe" if both are right
        :return: what the action returned, or the sentence of its refusal
        """
        self.steps += 1
        result = None
        try:
            result = action()
        except Refused as refusal:
            self.refusals += 1
            result = str(refusal)
            if refused is None:
                self.violate(name, f"“{name}” was refused: {result}")
        except Crashed as crash:
            self.violate(name, f"crashed: {crash}")
        else:
            if refused is True:
                self.violate(name, f"“{name}” should have been refused")
        if self.wanted.aloud:
            self._tell(name)
        if self.steps == self.wanted.sabotage:
            self.execute(SABOTAGE)
        for what in self.invariants.after_step():
            self.violate(name, what)
        if self.steps == self.wanted.until or (self.wanted.first and self.violations):
            raise Reached
        return result

    def _tell(self, name):
        [(count, minor)] = self.query(BOOKED, [self.invariants.last_id])
        when = self.clock.now().strftime("%m-%d %H")
        print(
            f"step {self.steps} ({when}) {name}: {count} transfers, {minor} cents",
            file=sys.stderr,
            flush=True,
        )

    def violate(self, name, what):
        """Note that something did not hold after step ``name``."""
        found = {
            "step": self.steps,
            "at": self.clock.now().strftime("%Y-%m-%d %H:%M"),
            "name": name,
            "what": what,
        }
        # What stays wrong is one violation, at the step after which it was first seen.
        if any(known["what"] == what for known in self.violations):
            return
        self.violations.append(found)
        print(f"VIOLATION {found}", file=sys.stderr)
