-- What edges that were alone are measured by: the caps of their lists, and which card had which UID when.
-- Run at every installation and update; safe to run again.

-- Caps -------------------------------------------------------------------------
-- A list with a version above ``version`` was made with these caps, until the next row replaced them.

CREATE TABLE IF NOT EXISTS campus_offline_caps (
    company_id integer NOT NULL REFERENCES res_company (id) ON DELETE CASCADE,
    version bigint NOT NULL,
    since timestamp NOT NULL,
    tap_minor integer NOT NULL,
    card_minor integer NOT NULL,
    edge_minor integer NOT NULL,
    snapshot_age_s integer NOT NULL,
    uid_minor integer NOT NULL,
    PRIMARY KEY (company_id, version)
);
COMMENT ON TABLE campus_offline_caps IS 'What edges may risk alone, since which version; kept by a trigger.';

CREATE OR REPLACE FUNCTION campus_offline_caps_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_offline_caps AS caps (company_id, version, since, tap_minor, card_minor, edge_minor,
                                             snapshot_age_s, uid_minor)
    VALUES (NEW.id, CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE campus_snapshot_now() END, now() AT TIME ZONE 'UTC',
            coalesce(NEW.campus_offline_tap_minor, 0), coalesce(NEW.campus_offline_card_minor, 0),
            coalesce(NEW.campus_offline_edge_minor, 0), coalesce(NEW.campus_snapshot_age_h, 0) * 3600,
            coalesce(NEW.campus_uid_limit_minor, 0))
        ON CONFLICT (company_id, version) DO UPDATE
       SET tap_minor = excluded.tap_minor, card_minor = excluded.card_minor, edge_minor = excluded.edge_minor,
           snapshot_age_s = excluded.snapshot_age_s, uid_minor = excluded.uid_minor;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_offline_caps_new AFTER INSERT ON res_company
    FOR EACH ROW EXECUTE FUNCTION campus_offline_caps_changed();
CREATE OR REPLACE TRIGGER campus_offline_caps_changed AFTER UPDATE ON res_company FOR EACH ROW
    WHEN ((OLD.campus_offline_tap_minor, OLD.campus_offline_card_minor, OLD.campus_offline_edge_minor,
           OLD.campus_snapshot_age_h, OLD.campus_uid_limit_minor)
          IS DISTINCT FROM
          (NEW.campus_offline_tap_minor, NEW.campus_offline_card_minor, NEW.campus_offline_edge_minor,
           NEW.campus_snapshot_age_h, NEW.campus_uid_limit_minor))
    EXECUTE FUNCTION campus_offline_caps_changed();

-- Old caps first, as ``told.Caps`` has them: [version, until ms, tap, card, edge, age s, uid].
CREATE OR REPLACE FUNCTION campus_offline_history(company integer) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_agg(json_build_array(version, (EXTRACT(EPOCH FROM until) * 1000)::bigint, tap_minor, card_minor,
                                     edge_minor, snapshot_age_s, uid_minor) ORDER BY version)
      FROM (SELECT *, lead(since) OVER (ORDER BY version) AS until
              FROM (SELECT * FROM campus_offline_caps WHERE company_id = company
                     ORDER BY version DESC LIMIT 50) AS latest) AS caps
$$;

-- Companies from before the first installation.
INSERT INTO campus_offline_caps (company_id, version, since, tap_minor, card_minor, edge_minor, snapshot_age_s, uid_minor)
SELECT id, 0, now() AT TIME ZONE 'UTC', coalesce(campus_offline_tap_minor, 0), coalesce(campus_offline_card_minor, 0),
       coalesce(campus_offline_edge_minor, 0), coalesce(campus_snapshot_age_h, 0) * 3600,
       coalesce(campus_uid_limit_minor, 0)
  FROM res_company company
 WHERE NOT EXISTS (SELECT 1 FROM campus_offline_caps caps WHERE caps.company_id = company.id);

-- UIDs -------------------------------------------------------------------------
-- A UID may be given to another card once its card is over: what comes late belongs to who had it then.

CREATE TABLE IF NOT EXISTS campus_card_uid (
    uid text NOT NULL,
    card_id integer NOT NULL,
    since timestamp NOT NULL,
    until timestamp
);
CREATE INDEX IF NOT EXISTS campus_card_uid_uid ON campus_card_uid (uid);
CREATE UNIQUE INDEX IF NOT EXISTS campus_card_uid_card ON campus_card_uid (card_id) WHERE until IS NULL;
COMMENT ON TABLE campus_card_uid IS 'Which card had which UID from when until when; kept by triggers.';

CREATE OR REPLACE FUNCTION campus_card_uid_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE campus_card_uid held SET until = now() AT TIME ZONE 'UTC'
          FROM before
         WHERE held.card_id = before.id AND held.until IS NULL
           AND NOT EXISTS (SELECT 1 FROM campus_card card
                            WHERE card.id = before.id AND card.uid = held.uid
                              AND card.state NOT IN ('replaced', 'returned'));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO campus_card_uid (uid, card_id, since)
        SELECT fresh.uid, fresh.id, now() AT TIME ZONE 'UTC' FROM fresh
         WHERE fresh.uid IS NOT NULL AND fresh.state NOT IN ('replaced', 'returned')
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_uid_new AFTER INSERT ON campus_card
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_card_uid_taken();
CREATE OR REPLACE TRIGGER campus_uid_changed AFTER UPDATE ON campus_card
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION campus_card_uid_taken();
CREATE OR REPLACE TRIGGER campus_uid_gone AFTER DELETE ON campus_card
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION campus_card_uid_taken();

-- Cards from before the first installation.
INSERT INTO campus_card_uid (uid, card_id, since, until)
SELECT uid, id, coalesce(issued_at, create_date, now() AT TIME ZONE 'UTC'),
       CASE WHEN state IN ('replaced', 'returned') THEN coalesce(closed_at, write_date) END
  FROM campus_card card
 WHERE uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM campus_card_uid held WHERE held.card_id = card.id);
