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
