-- What the database promises about taps. Run at every installation and update.

-- Where the server stands in each edge's journal: one row, updated once per batch.
CREATE TABLE IF NOT EXISTS campus_edge_head (
    edge_id integer PRIMARY KEY REFERENCES campus_edge (id) ON DELETE CASCADE,
    journal uuid NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    reported_seq bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE campus_edge_head IS 'Newest journal entry taken from each edge.';

DROP TRIGGER IF EXISTS campus_append_only ON campus_tap;
CREATE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_tap
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();
