-- What was last heard of each door, so that nobody searches the passages for it. Safe to run again.

CREATE TABLE IF NOT EXISTS campus_door_live (
    door_id integer PRIMARY KEY REFERENCES campus_door (id) ON DELETE CASCADE,
    forced_at timestamp,
    held_at timestamp,
    -- the end of an alarm
    closed_at timestamp,
    -- the contact saw somebody go through
    passed_at timestamp,
    tamper_at timestamp
);
COMMENT ON TABLE campus_door_live IS 'Newest events of each door; kept by campus_passage_take.';

CREATE OR REPLACE FUNCTION campus_ms(moment timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((EXTRACT(EPOCH FROM moment) * 1000)::bigint, 0)
$$;
