"""What must always hold, asked in plain SQL and in the words of each screen."""

from people import Crashed, Refused

# What the transfers have moved, by account: kept by the checker, so that a step reads only what is new.
MOVED = "CREATE TEMP TABLE month_moved (account_id bigint PRIMARY KEY, minor bigint NOT NULL)"
MOVE = """
INSERT INTO month_moved
SELECT account_id, sum(minor) FROM (
    SELECT credit_account_id AS account_id, amount_minor::bigint AS minor FROM campus_transfer WHERE id > %(last_id)s
    UNION ALL SELECT debit_account_id, -amount_minor::bigint FROM campus_transfer WHERE id > %(last_id)s) side
 GROUP BY account_id
    ON CONFLICT (account_id) DO UPDATE SET minor = month_moved.minor + excluded.minor
"""
# Every pocket is what its transfers say, nothing is below zero, reserved is what reservations say.
POCKETS = """
WITH held AS (SELECT account_id, sum(amount_minor)::bigint AS minor FROM campus_reservation
               WHERE state = 'open' GROUP BY account_id)
SELECT pocket.id, pocket.balance_minor, COALESCE(moved.minor, 0), pocket.reserved_minor, COALESCE(held.minor, 0)
  FROM campus_account pocket
  LEFT JOIN month_moved moved ON moved.account_id = pocket.id LEFT JOIN held ON held.account_id = pocket.id
 WHERE pocket.kind = 'pocket'
   AND (pocket.balance_minor <> COALESCE(moved.minor, 0) OR pocket.reserved_minor <> COALESCE(held.minor, 0)
        OR pocket.balance_minor < pocket.reserved_minor OR pocket.reserved_minor < 0)
 ORDER BY pocket.id LIMIT 3
"""
# What people have and what they owe is what came from outside less what went there.
SUM_ZERO = """
SELECT (SELECT COALESCE(sum(balance_minor), 0) FROM campus_account WHERE kind = 'pocket')
     + (SELECT COALESCE(sum(moved.minor), 0) FROM month_moved moved
          JOIN campus_account account ON account.id = moved.account_id WHERE account.kind <> 'pocket')
"""
# Transfers that were there before are there still, and say the same.
KEPT = """
SELECT count(*) FILTER (WHERE id <= %(last_id)s), sum(amount_minor::bigint * (id %% 9973)) FILTER (WHERE id <= %(last_id)s),
       count(*), sum(amount_minor::bigint * (id %% 9973)), COALESCE(max(id), 0) FROM campus_transfer
"""
# More taken back than was paid, and a uuid whose lines were booked twice.
REVERSED = """
SELECT paid.id FROM campus_transfer paid
  JOIN campus_transfer back ON back.reverses_id = paid.id
 GROUP BY paid.id, paid.amount_minor HAVING sum(back.amount_minor) > paid.amount_minor LIMIT 3
"""
TWICE = """SELECT uuid, line FROM campus_transfer WHERE id > %(last_id)s
            GROUP BY uuid, line HAVING count(*) > 1 LIMIT 3"""
CLOSED = """
SELECT wallet.id FROM campus_wallet wallet JOIN campus_account pocket ON pocket.wallet_id = wallet.id
 WHERE wallet.state = 'closed' AND pocket.kind = 'pocket' AND pocket.balance_minor <> 0 LIMIT 3
"""
TWO_COMPANIES = """
SELECT transfer.id FROM campus_transfer transfer
  JOIN campus_account debit ON debit.id = transfer.debit_account_id
  JOIN campus_account credit ON credit.id = transfer.credit_account_id
 WHERE transfer.id > %(last_id)s
   AND (debit.company_id <> credit.company_id OR debit.company_id <> transfer.company_id) LIMIT 3
"""
STEP_CHECKS = {
    "a pocket is not what its transfers and reservations say": POCKETS,
    "more was taken back than had been paid": REVERSED,
    "one line of a request was booked twice": TWICE,
    "a closed wallet holds money": CLOSED,
    "a transfer joins two companies": TWO_COMPANIES,
}
# After the night's jobs no money is left whose last day is over, except what a payment holds.
EXPIRED = """
SELECT id, expires_on, balance_minor FROM campus_account
 WHERE kind = 'pocket' AND expires_on < %(today)s AND balance_minor > reserved_minor LIMIT 3
"""
# One row per closed day: its transfers and what the close has booked.
SEALS = """
SELECT closing.company_id, closing.date, count(t.id), COALESCE(sum(t.amount_minor), 0),
       md5(COALESCE(string_agg(concat_ws(',', t.uuid, t.line, t.kind, t.debit_account_id, t.credit_account_id,
                                         t.amount_minor), ';' ORDER BY t.uuid, t.line), ''))
  FROM campus_closing closing
  LEFT JOIN campus_transfer t ON t.company_id = closing.company_id AND t.booking_date = closing.date
 GROUP BY closing.company_id, closing.date
"""
BOOKED = """
SELECT closing.company_id, closing.date,
       md5(COALESCE(string_agg(concat_ws(',', line.account_id, line.debit, line.credit, move.state, line.date),
                               ';' ORDER BY line.id), ''))
  FROM campus_closing closing
  LEFT JOIN account_move move ON move.campus_closing_id = closing.id
  LEFT JOIN account_move_line line ON line.move_id = move.id
 GROUP BY closing.company_id, closing.date
"""
# Once sessions and days are closed, nothing hangs between tills and cards: what does is exactly what tills took
# and gave back on days that are not closed yet, such as a refund after midnight.
CLEARING = """
WITH open_days AS (
    SELECT transfer.company_id,
           sum(CASE WHEN credit.kind = 'merchant' THEN 1 ELSE -1 END * transfer.amount_minor::bigint) AS minor
      FROM campus_transfer transfer JOIN campus_account credit ON credit.id = transfer.credit_account_id
     WHERE split_part(transfer.origin, ',', 1) = 'pos.order'
       AND NOT EXISTS (SELECT 1 FROM campus_closing closing
                        WHERE closing.company_id = transfer.company_id AND closing.state = 'closed'
                          AND closing.date >= transfer.booking_date)
     GROUP BY transfer.company_id)
SELECT company.name, round(sum(line.balance) * 100), COALESCE(max(open_days.minor), 0)
  FROM account_move_line line
  JOIN res_company company ON company.id = line.company_id
  LEFT JOIN open_days ON open_days.company_id = company.id
 WHERE line.parent_state = 'posted' AND line.account_id = company.campus_clearing_account_id
 GROUP BY company.name HAVING round(sum(line.balance) * 100) <> COALESCE(max(open_days.minor), 0)
"""
RECEIVABLE = """
SELECT session.name, line.name, line.amount_residual FROM account_move_line line
  JOIN account_account account ON account.id = line.account_id
  JOIN pos_session session ON session.move_id = line.move_id
 WHERE line.parent_state = 'posted' AND account.account_type = 'asset_receivable' AND line.amount_residual <> 0
"""
OPEN_SESSIONS = "SELECT count(*) FROM pos_session WHERE state <> 'closed'"
# Odoo models of ours that carry a company: nobody of another one finds a row.
PRIVATE_MODELS = (
    "campus.card",
    "campus.wallet",
    "campus.transfer",
    "campus.account",
    "campus.edge",
    "campus.closing",
    "campus.reservation",
    "campus.tap",
    "campus.correction",
    "campus.department",
    "campus.pocket.plan",
    "campus.terminal",
    "pos.order",
    "account.move",
)


class Invariants:
    """Checks after each step and after each day; each returns sentences about what does not hold."""

    def __init__(self, world):
        self.world = world
        self.seals = {}
        self.last_id, self.kept = 0, (0, None)
        world.execute(MOVED)

    def after_step(self):
        """What is cheap enough to ask after everything that is done: it reads the step's transfers only."""
        values = {"last_id": self.last_id}
        before, before_sum, count, total, last_id = self.world.query(KEPT, values)[0]
        if (before, before_sum) != self.kept:
            yield f"{before} transfers of earlier steps are not the {self.kept[0]} that were booked"
        self.world.execute(MOVE, values)
        yield from self._ask(values)
        self.last_id, self.kept = last_id, (count, total)

    def _ask(self, values):
        for sentence, sql in STEP_CHECKS.items():
            if rows := self.world.query(sql, values):
                yield f"{sentence}: {rows}"

    def after_day(self):
        """What is asked when a day is over and finance has closed it."""
        checks = (self._all, self._sum, self._expired, self._closed_days, self._books, self._other_companies)
        for check in checks:
            yield from self._asked(check)

    def one_figure(self):
        """The portal, the counter, a till and a terminal call the same money available."""
        yield from self._asked(self._one_figure)

    @staticmethod
    def _asked(check):
        try:
            yield from check()
        except (Crashed, Refused) as error:
            yield f"{check.__name__.strip('_')} could not be asked: {error}"

    def _all(self):
        """The questions of a step about all transfers, and not only new ones."""
        self.world.execute("TRUNCATE month_moved")
        self.world.execute(MOVE, {"last_id": 0})
        yield from self._ask({"last_id": 0})

    def _sum(self):
        if total := self.world.value(SUM_ZERO):
            yield f"all money adds up to {total}"

    def _expired(self):
        if rows := self.world.query(EXPIRED, {"today": self.world.today}):
            yield f"money whose last day is over is still there: {rows}"

    def _closed_days(self):
        for name, sql in (("transfers", SEALS), ("entries", BOOKED)):
            for company, day, *seal in self.world.query(sql):
                before = self.seals.setdefault((name, company, day), seal)
                if before != seal:
                    yield f"closed day {day} of company {company} has other {name} than when it was closed"

    def _books(self):
        finance = self.world.person("finance")
        action = finance.rpc("campus.bridge", "action_check_now", [])
        [bridge] = finance.read("campus.bridge", [action["res_id"]], ["is_balanced", "difference"])
        if not bridge["is_balanced"]:
            lines = finance.rpc(
                "campus.bridge.line",
                "search_read",
                [["bridge_id", "=", action["res_id"]]],
                ["display_name", "kind", "difference"],
            )
            off = [line for line in lines if line["difference"]]
            yield f"the bridge is off by {bridge['difference']}: {off}"
        if not self.world.value(OPEN_SESSIONS):
            for sentence, sql in (("clearing", CLEARING), ("receivable of tills", RECEIVABLE)):
                if rows := self.world.query(sql):
                    yield f"the {sentence} account is not cleared: {rows}"

    def _other_companies(self):
        stranger = self.world.people.get("stranger")
        if stranger is None:
            return
        for model in PRIVATE_MODELS:
            try:
                found = stranger.rpc(model, "search_count", [["company_id", "=", 1]])
            except Refused:
                continue
            if found:
                yield f"a clerk of the second company finds {found} rows of {model} of the first"

    def _one_figure(self):
        seen = self.world.memory.get("figures")
        for holder, figures in (seen() if seen else {}).items():
            if len(set(figures.values())) > 1:
                yield f"available of {holder}: {figures}"
