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
import time
killed = begin()[0]
env.cr.execute("SELECT pg_terminate_backend(%s)", [killed])
time.sleep(0.5)
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
