"""The connections that money moves on are kept between requests, and nothing else is."""

TAKE = """
ledger = env["campus.ledger"]
ask = "SELECT pg_backend_pid(), current_setting('transaction_isolation'), current_setting('lock_timeout')"
def begin():
    with ledger._own_transaction() as own:
        own.cr.execute(ask)
        return own.cr.fetchone()
"""
TWICE = TAKE + "answer = [begin(), begin()]"
KILLED = (
    TAKE
    + """
killed = begin()[0]
env.cr.execute("SELECT pg_terminate_backend(%s, 30000)", [killed])
assert env.cr.fetchone()[0], "the connection has not ended"
answer = [killed, *begin()]
"""
)
FAILED = (
    TAKE
    + """
before = begin()[0]
try:
    with ledger._own_transaction() as own:
        own.cr.execute("UPDATE res_company SET campus_offline_tap_minor = 4711")
        raise ValueError("no")
except ValueError:
    pass
env.cr.execute("SELECT count(*) FROM res_company WHERE campus_offline_tap_minor = 4711")
answer = [env.cr.fetchone()[0], begin()[1]]
"""
)
NESTED = (
    TAKE
    + """
with ledger._own_transaction() as outer:
    outer.cr.execute("SELECT pg_backend_pid()")
    answer = [outer.cr.fetchone()[0], begin()[0]]
"""
)
PLANNED = (
    TAKE
    + """
from odoo.addons.campus_card.db.prepared import Statement
add = Statement("e2e_add", "SELECT %s::int + 1")
def plan():
    with ledger._own_transaction() as own:
        found = add.one(own.cr, 41)[0]
        own.cr.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'campus_e2e_add'")
        return [found, own.cr.fetchone()[0]]
answer = [plan(), plan()]
"""
)
FINISHED = (
    TAKE
    + """
from odoo.addons.campus_card.db import own_cursor
from odoo.addons.campus_card.db.prepared import Statement
write = Statement("e2e_write", "UPDATE res_company SET campus_offline_tap_minor = %s WHERE id = %s")
def cap():
    env.cr.rollback()
    env.cr.execute("SELECT campus_offline_tap_minor FROM res_company WHERE id = %s", [env.company.id])
    return env.cr.fetchone()[0]
before, answer = cap(), []
for value in (4711, before):
    with ledger._own_transaction() as own:
        own_cursor.finish(own.cr, (write, value, env.company.id))
        answer.append([own_cursor.is_between_transactions(own.cr), cap() == value])
answer.append(begin()[1])
"""
)


def test_a_statement_is_planned_once_per_connection(server):
    assert server.run(PLANNED) == [[42, 1], [42, 1]]


def test_the_last_statement_of_a_transaction_may_take_the_commit_along(server):
    assert server.run(FINISHED) == [[True, True], [True, True], "read committed"]


def test_the_next_request_gets_the_same_connection_with_a_transaction_of_its_own(server):
    first, second = server.run(TWICE)
    assert first[0] == second[0]
    assert first[1:] == second[1:] == ["read committed", "5s"]


def test_a_connection_that_died_meanwhile_is_replaced(server):
    killed, pid, isolation, _timeout = server.run(KILLED)
    assert pid != killed
    assert isolation == "read committed"


def test_a_failure_leaves_nothing_behind(server):
    assert server.run(FAILED) == [0, "read committed"]


def test_two_at_once_never_share_a_connection(server):
    outer, inner = server.run(NESTED)
    assert outer != inner
