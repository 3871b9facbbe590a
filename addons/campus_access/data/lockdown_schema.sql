-- What the database promises about lockdowns. Run at every installation and update; safe to run again.

-- The highest number that was ever given, so that numbers rise also over what is no more.
CREATE TABLE IF NOT EXISTS campus_lockdown_number (
    company_id integer PRIMARY KEY REFERENCES res_company (id) ON DELETE CASCADE,
    number integer NOT NULL
);
COMMENT ON TABLE campus_lockdown_number IS 'Highest number of a lockdown that was given; it only rises.';

CREATE OR REPLACE FUNCTION campus_lockdown_next(company integer) RETURNS integer LANGUAGE sql AS $$
    INSERT INTO campus_lockdown_number AS given (company_id, number) VALUES (company, 1)
        ON CONFLICT (company_id) DO UPDATE SET number = given.number + 1
    RETURNING number
$$;

CREATE OR REPLACE FUNCTION campus_lockdown_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.company_id, OLD.zone_id, OLD.level, OLD.is_drill, OLD.raised_by_id, OLD.raised_at)
       IS DISTINCT FROM
       (NEW.number, NEW.company_id, NEW.zone_id, NEW.level, NEW.is_drill, NEW.raised_by_id, NEW.raised_at)
       OR (OLD.state = 'ended' AND NEW.state <> 'ended') THEN
        RAISE EXCEPTION 'a lockdown is never changed, only ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER campus_kept BEFORE UPDATE ON campus_lockdown
    FOR EACH ROW EXECUTE FUNCTION campus_lockdown_kept();
DROP TRIGGER IF EXISTS campus_never_deleted ON campus_lockdown;
CREATE TRIGGER campus_never_deleted BEFORE DELETE OR TRUNCATE ON campus_lockdown
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();

-- Edges with doors around or in the zone of an order in force are to confirm it: also one that gets its first door,
-- is moved, or comes back while the order is in force.
CREATE OR REPLACE FUNCTION campus_lockdown_list() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    edges integer[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campus_lockdown WHERE state = 'active') THEN
        RETURN;
    END IF;
    WITH joined AS (
        INSERT INTO campus_lockdown_edge (lockdown_id, edge_id)
        SELECT DISTINCT lockdown.id, near.edge_id
          FROM campus_lockdown lockdown
          JOIN campus_zone zone ON zone.id = lockdown.zone_id
          JOIN campus_edge_area() near ON near.company_id = lockdown.company_id
               AND (near.zone_id = zone.id OR zone.parent_id IS NULL)
          JOIN campus_edge edge ON edge.id = near.edge_id AND edge.active
         WHERE lockdown.state = 'active'
            ON CONFLICT DO NOTHING RETURNING edge_id
    )
    SELECT array_agg(DISTINCT edge_id) INTO edges FROM joined;
    IF edges IS NOT NULL THEN
        PERFORM campus_access_tell(edges, FALSE, FALSE);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION campus_lockdown_edge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_lockdown_list();
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_lockdown_list AFTER INSERT OR UPDATE
    OF active, outer_zone_id, inner_zone_id, in_terminal_id, out_terminal_id ON campus_door
    FOR EACH STATEMENT EXECUTE FUNCTION campus_lockdown_edge_changed();
CREATE OR REPLACE TRIGGER campus_lockdown_list AFTER UPDATE OF edge_id, active ON campus_terminal
    FOR EACH STATEMENT EXECUTE FUNCTION campus_lockdown_edge_changed();
CREATE OR REPLACE TRIGGER campus_lockdown_list AFTER UPDATE OF parent_id ON campus_zone
    FOR EACH STATEMENT EXECUTE FUNCTION campus_lockdown_edge_changed();
CREATE OR REPLACE TRIGGER campus_lockdown_list AFTER UPDATE OF active ON campus_edge
    FOR EACH STATEMENT EXECUTE FUNCTION campus_lockdown_edge_changed();
