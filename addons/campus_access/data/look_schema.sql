-- Looks are never changed. Run at every installation and update; safe to run again.

CREATE OR REPLACE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_look
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();
CREATE OR REPLACE TRIGGER campus_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campus_look_person
    FOR EACH STATEMENT EXECUTE FUNCTION campus_refuse_change();
