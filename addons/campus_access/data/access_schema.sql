-- Who has which right, kept so that edges get what changed. Safe to run again.
--
-- campus_access_member says it right by right; campus_access_person gives each person the number of the
-- list of rights that the person has (campus_access_profile): there are many people and few such lists.

CREATE TABLE IF NOT EXISTS campus_access_member (
    right_id integer NOT NULL,
    partner_id integer NOT NULL,
    PRIMARY KEY (partner_id, right_id)
);
CREATE INDEX IF NOT EXISTS campus_access_member_right ON campus_access_member (right_id, partner_id);
COMMENT ON TABLE campus_access_member IS 'People of each right in force; kept by campus.access.right.';

CREATE TABLE IF NOT EXISTS campus_access_profile (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    rules integer[] NOT NULL
);

CREATE TABLE IF NOT EXISTS campus_access_person (
    partner_id integer PRIMARY KEY,
    profile_id integer NOT NULL,
    changed_version bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_access_person_changed ON campus_access_person (changed_version);
CREATE INDEX IF NOT EXISTS campus_access_person_profile ON campus_access_person (profile_id);

-- Doors, zones, rights or schedules of an edge have changed; `is_whole`: also which people it needs.
CREATE TABLE IF NOT EXISTS campus_access_mark (
    edge_id integer NOT NULL,
    is_whole boolean NOT NULL,
    changed_version bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_access_mark_edge ON campus_access_mark (edge_id, changed_version);

-- People with a change that rights may ask for, until their rights are looked at again.
CREATE TABLE IF NOT EXISTS campus_access_dirty (
    partner_id integer NOT NULL,
    field text NOT NULL,
    noted_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
    noted_at timestamptz NOT NULL DEFAULT now()
);

-- The list of rights of each of these people.
CREATE OR REPLACE FUNCTION campus_access_lists(people integer[])
RETURNS TABLE (partner_id integer, rules integer[]) LANGUAGE sql STABLE AS $$
    SELECT one.id, ARRAY(SELECT member.right_id FROM campus_access_member member
                          WHERE member.partner_id = one.id ORDER BY member.right_id)
      FROM unnest(people) AS one(id)
$$;

-- The same of everybody who has a right, or had one.
CREATE OR REPLACE FUNCTION campus_access_all_lists()
RETURNS TABLE (partner_id integer, rules integer[]) LANGUAGE sql STABLE AS $$
    SELECT member.partner_id, array_agg(member.right_id ORDER BY member.right_id)
      FROM campus_access_member member GROUP BY member.partner_id
     UNION ALL
    SELECT person.partner_id, '{}' FROM campus_access_person person
     WHERE NOT EXISTS (SELECT 1 FROM campus_access_member member WHERE member.partner_id = person.partner_id)
$$;

-- Gives people the list of their rights; NULL: everybody. Returns how many have another list now.
CREATE OR REPLACE FUNCTION campus_access_settle(people integer[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    source text = CASE WHEN people IS NULL THEN 'campus_access_all_lists()' ELSE 'campus_access_lists($1)' END;
    changed integer;
BEGIN
    EXECUTE format($statement$
        WITH lists AS MATERIALIZED (
            SELECT partner_id, rules, md5(rules::text) AS digest FROM %s
        ), fresh AS (
            INSERT INTO campus_access_profile (digest, rules)
            SELECT DISTINCT ON (digest) digest, rules FROM lists
             WHERE NOT EXISTS (SELECT 1 FROM campus_access_profile known WHERE known.digest = lists.digest)
                ON CONFLICT DO NOTHING RETURNING id, digest
        ), profiles AS (
            SELECT id, digest FROM fresh UNION ALL SELECT id, digest FROM campus_access_profile
        )
        INSERT INTO campus_access_person (partner_id, profile_id, changed_version)
        SELECT lists.partner_id, profiles.id, this.version
          FROM lists JOIN profiles ON profiles.digest = lists.digest,
               (SELECT campus_snapshot_now() AS version OFFSET 0) AS this
         ORDER BY lists.partner_id
            ON CONFLICT (partner_id) DO UPDATE
           SET profile_id = excluded.profile_id, changed_version = excluded.changed_version
         WHERE campus_access_person.profile_id <> excluded.profile_id$statement$, source) USING people;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- Edges with doors have news: the doors and rights themselves (`is_site`), and maybe other people.
CREATE OR REPLACE FUNCTION campus_access_tell(edges integer[], is_site boolean, whole boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF is_site THEN
        INSERT INTO campus_access_mark (edge_id, is_whole, changed_version)
        SELECT id, whole, campus_snapshot_now() FROM unnest(edges) AS one(id);
    END IF;
    INSERT INTO campus_snapshot_mark (company_id, edge_id, changed_version)
    SELECT edge.company_id, edge.id, this.version
      FROM campus_edge edge, (SELECT campus_snapshot_now() AS version OFFSET 0) AS this WHERE edge.id = ANY (edges);
END $$;

CREATE OR REPLACE FUNCTION campus_access_edges() RETURNS integer[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT terminal.edge_id), '{}') FROM campus_terminal terminal
     WHERE terminal.edge_id IS NOT NULL AND terminal.purpose = 'door'
$$;

-- Doors, zones, schedules and days are few and seldom change: all edges with doors are told.
CREATE OR REPLACE FUNCTION campus_access_place_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_access_tell(campus_access_edges(), TRUE, TRUE);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_access_time_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_access_tell(campus_access_edges(), TRUE, FALSE);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE
    OF name, parent_path, active, passback_mode, passback_s, alone, people_max, needs_first ON campus_zone
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_place_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE
    OF name, active, outer_zone_id, inner_zone_id, in_terminal_id, out_terminal_id, mode, unlock_schedule_id,
       passback_mode, passback_s, interlock, needs_pin, needs_second, asks_on_leaving ON campus_door
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_place_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER DELETE OR UPDATE OF code, edge_id, purpose, active
    ON campus_terminal FOR EACH STATEMENT EXECUTE FUNCTION campus_access_place_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE ON campus_schedule
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_time_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE ON campus_schedule_window
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_time_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE ON campus_schedule_exception
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_time_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE ON campus_term
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_time_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE OR UPDATE ON campus_holiday
    FOR EACH STATEMENT EXECUTE FUNCTION campus_access_time_changed();
CREATE OR REPLACE TRIGGER campus_access_zone_changed AFTER UPDATE ON res_partner FOR EACH ROW
    WHEN (OLD.tz IS DISTINCT FROM NEW.tz AND NEW.is_company) EXECUTE FUNCTION campus_access_time_changed();

-- People ------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_access_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO campus_access_dirty (partner_id, field) VALUES (NEW.id, '*');
        RETURN NULL;
    END IF;
    INSERT INTO campus_access_dirty (partner_id, field)
    SELECT NEW.id, field
      FROM (VALUES ('*', OLD.campus_number IS DISTINCT FROM NEW.campus_number),
                   ('*', OLD.active IS DISTINCT FROM NEW.active),
                   ('*', OLD.company_id IS DISTINCT FROM NEW.company_id),
                   ('campus_role', OLD.campus_role IS DISTINCT FROM NEW.campus_role),
                   ('campus_department_id', OLD.campus_department_id IS DISTINCT FROM NEW.campus_department_id),
                   ('campus_properties', OLD.campus_properties IS DISTINCT FROM NEW.campus_properties)
           ) AS changes(field, is_changed)
     WHERE is_changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_access_tag_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_access_dirty (partner_id, field)
    VALUES ((coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'partner_id')::integer, 'category_id');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_access_person_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM campus_access_member WHERE partner_id = OLD.id;
    DELETE FROM campus_access_person WHERE partner_id = OLD.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_access_new AFTER INSERT ON res_partner FOR EACH ROW
    WHEN (NEW.campus_number IS NOT NULL) EXECUTE FUNCTION campus_access_person_changed();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER UPDATE ON res_partner FOR EACH ROW
    WHEN ((OLD.campus_number IS NOT NULL OR NEW.campus_number IS NOT NULL) AND
          (OLD.campus_number, OLD.active, OLD.company_id, OLD.campus_role, OLD.campus_department_id,
           OLD.campus_properties)
          IS DISTINCT FROM
          (NEW.campus_number, NEW.active, NEW.company_id, NEW.campus_role, NEW.campus_department_id,
           NEW.campus_properties))
    EXECUTE FUNCTION campus_access_person_changed();
CREATE OR REPLACE TRIGGER campus_access_gone AFTER DELETE ON res_partner FOR EACH ROW
    EXECUTE FUNCTION campus_access_person_gone();
CREATE OR REPLACE TRIGGER campus_access_changed AFTER INSERT OR DELETE ON res_partner_res_partner_category_rel
    FOR EACH ROW EXECUTE FUNCTION campus_access_tag_changed();
