-- What edges must hear of chips. Run at every installation and update, after snapshot_schema.sql.

CREATE OR REPLACE FUNCTION campus_snapshot_chip_met() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY(
        SELECT id FROM campus_card WHERE company_id = NEW.company_id AND uid = NEW.uid));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_snapshot_chip_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campus_snapshot_touch(ARRAY(
        SELECT card.id FROM campus_card card
          JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
         WHERE card.company_id = NEW.id));
    RETURN NULL;
END $$;

-- From its first message on, a chip's bare UID may be worth nothing.
CREATE OR REPLACE TRIGGER campus_snapshot_met AFTER INSERT ON campus_chip
    FOR EACH ROW EXECUTE FUNCTION campus_snapshot_chip_met();
CREATE OR REPLACE TRIGGER campus_snapshot_chip_rule AFTER UPDATE OF campus_chip_required ON res_company
    FOR EACH ROW WHEN (OLD.campus_chip_required IS DISTINCT FROM NEW.campus_chip_required)
    EXECUTE FUNCTION campus_snapshot_chip_rule();
