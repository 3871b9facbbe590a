-- PINs of doors: when they changed, and when they end. Run at every installation and update; safe to run again.

CREATE OR REPLACE FUNCTION campus_door_pin_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_version = campus_snapshot_now();
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION campus_door_pin_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_access_tell(campus_access_edges(), FALSE, FALSE);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_door_pin_version BEFORE INSERT OR UPDATE ON campus_door_pin
    FOR EACH ROW EXECUTE FUNCTION campus_door_pin_version();
CREATE OR REPLACE TRIGGER campus_door_pin_tell AFTER INSERT OR UPDATE OR DELETE ON campus_door_pin
    FOR EACH STATEMENT EXECUTE FUNCTION campus_door_pin_tell();

-- Whoever has left, and comes back, chooses a new one.
CREATE OR REPLACE FUNCTION campus_door_pin_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campus_door_pin SET pin_hash = NULL, set_at = NULL WHERE partner_id = NEW.id AND pin_hash IS NOT NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_door_pin_end AFTER UPDATE ON res_partner FOR EACH ROW
    WHEN ((OLD.active AND NOT NEW.active) OR (OLD.campus_number IS NOT NULL AND NEW.campus_number IS NULL))
    EXECUTE FUNCTION campus_door_pin_end();
