"""Two guards who raise and end lockdowns while everything is killed: what the server has said stays so."""

import contextlib
import itertools
import random
import threading
import time

import requests
from walkers import OnDisk

from campus_cli.console import CampusError
from support.edge_rig import until

TIMEOUT_S, HEARD_S = 20, 60
FIRST, SECOND = "chaos_guard1", "chaos_guard2"


class Guards:
    """``act`` does one thing; as a thread they do one after the other until they are told to rest."""

    def __init__(self, campus, devices, zone, seed):
        self.campus, self.devices, self.zone = campus, devices, zone
        self._draw = random.Random(f"guards {seed}")
        self._rest, self._tired, self._busy = threading.Event(), threading.Event(), threading.Lock()
        self._words = itertools.count(1)
        self._sessions = {}
        #: Numbers for which the server has said that they are in force, and that they have ended.
        self.raised, self.ended = [], []
        self.forgotten_by_restore = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def rest(self):
        """Do nothing more by themselves."""
        self._rest.set()
        self._thread.join()

    def _run(self):
        while not self._rest.wait(self._draw.uniform(1, 3)):
            with self._busy:
                if not self._tired.is_set():
                    self.act()

    # -- what they do -----------------------------------------------------------------------

    def act(self):
        """Raise a lockdown, or end the one in force; says whether the server has answered."""
        try:
            found = self._active()
            if found:
                self.end(found[0])
            else:
                self.raise_(self._draw.random() < 0.3)
        except (requests.RequestException, Refused):
            self._sessions.clear()
            return False
        return True

    def raise_(self, is_drill):
        """Raise one of the level *staff*; its number."""
        values = [self.zone, "staff", f"chaos {next(self._words)}", is_drill]
        order = self._call(FIRST, "campus.lockdown", "raise_order", values)
        [row] = self._call(FIRST, "campus.lockdown", "read", [[order], ["number"]])
        self.raised.append(row["number"])
        return row["number"]

    def end(self, row):
        """End it, as the other guard."""
        self._call(SECOND, "campus.lockdown", "end_order", [[row["id"]], "chaos is over"])
        self.ended.append(row["number"])

    def insist(self, wanted):
        """Act until one that locks is in force, or none at all, whatever fails meanwhile; the rows in force."""
        assert until(lambda: not self._tired.is_set(), HEARD_S + 10), "the edges are not heard of"
        for _time in range(40):
            try:
                found = self._active()
                if wanted and any(not row["is_drill"] for row in found):
                    return found
                if not wanted and not found:
                    return found
                for row in found:
                    self.end(row)
                if wanted:
                    self.raise_(False)
            except (requests.RequestException, Refused):
                self._sessions.clear()
                time.sleep(0.5)  # as long as a guard waits before pressing again
        raise AssertionError("the guards do not get through")

    def _active(self):
        return self._call(
            FIRST, "campus.lockdown", "search_read", [[["state", "=", "active"]], ["number", "is_drill"]]
        )

    # -- an older database ------------------------------------------------------------------

    @contextlib.contextmanager
    def away(self):
        """They raise nothing while the database is restored, nor, as the manual says, until every edge was heard of.

        Orders that no edge has heard of are gone with the database.
        """
        with self._busy:
            yield
            self._tired.set()
            known = max(OnDisk(device.state).newest for device in self.devices)
            self.forgotten_by_restore |= {number for number in self.raised if number > known}
            threading.Thread(target=self._recover, daemon=True).start()

    def _recover(self):
        sql = (
            "SELECT min(coalesce(last_seen_at, '2000-01-01')) > '{}' FROM campus_edge WHERE state = 'active'"
        )
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        is_heard, end = False, time.monotonic() + HEARD_S
        while not is_heard and time.monotonic() < end:
            time.sleep(0.5)
            with contextlib.suppress(CampusError):
                is_heard = self.campus.query(sql.format(since)) == [["t"]]
        self._tired.clear()

    # -- what must hold -----------------------------------------------------------------------

    def verdict(self):
        """Lockdowns that are lost, ended ones that are in force again, and orders that an edge does not obey."""
        rows = {
            int(number): state
            for number, state in self.campus.query("SELECT number, state FROM campus_lockdown")
        }
        active = {number for number, state in rows.items() if state == "active"}
        kept = [number for number in self.raised if number not in self.forgotten_by_restore]
        obeyed = [OnDisk(device.state).orders for device in self.devices]
        return {
            "lockdowns": len(self.raised),
            "lockdowns_lost": len(set(self.raised) - set(rows) - self.forgotten_by_restore),
            "lockdowns_twice": len(kept) - len(set(kept)),
            "lockdowns_not_obeyed": sum(len(active ^ orders) for orders in obeyed),
        }

    # -- as browsers do it ----------------------------------------------------------------------

    def _call(self, login, model, method, args):
        session = self._sessions.get(login) or self._log_in(login)
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._post(session, path, {"model": model, "method": method, "args": args, "kwargs": {}})

    def _log_in(self, login):
        session = requests.Session()
        session.trust_env = False
        values = {"db": self.campus.database, "login": login, "password": login}
        self._post(session, "/web/session/authenticate", values)
        self._sessions[login] = session
        return session

    def _post(self, session, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = session.post(self.campus.url + path, json=body, timeout=TIMEOUT_S)
        if answer.status_code != 200:
            raise Refused(f"HTTP {answer.status_code}")
        values = answer.json()
        if "error" in values:
            raise Refused(values["error"].get("data", {}).get("message"))
        return values.get("result")


class Refused(Exception):
    """The server has not done it, or nobody knows."""
