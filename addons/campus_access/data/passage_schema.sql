-- Where passages live: apart from the taps of money, in parts that are dropped whole when their time is over.
-- Run at every installation and update; safe to run again.

-- One part for each company and month. The month is that of the id (uuid version 7 begins with its time), so that
-- an entry that is told again meets the same unique index, whatever time it says. What has no such id is in the
-- part of 2000-01-01. There are no foreign keys: triggers keep what is pointed to.
CREATE TABLE IF NOT EXISTS campus_passage (
    id bigserial NOT NULL,
    company_id integer NOT NULL,
    month date NOT NULL,
    uuid uuid NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('tap', 'final', 'event')),
    edge_id integer,
    journal uuid,
    seq bigint,
    -- the first 16 bytes of the entry's chain hash
    chain_hash uuid,
    terminal_id integer,
    door_id integer,
    side varchar CHECK (side IN ('in', 'out')),
    left_zone_id integer,
    zone_id integer,
    card_id integer,
    partner_id integer,
    credential varchar NOT NULL,
    -- of an event: the passage that it follows
    passage_uuid uuid,
    mode varchar NOT NULL,
    outcome varchar,
    code varchar NOT NULL,
    rule varchar,
    right_id integer,
    reasons varchar,
    warnings varchar,
    list_age_s integer,
    -- what the server knew better than the edge
    doubt varchar,
    snapshot varchar,
    -- of what a guard has entered by hand
    user_id integer,
    note varchar,
    occurred_at timestamp NOT NULL,
    received_at timestamp NOT NULL,
    CONSTRAINT campus_passage_of_edge_or_guard CHECK ((edge_id IS NULL) = (user_id IS NOT NULL)),
    CONSTRAINT campus_passage_outcome CHECK ((kind = 'event') = (outcome IS NULL))
) PARTITION BY RANGE (company_id, month);
COMMENT ON TABLE campus_passage IS 'Passages and events at doors; dropped by whole months.';

CREATE UNIQUE INDEX IF NOT EXISTS campus_passage_once ON campus_passage (uuid, kind, company_id, month);
CREATE INDEX IF NOT EXISTS campus_passage_id ON campus_passage (id);
CREATE INDEX IF NOT EXISTS campus_passage_when ON campus_passage (company_id, occurred_at);
CREATE INDEX IF NOT EXISTS campus_passage_person ON campus_passage (partner_id, occurred_at);
CREATE INDEX IF NOT EXISTS campus_passage_door ON campus_passage (door_id, occurred_at);
CREATE INDEX IF NOT EXISTS campus_passage_followed ON campus_passage (passage_uuid) WHERE passage_uuid IS NOT NULL;

CREATE OR REPLACE FUNCTION campus_passage_month(id uuid) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN substr(id::text, 15, 1) = '7' AND ms BETWEEN 1577836800000 AND 4102444799999
                THEN date_trunc('month', to_timestamp(ms / 1000) AT TIME ZONE 'UTC')::date
                ELSE DATE '2000-01-01' END
      FROM (SELECT ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint AS ms) AS made
$$;

CREATE OR REPLACE FUNCTION campus_passage_part(company integer, month date) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('campus_passage_%s_%s', company, to_char(month::timestamp, 'YYYYMM'))
$$;

-- Make the part of a month; attaching it lets readers and writers of the other parts go on.
CREATE OR REPLACE FUNCTION campus_passage_room(company integer, month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    part text = campus_passage_part(company, month);
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN FALSE;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('campus_passage_next'));
    IF to_regclass(part) IS NOT NULL THEN
        RETURN FALSE;
    END IF;
    CREATE TABLE campus_passage_next (LIKE campus_passage INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    EXECUTE format('ALTER TABLE campus_passage_next RENAME TO %I', part);
    EXECUTE format('ALTER TABLE %I ADD CHECK (campus_passage_month(uuid) = month)', part);
    EXECUTE format('ALTER TABLE campus_passage ATTACH PARTITION %I FOR VALUES FROM (%s, %L) TO (%s, %L)',
                   part, company, month, company, (month + INTERVAL '1 month')::date);
    PERFORM campus_passage_guard(part);
    RETURN TRUE;
END $$;

-- Triggers for a statement are not handed down to parts.
CREATE OR REPLACE FUNCTION campus_passage_guard(part text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change()', part);
END $$;

DROP TRIGGER IF EXISTS campus_append_only ON campus_passage;
CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_passage
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();

-- When a passage was, as far as its edge's clock can be believed: the end of its keeping is counted from then.
CREATE OR REPLACE FUNCTION campus_passage_time(occurred timestamp, received timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN occurred BETWEEN TIMESTAMP '2020-01-01' AND received + INTERVAL '1 day'
                THEN occurred ELSE received END
$$;

-- Drop a part whole. What in it is younger than `before` (late entries, ids without a time) is put into a new part.
CREATE OR REPLACE FUNCTION campus_passage_erase(
    company integer, month date, before timestamp,
    OUT erased bigint, OUT first_at timestamp, OUT last_at timestamp, OUT digest text
) LANGUAGE plpgsql AS $$
DECLARE
    part text = campus_passage_part(company, month);
    kept bigint;
BEGIN
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', part);
    EXECUTE format('SELECT count(*) FILTER (WHERE old), min(occurred_at) FILTER (WHERE old),
                           max(occurred_at) FILTER (WHERE old), count(*) FILTER (WHERE NOT old),
                           encode(sha256(convert_to(coalesce(string_agg(row_text, '''' ORDER BY id)
                                                             FILTER (WHERE old), ''''), ''UTF8'')), ''hex'')
                      FROM (SELECT id, occurred_at, concat(uuid, kind, chain_hash) AS row_text,
                                   campus_passage_time(occurred_at, received_at) < $1 AS old FROM %I) AS row', part)
       INTO erased, first_at, last_at, kept, digest USING before;
    IF erased = 0 AND kept > 0 THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE campus_passage DETACH PARTITION %I', part);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', part, part || '_old');
    IF kept > 0 THEN
        PERFORM campus_passage_room(company, month);
        EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE campus_passage_time(occurred_at, received_at) >= $1',
                       part, part || '_old') USING before;
    END IF;
    EXECUTE format('DROP TABLE %I', part || '_old');
END $$;

-- What passages point to stays as long as they do.
CREATE OR REPLACE FUNCTION campus_passage_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM campus_passage
                WHERE company_id = OLD.company_id
                  AND ((TG_TABLE_NAME = 'campus_edge' AND edge_id = OLD.id)
                    OR (TG_TABLE_NAME = 'campus_terminal' AND terminal_id = OLD.id)
                    OR (TG_TABLE_NAME = 'campus_door' AND door_id = OLD.id)
                    OR (TG_TABLE_NAME = 'campus_card' AND card_id = OLD.id)
                    OR (TG_TABLE_NAME = 'campus_zone' AND OLD.id IN (zone_id, left_zone_id)))) THEN
        RAISE EXCEPTION 'this % has passages and stays: archive it', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['campus_edge', 'campus_terminal', 'campus_card', 'campus_door', 'campus_zone'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_passed ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_passed BEFORE DELETE ON %I FOR EACH ROW
                        EXECUTE FUNCTION campus_passage_refuse_delete()', name);
    END LOOP;
END $$;
