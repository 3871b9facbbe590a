-- Where people are, and what edges of an area are told of it. Run at every installation and update.

-- Each holder's newest passage by (time, edge, number), as campus_core/access/positions.py has it.
CREATE TABLE IF NOT EXISTS campus_position_area (
    zone_id integer NOT NULL,
    partner_id integer NOT NULL,
    changed_version bigint NOT NULL,
    PRIMARY KEY (zone_id, partner_id)
);
CREATE INDEX IF NOT EXISTS campus_position_area_changed ON campus_position_area (zone_id, changed_version);
COMMENT ON TABLE campus_position_area IS 'Version at which somebody last entered, left or was forgiven in a zone.';

-- A zone and the zones that it is in.
CREATE OR REPLACE FUNCTION campus_zone_inside(zone integer) RETURNS SETOF integer LANGUAGE sql STABLE AS $$
    WITH RECURSIVE path(id, parent_id) AS (
        SELECT id, parent_id FROM campus_zone WHERE id = zone
         UNION
        SELECT above.id, above.parent_id FROM campus_zone above JOIN path ON above.id = path.parent_id)
    SELECT id FROM path
$$;

-- A zone as an edge knows it, of whose doors the zones ``known`` are around: the innermost of them that it lies in.
-- Who is in a room behind a door of another edge is for this one in the building; what lies in none of them stays.
CREATE OR REPLACE FUNCTION campus_zone_seen(zone integer, known integer[]) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT part.id::integer
           FROM campus_zone own,
                unnest(string_to_array(trim('/' FROM own.parent_path), '/')) WITH ORDINALITY AS part(id, depth)
          WHERE own.id = zone AND part.id::integer = ANY (known) ORDER BY part.depth DESC LIMIT 1), zone)
$$;

-- Apply moves: ``[[holder, zone or null, at_ms, edge, number, left or null, door or null, side or null], ...]``.
-- Locks holders in the order of their ids, so that two edges never wait for each other in a circle.
CREATE OR REPLACE FUNCTION campus_position_take(company integer, moves jsonb) RETURNS SETOF integer
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH move AS MATERIALIZED (
        SELECT (row ->> 0)::integer AS partner_id, (row ->> 1)::integer AS zone_id, (row ->> 2)::bigint AS at_ms,
               (row ->> 3)::integer AS edge_id, (row ->> 4)::bigint AS number, (row ->> 5)::integer AS left_zone_id,
               (row ->> 6)::integer AS door_id, row ->> 7 AS side
          FROM jsonb_array_elements(moves) AS row
    ), newest AS MATERIALIZED (
        SELECT DISTINCT ON (partner_id) * FROM move ORDER BY partner_id, at_ms DESC, edge_id DESC, number DESC
    ), moved AS (
        INSERT INTO campus_position AS known (company_id, partner_id, zone_id, left_zone_id, door_id, side, at_ms,
                                              edge_number, number, changed_version)
        SELECT company, partner_id, zone_id, left_zone_id, door_id, side, at_ms, edge_id, number,
               campus_snapshot_now()
          FROM newest ORDER BY partner_id
            ON CONFLICT (company_id, partner_id) DO UPDATE
           SET zone_id = excluded.zone_id, left_zone_id = excluded.left_zone_id, door_id = excluded.door_id,
               side = excluded.side, at_ms = excluded.at_ms, edge_number = excluded.edge_number,
               number = excluded.number, changed_version = excluded.changed_version
         WHERE (excluded.at_ms, excluded.edge_number, excluded.number)
               > (known.at_ms, known.edge_number, known.number)
        RETURNING known.partner_id
    ), touched AS (
        SELECT DISTINCT area.id AS zone_id, move.partner_id
          FROM move CROSS JOIN LATERAL (SELECT campus_zone_inside(move.zone_id) AS id
                                         UNION SELECT campus_zone_inside(move.left_zone_id)) AS area
         ORDER BY 1, 2
    ), marked AS (
        INSERT INTO campus_position_area AS mark (zone_id, partner_id, changed_version)
        SELECT zone_id, partner_id, campus_snapshot_now() FROM touched ORDER BY zone_id, partner_id
            ON CONFLICT (zone_id, partner_id) DO UPDATE SET changed_version = excluded.changed_version
    )
    SELECT partner_id FROM moved;
END $$;

-- Store a batch's passages and move people. ``fresh``: objects with the columns of ``campus_passage`` that an edge
-- states. Returns the rows as the guards' screens and the edges of the same areas are told of them.
CREATE OR REPLACE FUNCTION campus_passage_take(company integer, edge integer, journal_id uuid, received timestamp,
                                               fresh jsonb) RETURNS SETOF campus_passage
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH stored AS (
    INSERT INTO campus_passage (company_id, month, uuid, kind, edge_id, journal, seq, chain_hash, terminal_id, door_id, side,
                                left_zone_id, zone_id, card_id, partner_id, credential, passage_uuid, mode, outcome,
                                code, rule, right_id, reasons, warnings, list_age_s, doubt, snapshot, occurred_at,
                                received_at)
    SELECT company, campus_passage_month(row.uuid), row.uuid, row.kind, edge, journal_id, row.seq, row.chain_hash,
           row.terminal_id, door.id, door.side,
           CASE door.side WHEN 'in' THEN door.outer_zone_id WHEN 'out' THEN door.inner_zone_id END,
           CASE door.side WHEN 'in' THEN door.inner_zone_id WHEN 'out' THEN door.outer_zone_id END,
           card.id, card.partner_id, row.credential, row.passage_uuid, row.mode, row.outcome, row.code, row.rule,
           row.right_id, row.reasons, row.warnings, row.list_age_s, row.doubt, row.snapshot, row.occurred_at, received
      FROM jsonb_to_recordset(fresh) AS row(
               uuid uuid, kind text, seq bigint, chain_hash uuid, terminal_id integer, card_id integer, credential text,
               passage_uuid uuid, mode text, outcome text, code text, rule text, right_id integer, reasons text,
               warnings text, list_age_s integer, doubt text, snapshot text, occurred_at timestamp)
      LEFT JOIN campus_card card ON card.id = row.card_id AND card.company_id = company
      LEFT JOIN LATERAL (
          SELECT id, outer_zone_id, inner_zone_id, CASE WHEN in_terminal_id = row.terminal_id THEN 'in' ELSE 'out' END AS side
            FROM campus_door
           WHERE company_id = company AND row.terminal_id IN (in_terminal_id, out_terminal_id)
           ORDER BY active DESC, id LIMIT 1) AS door ON TRUE
     ORDER BY row.seq
    RETURNING *
    ), heard AS (
    INSERT INTO campus_door_live AS known (door_id, forced_at, held_at, closed_at, passed_at, tamper_at)
    SELECT stored.door_id, max(stored.occurred_at) FILTER (WHERE stored.code = 'forced'),
           max(stored.occurred_at) FILTER (WHERE stored.code = 'held_open'),
           max(stored.occurred_at) FILTER (WHERE stored.code = 'closed'),
           max(stored.occurred_at) FILTER (WHERE stored.code = 'passed'),
           max(stored.occurred_at) FILTER (WHERE stored.code = 'tamper')
      FROM stored
     WHERE stored.kind = 'event' AND stored.door_id IS NOT NULL
       AND stored.code IN ('forced', 'held_open', 'closed', 'passed', 'tamper')
     GROUP BY stored.door_id ORDER BY stored.door_id
        ON CONFLICT ON CONSTRAINT campus_door_live_pkey DO UPDATE
       SET forced_at = greatest(known.forced_at, excluded.forced_at),
           held_at = greatest(known.held_at, excluded.held_at),
           closed_at = greatest(known.closed_at, excluded.closed_at),
           passed_at = greatest(known.passed_at, excluded.passed_at),
           tamper_at = greatest(known.tamper_at, excluded.tamper_at)
    )
    SELECT * FROM stored ORDER BY stored.seq;
END $$;

-- Areas that the doors of an edge lead into: all zones around them but the outside, which is no area.
CREATE OR REPLACE FUNCTION campus_edge_area() RETURNS TABLE (company_id integer, edge_id integer, zone_id integer)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT door.company_id, terminal.edge_id, zone.id AS zone_id
      FROM campus_door door
      JOIN campus_terminal terminal ON terminal.id IN (door.in_terminal_id, door.out_terminal_id)
     CROSS JOIN LATERAL (SELECT campus_zone_inside(door.inner_zone_id) AS id
                          UNION SELECT campus_zone_inside(door.outer_zone_id)) AS around
      JOIN campus_zone zone ON zone.id = around.id AND zone.parent_id IS NOT NULL
     WHERE door.active AND terminal.active AND terminal.edge_id IS NOT NULL
$$;

-- When a zone that waits for its first person was last opened; of one day the first time is kept.
CREATE TABLE IF NOT EXISTS campus_zone_opened (
    zone_id integer PRIMARY KEY REFERENCES campus_zone (id) ON DELETE CASCADE,
    at_ms bigint NOT NULL
);
COMMENT ON TABLE campus_zone_opened IS 'When a zone was last opened by somebody whose right opens it.';

-- Note who has opened zones: ``[[zone entered, zone left, at_ms], ...]``. Returns the edges that have news by it.
CREATE OR REPLACE FUNCTION campus_zone_open(tz text, moves jsonb) RETURNS integer[] LANGUAGE sql AS $$
    WITH entered AS (
        SELECT area.id AS zone_id, min((row ->> 2)::bigint) AS at_ms
          FROM jsonb_array_elements(moves) AS row
         CROSS JOIN LATERAL (SELECT campus_zone_inside((row ->> 0)::integer) AS id
                             EXCEPT SELECT campus_zone_inside((row ->> 1)::integer)) AS area
         GROUP BY area.id
    ), fresh AS (
        INSERT INTO campus_zone_opened AS known (zone_id, at_ms)
        SELECT zone.id, entered.at_ms FROM entered JOIN campus_zone zone ON zone.id = entered.zone_id AND zone.needs_first
         ORDER BY zone.id
            ON CONFLICT (zone_id) DO UPDATE SET at_ms = excluded.at_ms
         WHERE (to_timestamp(excluded.at_ms / 1000.0) AT TIME ZONE tz)::date
               > (to_timestamp(known.at_ms / 1000.0) AT TIME ZONE tz)::date
        RETURNING zone_id
    )
    SELECT coalesce(array_agg(DISTINCT near.edge_id), '{}')
      FROM fresh JOIN campus_edge_area() near ON near.zone_id = fresh.zone_id
$$;
