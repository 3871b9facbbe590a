"""Seals: what a row of the ledger said when it was written, in 64 bits beside it.

The statements that store taps and transfers compute the seal (0.25 µs a row, a tenth of what a trigger takes);
a trigger does it for whatever else inserts. A change that goes round the triggers leaves
the old seal, a row that comes round them has none, and the bridge names both. A seal is no signature:
who may change the database and knows this file can compute it anew.
"""

#: table -> columns that its seal covers; addons put tables of theirs in. A row's ``id`` is not among them: uuid and line say which it is.
SEALED = {
    "campus_transfer": (
        "uuid line kind company_id wallet_id card_id debit_account_id credit_account_id amount_minor"
        " booking_date occurred_at posted_at user_id reverses_id origin memo"
    ),
    "campus_reservation": (
        "uuid line company_id wallet_id card_id account_id merchant_id amount_minor captured_minor state"
        " purpose expires_at reserved_at closed_at user_id origin memo close_reason"
    ),
    "campus_posting": ("uuid action attempt digest ok code answer wallet_id company_id answered_at user_id"),
}


def seal(table, row, given=None):
    """SQL of the seal of a row; ``row``: its name in the statement, such as ``NEW``.

    ``given``: the columns that the row has there, the others are NULL; None: all.
    """
    names = SEALED[table].split()
    columns = ", ".join(f"{row}.{name}" if given is None or name in given else "NULL::int" for name in names)
    return f"hash_record_extended(ROW({columns}), 0)"


# The one change that a sealed row may see: its end.
RESERVATION_ENDS = """
    CREATE OR REPLACE TRIGGER campus_seal_end BEFORE UPDATE ON campus_reservation
        FOR EACH ROW WHEN (OLD.state = 'open' AND NEW.state <> 'open')
        EXECUTE FUNCTION campus_reservation_seal();
"""


#: The tables of the ledger itself.
LEDGER = ("campus_transfer", "campus_reservation", "campus_posting")


def schema(table):
    """SQL that adds the seal of a table and the trigger that sets it; safe to run again."""
    return f"""
        ALTER TABLE {table} ADD COLUMN IF NOT EXISTS seal bigint;
        CREATE OR REPLACE FUNCTION {table}_seal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.seal := {seal(table, "NEW")};
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER campus_seal BEFORE INSERT ON {table}
            FOR EACH ROW WHEN (NEW.seal IS NULL) EXECUTE FUNCTION {table}_seal();
    """
