"""Statements that PostgreSQL plans once per kept connection instead of with every request.

Planning a statement takes longer than running it when it reads a few rows by key, and so does
the way to the server and back: several statements can travel as one message.
"""

import itertools
import re


class Statement:
    """SQL with ``%s`` for its values; ``name`` is its own in the whole database session.

    Values are numbers, texts, dates or None. An array is given as its text, see :func:`array`:
    PostgreSQL reads that faster than an expression of as many constants. Where the type of a
    value does not follow from its place, the SQL casts it.
    """

    def __init__(self, name, sql):
        numbers = itertools.count(1)
        self.name, self.sql = f"campus_{name}", sql
        self.preparation = f"PREPARE {self.name} AS " + re.sub("%s", lambda _match: f"${next(numbers)}", sql)
        places = ", ".join(["%s"] * (next(numbers) - 1))
        self.execution = f"EXECUTE {self.name}({places})" if places else f"EXECUTE {self.name}"

    def run(self, cr, *values):
        """Execute with ``values``."""
        run_all(cr, (self, *values))

    def one(self, cr, *values):
        """The first row, None without any."""
        run_all(cr, (self, *values))
        return cr.fetchone()

    def rows(self, cr, *values):
        """All rows."""
        run_all(cr, (self, *values))
        return cr.fetchall()


def run_all(cr, *calls, before="", after=""):
    """Execute calls ``(statement, *values)`` as one message; the rows of the last are then at hand.

    On a cursor that is not kept they are run one by one as they stand, without ``before`` and
    ``after``: it has its own transaction. Values never reach the log: some are credentials.
    """
    prepared = getattr(cr, "campus_prepared", None)
    if prepared is None:
        for statement, *values in calls:
            cr.execute(statement.sql, values, log_exceptions=False)
        return
    for statement, *_values in calls:
        if statement.name not in prepared:
            cr.execute(statement.preparation)
            prepared.add(statement.name)
    texts = [cr.mogrify(statement.execution, values) for statement, *values in calls]
    message = b"; ".join(filter(None, [before.encode(), *texts, after.encode()]))
    cr.execute(message, log_exceptions=False)


def array(values):
    """Numbers, uuids or other texts without commas, quotes, braces and blanks as an array's text."""
    return "{" + ",".join(map(str, values)) + "}"
