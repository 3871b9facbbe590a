-- What the signed requests of edges need beside the records of the ORM.
-- Run at every installation and update; safe to run again.

-- Unlogged: after a crash of the database the nonces of the last minutes are forgotten, which
-- the uuids of the taps make up for.
CREATE UNLOGGED TABLE IF NOT EXISTS campus_edge_nonce (
    edge_id integer NOT NULL,
    nonce uuid NOT NULL,
    seen_ms bigint NOT NULL,
    PRIMARY KEY (edge_id, nonce)
);
CREATE INDEX IF NOT EXISTS campus_edge_nonce_seen ON campus_edge_nonce (edge_id, seen_ms);
COMMENT ON TABLE campus_edge_nonce IS 'Signed requests of the last minutes, per edge.';

CREATE UNLOGGED TABLE IF NOT EXISTS campus_edge_failure (
    kind text NOT NULL,
    address text NOT NULL,
    seen_ms bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_edge_failure_seen ON campus_edge_failure (kind, address, seen_ms);
COMMENT ON TABLE campus_edge_failure IS 'Wrong signatures and pairing codes of the last hour, per address.';

-- Every key that was ever an edge's: a key belongs to one edge, once. What was revoked or replaced stays here.
CREATE TABLE IF NOT EXISTS campus_edge_key (
    public_key text PRIMARY KEY,
    edge_id integer NOT NULL,
    paired_at timestamp NOT NULL
);
COMMENT ON TABLE campus_edge_key IS 'Keys that edges have or had; kept by a trigger.';

DROP TRIGGER IF EXISTS campus_append_only ON campus_edge_key;
CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_edge_key
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();

CREATE OR REPLACE FUNCTION campus_edge_key_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.public_key IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.public_key IS DISTINCT FROM OLD.public_key) THEN
        INSERT INTO campus_edge_key (public_key, edge_id, paired_at)
        VALUES (NEW.public_key, NEW.id, now() AT TIME ZONE 'UTC');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_key_used AFTER INSERT OR UPDATE OF public_key ON campus_edge
    FOR EACH ROW EXECUTE FUNCTION campus_edge_key_used();

-- Keys from before the first installation.
INSERT INTO campus_edge_key (public_key, edge_id, paired_at)
SELECT public_key, id, coalesce(paired_at, create_date) FROM campus_edge WHERE public_key IS NOT NULL
    ON CONFLICT DO NOTHING;
