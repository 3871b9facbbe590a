-- What the ledger promises, kept by the database whatever code runs above it.
-- Run at every installation and update; safe to run again.

CREATE TABLE IF NOT EXISTS campus_reversal (
    transfer_id bigint PRIMARY KEY REFERENCES campus_transfer (id) ON DELETE RESTRICT,
    amount_minor integer NOT NULL,
    reversed_minor integer NOT NULL,
    CONSTRAINT campus_reversal_within CHECK (reversed_minor BETWEEN 0 AND amount_minor)
);
COMMENT ON TABLE campus_reversal IS 'What has been reversed of a transfer; kept by triggers.';

CREATE TABLE IF NOT EXISTS campus_day (
    company_id integer PRIMARY KEY REFERENCES res_company (id) ON DELETE CASCADE,
    closed_until date
);
COMMENT ON TABLE campus_day IS 'Last closed business day of a company; kept by triggers.';

CREATE OR REPLACE FUNCTION campus_day_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_day (company_id)
    SELECT DISTINCT company_id FROM fresh ORDER BY company_id ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_day ON campus_wallet;
CREATE TRIGGER campus_day AFTER INSERT ON campus_wallet
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_day_opened();

CREATE OR REPLACE FUNCTION campus_day_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'closed' THEN
        INSERT INTO campus_day (company_id, closed_until) VALUES (NEW.company_id, NEW.date)
            ON CONFLICT (company_id) DO UPDATE
           SET closed_until = greatest(campus_day.closed_until, excluded.closed_until);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_day ON campus_closing;
CREATE TRIGGER campus_day AFTER INSERT OR UPDATE ON campus_closing
    FOR EACH ROW EXECUTE FUNCTION campus_day_closed();

-- Append-only tables ---------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['campus_transfer', 'campus_posting'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_append_only ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['campus_reservation', 'campus_reversal'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_never_deleted ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_never_deleted BEFORE DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change()', name);
    END LOOP;
END $$;

-- Links of append-only tables -------------------------------------------------
-- Checked once per statement instead of once per row and column (see db/columns.py); what they
-- point to is not deleted.

DO $$
DECLARE
    link record;
BEGIN
    FOR link IN SELECT conrelid::regclass AS source, conname FROM pg_constraint
                 WHERE contype = 'f' AND conrelid = 'campus_transfer'::regclass LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', link.source, link.conname);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION campus_refuse_delete_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_used boolean;
BEGIN
    -- Waits for the posts under way and keeps others out: nothing can point here any more.
    PERFORM pg_advisory_xact_lock(TG_ARGV[0]::int, OLD.company_id);
    IF TG_TABLE_NAME = 'campus_account' THEN
        SELECT OLD.wallet_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM campus_transfer WHERE OLD.id IN (debit_account_id, credit_account_id))
          INTO is_used;
    ELSE
        is_used := TRUE;
    END IF;
    IF is_used THEN
        RAISE EXCEPTION 'this % is used in the ledger and stays', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['campus_account', 'campus_wallet'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_used ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_used BEFORE DELETE ON %I FOR EACH ROW
                        EXECUTE FUNCTION campus_refuse_delete_used(51789)', name);
    END LOOP;
END $$;

-- Balances change with nearly every statement: room for the new row beside the old one.
ALTER TABLE campus_account SET (fillfactor = 70);

-- Balances follow transfers --------------------------------------------------

CREATE OR REPLACE FUNCTION campus_transfer_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT company_id, min(booking_date) AS date FROM fresh GROUP BY company_id) AS day
                 JOIN campus_day closed ON closed.company_id = day.company_id
                  AND closed.closed_until >= day.date) THEN
        RAISE EXCEPTION 'the business day is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    -- The wallet is that of a pocket or a debt among the two accounts, which has its company.
    IF EXISTS (SELECT 1 FROM fresh
                 LEFT JOIN campus_account debit ON debit.id = fresh.debit_account_id
                 LEFT JOIN campus_account credit ON credit.id = fresh.credit_account_id
                WHERE debit.company_id IS DISTINCT FROM fresh.company_id
                   OR credit.company_id IS DISTINCT FROM fresh.company_id
                   OR COALESCE(debit.wallet_id, credit.wallet_id) IS DISTINCT FROM fresh.wallet_id
                   OR COALESCE(credit.wallet_id, debit.wallet_id) IS DISTINCT FROM fresh.wallet_id) THEN
        RAISE EXCEPTION 'a transfer links accounts and a wallet of its company'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    UPDATE campus_account account
       SET balance_minor = account.balance_minor + moved.minor
      FROM (SELECT account_id, sum(minor) AS minor
              FROM (SELECT credit_account_id AS account_id, amount_minor::bigint AS minor FROM fresh
                     UNION ALL
                    SELECT debit_account_id, -amount_minor::bigint FROM fresh) AS side
             GROUP BY account_id) AS moved
     WHERE account.id = moved.account_id AND account.kind = 'pocket';
    -- Sales take money out: only what brings some in may leave it in a closed wallet.
    IF EXISTS (SELECT 1 FROM fresh WHERE kind <> 'purchase' OR reverses_id IS NOT NULL)
       AND EXISTS (SELECT 1 FROM fresh
                     JOIN campus_account pocket ON pocket.id = fresh.credit_account_id AND pocket.balance_minor <> 0
                     JOIN campus_wallet wallet ON wallet.id = pocket.wallet_id AND wallet.state = 'closed') THEN
        RAISE EXCEPTION 'a closed wallet holds no money' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM fresh WHERE reverses_id IS NOT NULL) THEN
        IF EXISTS (SELECT 1 FROM fresh LEFT JOIN campus_transfer original ON original.id = fresh.reverses_id
                    WHERE fresh.reverses_id IS NOT NULL AND (original.id IS NULL
                       OR original.reverses_id IS NOT NULL
                       OR original.debit_account_id <> fresh.credit_account_id
                       OR original.credit_account_id <> fresh.debit_account_id)) THEN
            RAISE EXCEPTION 'a reversal mirrors the transfer that it reverses'
                USING ERRCODE = 'restrict_violation';
        END IF;
        INSERT INTO campus_reversal (transfer_id, amount_minor, reversed_minor)
        SELECT original.id, original.amount_minor, sum(fresh.amount_minor)
          FROM fresh JOIN campus_transfer original ON original.id = fresh.reverses_id
         GROUP BY original.id ORDER BY original.id
            ON CONFLICT (transfer_id) DO UPDATE
           SET reversed_minor = campus_reversal.reversed_minor + excluded.reversed_minor;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_apply ON campus_transfer;
CREATE TRIGGER campus_apply AFTER INSERT ON campus_transfer
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_transfer_apply();

-- Reserved money follows reservations ----------------------------------------

CREATE OR REPLACE FUNCTION campus_reservation_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campus_account account SET reserved_minor = account.reserved_minor + held.minor
      FROM (SELECT account_id, sum(amount_minor) AS minor FROM fresh
             WHERE state = 'open' GROUP BY account_id) AS held
     WHERE account.id = held.account_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_reservation_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM before JOIN fresh USING (id)
                WHERE before.state <> 'open' OR fresh.state = 'open'
                   OR (before.uuid, before.line, before.account_id, before.merchant_id, before.amount_minor)
                      IS DISTINCT FROM
                      (fresh.uuid, fresh.line, fresh.account_id, fresh.merchant_id, fresh.amount_minor)) THEN
        RAISE EXCEPTION 'a reservation is closed once and not changed otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE campus_account account SET reserved_minor = account.reserved_minor - held.minor
      FROM (SELECT account_id, sum(amount_minor) AS minor FROM fresh GROUP BY account_id) AS held
     WHERE account.id = held.account_id;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_opened ON campus_reservation;
CREATE TRIGGER campus_opened AFTER INSERT ON campus_reservation
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_reservation_opened();
DROP TRIGGER IF EXISTS campus_closed ON campus_reservation;
CREATE TRIGGER campus_closed AFTER UPDATE ON campus_reservation
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION campus_reservation_closed();

-- Nothing but the triggers above touches a balance; a closed day stays closed --

CREATE OR REPLACE FUNCTION campus_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.balance_minor IS DISTINCT FROM 0 OR NEW.reserved_minor IS DISTINCT FROM 0 THEN
            RAISE EXCEPTION 'a new account is empty' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF (OLD.balance_minor, OLD.reserved_minor, OLD.kind, OLD.wallet_id, OLD.plan_id, OLD.company_id)
          IS DISTINCT FROM
          (NEW.balance_minor, NEW.reserved_minor, NEW.kind, NEW.wallet_id, NEW.plan_id, NEW.company_id) THEN
        RAISE EXCEPTION 'balances follow transfers; an account does not change its nature'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS campus_guard ON campus_account;
CREATE TRIGGER campus_guard BEFORE INSERT OR UPDATE ON campus_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION campus_account_guard();

CREATE OR REPLACE FUNCTION campus_closing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' AND (TG_OP = 'DELETE' OR (OLD.state, OLD.date, OLD.company_id)
       IS DISTINCT FROM (NEW.state, NEW.date, NEW.company_id)) THEN
        RAISE EXCEPTION 'a closed business day is final' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

DROP TRIGGER IF EXISTS campus_final ON campus_closing;
CREATE TRIGGER campus_final BEFORE UPDATE OR DELETE ON campus_closing
    FOR EACH ROW EXECUTE FUNCTION campus_closing_guard();
