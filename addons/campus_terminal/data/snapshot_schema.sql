-- What changed since when: kept by the database, so that no code path can forget it.
-- Run at every installation and update; safe to run again.
--
-- A version is "base + transaction id". A snapshot has the version base + xmin, where every
-- transaction below xmin is over; a change has base + the id of its own transaction. What an edge
-- with version V may have missed are therefore the changes with a version >= V, whatever commits
-- in which order. The base moves on when the database is a restored or copied one (another `life`),
-- so that versions from another life are never taken for versions of this one.

CREATE TABLE IF NOT EXISTS campus_snapshot_life (
    singleton boolean PRIMARY KEY DEFAULT TRUE CHECK (singleton),
    life text NOT NULL,
    base bigint NOT NULL
);
-- When an edge was the first to notice that the database was put back, see campus.snapshot._build.
ALTER TABLE campus_snapshot_life ADD COLUMN IF NOT EXISTS noticed_at timestamptz;
INSERT INTO campus_snapshot_life (life, base) VALUES ('', 0) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS campus_snapshot_card (
    card_id integer PRIMARY KEY,
    company_id integer NOT NULL,
    changed_version bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_snapshot_card_changed ON campus_snapshot_card (company_id, changed_version);
COMMENT ON TABLE campus_snapshot_card IS 'Version at which a card last changed for the readers; kept by triggers.';

-- Insert-only, so that nobody waits for anybody; all but the newest of each kind are purged.
CREATE TABLE IF NOT EXISTS campus_snapshot_mark (
    company_id integer NOT NULL,
    edge_id integer,
    changed_version bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_snapshot_mark_changed ON campus_snapshot_mark (company_id, changed_version);
CREATE INDEX IF NOT EXISTS campus_snapshot_mark_edge ON campus_snapshot_mark (company_id, edge_id, changed_version);
COMMENT ON TABLE campus_snapshot_mark IS 'Changes of what a snapshot holds beside cards; kept by triggers.';

CREATE OR REPLACE FUNCTION campus_snapshot_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT base + pg_current_xact_id()::text::bigint FROM campus_snapshot_life
$$;

CREATE OR REPLACE FUNCTION campus_snapshot_version() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM campus_snapshot_life
$$;

-- One above the newest change that concerns this edge: whose version is lower may lack something. It stays
-- where it is while only money moves. The base is in it for versions from another life.
CREATE OR REPLACE FUNCTION campus_snapshot_news(company integer, edge integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT greatest(
        (SELECT base FROM campus_snapshot_life),
        (SELECT max(changed_version) + 1 FROM campus_snapshot_card WHERE company_id = company),
        (SELECT max(changed_version) + 1 FROM campus_snapshot_mark WHERE company_id = company AND edge_id IS NULL),
        (SELECT max(changed_version) + 1 FROM campus_snapshot_mark WHERE company_id = company AND edge_id = edge))
$$;

CREATE OR REPLACE FUNCTION campus_snapshot_touch(cards integer[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO campus_snapshot_card (card_id, company_id, changed_version)
    SELECT card.id, card.company_id, this.version
      FROM campus_card card, (SELECT campus_snapshot_now() AS version OFFSET 0) AS this
     WHERE card.id = ANY (cards) ORDER BY card.id
        ON CONFLICT (card_id) DO UPDATE
       SET company_id = excluded.company_id, changed_version = excluded.changed_version
     WHERE campus_snapshot_card.changed_version <> excluded.changed_version
$$;

-- Says whether one of these cards has changed since the snapshot `seen`, which had the version `version`.
-- VOLATILE: it looks at what is committed now, also within a statement that has waited.
CREATE OR REPLACE FUNCTION campus_snapshot_outdated(
    company integer, cards integer[], version bigint, seen pg_snapshot
) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        -- OFFSET: look for the few changes first, not for the many cards
        SELECT 1 FROM (SELECT card_id, changed_version FROM campus_snapshot_card
                        WHERE company_id = company AND changed_version >= version OFFSET 0) AS changed,
               campus_snapshot_life life
         WHERE changed.card_id = ANY (cards)
           AND NOT pg_visible_in_snapshot((changed.changed_version - life.base)::text::xid8, seen)
           AND changed.changed_version <> campus_snapshot_now());
END $$;

-- A name as a display shows it, see campus_core/shown_name.py.
CREATE OR REPLACE FUNCTION campus_shown_name(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN position(' ' IN whole) > 0
                THEN split_part(whole, ' ', 1) || ' ' || left(reverse(split_part(reverse(whole), ' ', 1)), 1) || '.'
                ELSE left(whole, 1) || repeat('*', least(char_length(whole) - 1, 3)) END
      FROM (SELECT btrim(coalesce(name, ''), ' ') AS whole) AS trimmed
$$;

-- Cards ------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_snapshot_cards_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_snapshot_card (card_id, company_id, changed_version)
    SELECT fresh.id, fresh.company_id, this.version
      FROM fresh, (SELECT campus_snapshot_now() AS version OFFSET 0) AS this ON CONFLICT (card_id) DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_snapshot_cards_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY(
        SELECT fresh.id FROM fresh JOIN before USING (id)
         WHERE (before.uid, before.state, before.active, before.valid_from, before.valid_until,
                before.partner_id, before.wallet_id, before.company_id)
               IS DISTINCT FROM
               (fresh.uid, fresh.state, fresh.active, fresh.valid_from, fresh.valid_until,
                fresh.partner_id, fresh.wallet_id, fresh.company_id)));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_snapshot_card_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campus_snapshot_card SET changed_version = campus_snapshot_now() WHERE card_id = OLD.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_snapshot_new AFTER INSERT ON campus_card
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION campus_snapshot_cards_new();
CREATE OR REPLACE TRIGGER campus_snapshot_changed AFTER UPDATE ON campus_card
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION campus_snapshot_cards_changed();
CREATE OR REPLACE TRIGGER campus_snapshot_gone AFTER DELETE ON campus_card
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_card_gone();

-- Holders and wallets ----------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_snapshot_holder_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY(SELECT id FROM campus_card WHERE partner_id = NEW.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_snapshot_wallet_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY(SELECT id FROM campus_card WHERE wallet_id = NEW.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_snapshot_changed AFTER UPDATE ON res_partner FOR EACH ROW
    WHEN ((OLD.name, OLD.campus_valid_from, OLD.campus_valid_until)
          IS DISTINCT FROM (NEW.name, NEW.campus_valid_from, NEW.campus_valid_until))
    EXECUTE FUNCTION campus_snapshot_holder_changed();
CREATE OR REPLACE TRIGGER campus_snapshot_changed AFTER UPDATE ON campus_wallet FOR EACH ROW
    WHEN ((OLD.state, OLD.limit_purchase_minor, OLD.limit_day_minor, OLD.pin_above_minor,
           OLD.own_limit_purchase_minor, OLD.own_limit_day_minor, OLD.own_pin_above_minor)
          IS DISTINCT FROM
          (NEW.state, NEW.limit_purchase_minor, NEW.limit_day_minor, NEW.pin_above_minor,
           NEW.own_limit_purchase_minor, NEW.own_limit_day_minor, NEW.own_pin_above_minor))
    EXECUTE FUNCTION campus_snapshot_wallet_changed();

-- Everything else --------------------------------------------------------------

CREATE OR REPLACE FUNCTION campus_snapshot_marked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb = to_jsonb(coalesce(NEW, OLD));
    company integer = coalesce(changed ->> 'company_id', changed ->> 'id')::integer;
BEGIN
    INSERT INTO campus_snapshot_mark (company_id, changed_version) VALUES (company, campus_snapshot_now());
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_snapshot_marked AFTER INSERT OR DELETE OR UPDATE
    OF name, code, active, enabled, edge_id, purpose, amount_mode, amount_minor, company_id ON campus_terminal
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_marked();
CREATE OR REPLACE TRIGGER campus_snapshot_marked AFTER INSERT OR DELETE OR UPDATE OF state ON campus_key
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_marked();
CREATE OR REPLACE TRIGGER campus_snapshot_marked AFTER UPDATE OF channel ON campus_edge
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_marked();
CREATE OR REPLACE TRIGGER campus_snapshot_marked AFTER UPDATE
    OF name, currency_id, campus_offline_tap_minor, campus_offline_card_minor,
       campus_offline_edge_minor, campus_snapshot_age_h, campus_uid_limit_minor ON res_company
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_marked();

-- Cards from before the first installation.
INSERT INTO campus_snapshot_card (card_id, company_id, changed_version)
SELECT id, company_id, campus_snapshot_now() FROM campus_card ON CONFLICT DO NOTHING;
