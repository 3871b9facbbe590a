-- A phone that comes or goes is a change of its card for the edges. Run at every installation and update.

CREATE OR REPLACE FUNCTION campus_snapshot_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY[NEW.card_id]);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campus_phone_snapshot AFTER INSERT OR UPDATE OF revoked_at ON campus_phone
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_phone();
