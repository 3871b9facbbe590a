-- What was last heard of each door, so that nobody searches the passages for it. Safe to run again.

CREATE TABLE IF NOT EXISTS campus_door_live (
    door_id integer PRIMARY KEY REFERENCES campus_door (id) ON DELETE CASCADE,
    forced_at timestamp,
    held_at timestamp,
    -- the end of an alarm
    closed_at timestamp,
    -- the contact saw somebody go through
    passed_at timestamp,
    tamper_at timestamp,
    -- what the edge's last heartbeat said of the contact; NULL: it has none
    is_open boolean
);
COMMENT ON TABLE campus_door_live IS 'Newest events of each door; kept by campus_passage_take.';

-- Note what an edge says of the contacts of its doors.
CREATE OR REPLACE FUNCTION campus_door_contacts(edge integer, doors integer[], opened boolean[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO campus_door_live AS known (door_id, is_open)
    SELECT door.id, said.is_open
      FROM unnest(doors, opened) AS said(door_id, is_open) JOIN campus_door door ON door.id = said.door_id
     WHERE EXISTS (SELECT 1 FROM campus_terminal terminal
                    WHERE terminal.edge_id = edge AND terminal.id IN (door.in_terminal_id, door.out_terminal_id))
     ORDER BY door.id
        ON CONFLICT (door_id) DO UPDATE SET is_open = excluded.is_open
     WHERE known.is_open IS DISTINCT FROM excluded.is_open
$$;

CREATE OR REPLACE FUNCTION campus_ms(moment timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((EXTRACT(EPOCH FROM moment) * 1000)::bigint, 0)
$$;
