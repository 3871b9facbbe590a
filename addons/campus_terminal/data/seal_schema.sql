-- How many taps an edge has sent, and all their seals in one number: a tap that is gone is missed.
-- Run at every installation and update, after the seals of the tables (seals.py).

CREATE TABLE IF NOT EXISTS campus_tap_count (
    edge_id integer PRIMARY KEY REFERENCES campus_edge (id) ON DELETE CASCADE,
    taps bigint NOT NULL,
    seals bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE campus_tap_count IS 'Taps of each edge, counted as they came; kept by a trigger.';

-- An edge's batches come one at a time: nobody waits for this row who did not wait for the edge's head.
CREATE OR REPLACE FUNCTION campus_tap_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_tap_count (edge_id, taps, seals)
    SELECT edge_id, count(*), bit_xor(seal) FROM fresh GROUP BY edge_id
        ON CONFLICT (edge_id) DO UPDATE
       SET taps = campus_tap_count.taps + excluded.taps, seals = campus_tap_count.seals # excluded.seals;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_counted AFTER INSERT ON campus_tap
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_tap_counted();
