-- What may be archived and closed, kept by the database: the same rules as campus_core/archiving.py.
-- Run at every installation and update, after all tables are there; safe to run again.

-- Holders ----------------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_holder_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.active AND NOT NEW.active AND (
        EXISTS (SELECT 1 FROM campus_card WHERE partner_id = NEW.id AND state IN ('issued', 'active', 'frozen', 'lost'))
        OR EXISTS (SELECT 1 FROM campus_wallet WHERE partner_id = NEW.id AND state <> 'closed')) THEN
        RAISE EXCEPTION 'a holder with a card or an open wallet is not archived' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.company_id IS NOT NULL AND OLD.company_id IS DISTINCT FROM NEW.company_id
       AND EXISTS (SELECT 1 FROM campus_wallet WHERE partner_id = NEW.id) THEN
        RAISE EXCEPTION 'a holder stays in the company of the wallet' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS campus_stays ON res_partner;
CREATE TRIGGER campus_stays BEFORE UPDATE ON res_partner FOR EACH ROW
    WHEN (OLD.active AND NOT NEW.active OR OLD.company_id IS DISTINCT FROM NEW.company_id)
    EXECUTE FUNCTION campus_holder_stays();

CREATE OR REPLACE FUNCTION campus_needs_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Locked: nobody archives the holder meanwhile.
    PERFORM 1 FROM res_partner WHERE id = NEW.partner_id AND active FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an archived holder has no card and no open wallet' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS campus_needs_holder ON campus_card;
CREATE TRIGGER campus_needs_holder BEFORE UPDATE OF state, partner_id ON campus_card FOR EACH ROW
    WHEN (NEW.state IN ('issued', 'active', 'frozen', 'lost')
          AND (OLD.state, OLD.partner_id) IS DISTINCT FROM (NEW.state, NEW.partner_id))
    EXECUTE FUNCTION campus_needs_holder();

DROP TRIGGER IF EXISTS campus_needs_holder ON campus_wallet;
CREATE TRIGGER campus_needs_holder BEFORE UPDATE OF state, partner_id ON campus_wallet FOR EACH ROW
    WHEN (NEW.state <> 'closed' AND (OLD.state = 'closed' OR OLD.partner_id <> NEW.partner_id))
    EXECUTE FUNCTION campus_needs_holder();

-- Wallets ----------------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_wallet_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM campus_account WHERE wallet_id = NEW.id AND (balance_minor <> 0 OR reserved_minor <> 0))
       OR EXISTS (SELECT 1 FROM campus_account debt
                    JOIN campus_transfer transfer ON transfer.wallet_id = debt.wallet_id
                     AND debt.id IN (transfer.debit_account_id, transfer.credit_account_id)
                   WHERE debt.wallet_id = NEW.id AND debt.kind = 'debt'
                   GROUP BY debt.id
                  HAVING sum(CASE WHEN transfer.debit_account_id = debt.id
                                  THEN transfer.amount_minor ELSE -transfer.amount_minor END) <> 0) THEN
        RAISE EXCEPTION 'a wallet with money, reservations or debt is not closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS campus_closes ON campus_wallet;
CREATE TRIGGER campus_closes BEFORE UPDATE OF state ON campus_wallet FOR EACH ROW
    WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION campus_wallet_closes();

-- A new pocket leaves its mark on the wallet: who closes the wallet at the same moment, in whatever
-- isolation level, waits for it and then sees it, or is told by PostgreSQL to begin again.
CREATE OR REPLACE FUNCTION campus_account_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM campus_wallet WHERE id IN (SELECT wallet_id FROM fresh)
        AND xmin::text <> pg_current_xact_id()::xid::text ORDER BY id FOR NO KEY UPDATE;
    UPDATE campus_wallet SET write_date = write_date WHERE id IN (SELECT wallet_id FROM fresh)
        AND xmin::text <> pg_current_xact_id()::xid::text;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_opened ON campus_account;
CREATE TRIGGER campus_opened AFTER INSERT ON campus_account
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_account_opened();

-- Plans ------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM campus_account WHERE plan_id = NEW.id AND balance_minor <> 0) THEN
        RAISE EXCEPTION 'a pocket plan with money is not archived' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS campus_stays ON campus_pocket_plan;
CREATE TRIGGER campus_stays BEFORE UPDATE OF active ON campus_pocket_plan FOR EACH ROW
    WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION campus_plan_stays();
