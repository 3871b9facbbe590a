-- What the database promises about taps. Run at every installation and update.

-- Where the server stands in each edge's journal: one row, updated once per batch.
CREATE TABLE IF NOT EXISTS campus_edge_head (
    edge_id integer PRIMARY KEY REFERENCES campus_edge (id) ON DELETE CASCADE,
    journal uuid NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    reported_seq bigint NOT NULL,
    -- what cards that prove nothing have paid within that hour since 1970, and when the cap was last hit
    uid_hour bigint NOT NULL DEFAULT 0,
    uid_minor bigint NOT NULL DEFAULT 0,
    uid_hit_hour bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON TABLE campus_edge_head IS 'Newest journal entry taken from each edge.';

DROP TRIGGER IF EXISTS campus_append_only ON campus_tap;
CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_tap
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();

-- Links are checked once per statement, as in ledger_schema.sql.
DO $$
DECLARE
    link record;
BEGIN
    FOR link IN SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'campus_tap'::regclass LOOP
        EXECUTE format('ALTER TABLE campus_tap DROP CONSTRAINT %I', link.conname);
    END LOOP;
END $$;

-- One register of ids: what is held at a till under an id is not charged by a tap under the same, and the
-- other way round. Edges make ids of version 7 and tills of version 4, so that for nearly every batch there is
-- nothing to look up; where it is otherwise both sides lock the id. A tap that was refused for it is no use of it.
CREATE INDEX IF NOT EXISTS campus_reservation_as_tap ON campus_reservation (uuid)
    WHERE substr(uuid::text, 15, 1) = '7';

CREATE OR REPLACE FUNCTION campus_tap_register(odd uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one uuid;
BEGIN
    FOREACH one IN ARRAY odd LOOP
        IF NOT pg_try_advisory_xact_lock(hashtextextended(one::text, 0)) THEN
            RAISE EXCEPTION 'a payment under this id is under way' USING ERRCODE = 'lock_not_available';
        END IF;
    END LOOP;
    IF EXISTS (SELECT 1 FROM campus_reservation WHERE uuid = ANY (odd)) THEN
        RAISE EXCEPTION 'a till holds money under the id of a tap' USING ERRCODE = 'unique_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION campus_reservation_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(uuid::text, 0))
       FROM (SELECT DISTINCT uuid FROM fresh WHERE purpose = 'pos' ORDER BY uuid) AS held;
    -- Batches of taps share the lock of the day until they are over.
    PERFORM pg_advisory_xact_lock(51789, company_id)
       FROM (SELECT DISTINCT company_id FROM fresh
              WHERE purpose = 'pos' AND substr(uuid::text, 15, 1) = '7') AS held;
    IF EXISTS (SELECT 1 FROM fresh JOIN campus_tap tap ON tap.uuid = fresh.uuid AND tap.code <> 'conflict') THEN
        RAISE EXCEPTION 'the id of a payment is that of a tap' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_register ON campus_reservation;
CREATE TRIGGER campus_register AFTER INSERT ON campus_reservation
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_reservation_register();

CREATE OR REPLACE FUNCTION campus_tap_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    odd uuid[] = ARRAY(SELECT uuid FROM fresh WHERE substr(uuid::text, 15, 1) <> '7' AND code <> 'conflict');
BEGIN
    IF cardinality(odd) > 0 THEN
        PERFORM campus_tap_register(odd);
    END IF;
    IF EXISTS (SELECT 1 FROM campus_reservation held JOIN fresh ON fresh.uuid = held.uuid
                WHERE substr(held.uuid::text, 15, 1) = '7' AND fresh.code <> 'conflict') THEN
        RAISE EXCEPTION 'a till holds money under the id of a tap' USING ERRCODE = 'unique_violation';
    END IF;
    -- What was said to have become of a tap before it came holds: it is looked up where it differs. One look
    -- into a small index for each tap: a subquery that names the tap is never turned into a join of all ends.
    IF EXISTS (SELECT 1 FROM fresh
                WHERE kind = 'tap' AND code <> 'conflict'
                  AND (SELECT (ended.outcome, ended.code) IS DISTINCT FROM (fresh.outcome, fresh.code)
                              AND NOT EXISTS (SELECT 1 FROM fresh same WHERE same.id = ended.id)
                         FROM campus_tap ended WHERE ended.uuid = fresh.uuid AND ended.kind = 'final')) THEN
        RAISE EXCEPTION 'this tap has ended otherwise' USING ERRCODE = 'unique_violation';
    END IF;
    -- A batch comes from one edge and a few terminals; a card has its wallet, which has its company.
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT company_id, edge_id, terminal_id FROM fresh) AS place
                 LEFT JOIN campus_edge edge ON edge.id = place.edge_id
                 LEFT JOIN campus_terminal terminal ON terminal.id = place.terminal_id
                WHERE edge.company_id IS DISTINCT FROM place.company_id
                   OR (place.terminal_id IS NOT NULL AND terminal.company_id IS DISTINCT FROM place.company_id))
       OR EXISTS (SELECT 1 FROM fresh
                    LEFT JOIN campus_card card ON card.id = fresh.card_id
                   WHERE card.wallet_id IS DISTINCT FROM fresh.wallet_id
                      OR (fresh.card_id IS NOT NULL AND card.company_id IS DISTINCT FROM fresh.company_id)) THEN
        RAISE EXCEPTION 'a tap links an edge, a terminal and a card of its company'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS campus_links ON campus_tap;
CREATE TRIGGER campus_links AFTER INSERT ON campus_tap
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_tap_links();

CREATE OR REPLACE FUNCTION campus_refuse_delete_tapped() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- as JSON: a field that only one of these tables has cannot be named on OLD
    gone jsonb = to_jsonb(OLD);
BEGIN
    PERFORM pg_advisory_xact_lock(51789, OLD.company_id);
    IF EXISTS (SELECT 1 FROM campus_tap WHERE (TG_TABLE_NAME = 'campus_edge' AND edge_id = OLD.id)
                  OR (TG_TABLE_NAME = 'campus_terminal' AND terminal_id = OLD.id)
                  OR (TG_TABLE_NAME = 'campus_card' AND card_id = OLD.id))
       OR (TG_TABLE_NAME = 'campus_card'
           AND EXISTS (SELECT 1 FROM campus_transfer
                        WHERE wallet_id = (gone ->> 'wallet_id')::integer AND card_id = OLD.id)) THEN
        RAISE EXCEPTION 'this % is used and stays: archive it', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['campus_edge', 'campus_terminal', 'campus_card'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_used ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_used BEFORE DELETE ON %I FOR EACH ROW
                        EXECUTE FUNCTION campus_refuse_delete_tapped()', name);
    END LOOP;
END $$;
