-- What a calendar feed is made of has changed. Run at every installation and update.

-- One row per transaction that changed the timetable. Their number and the newest are a version of everything: unlike a
-- sequence it is seen by others only when what was changed is seen, and unlike a counter nobody waits for it.
CREATE TABLE IF NOT EXISTS campus_timetable_mark (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    marked_at timestamptz NOT NULL DEFAULT now(),
    -- both: a restored database counts its transactions from another number
    PRIMARY KEY (transaction, marked_at)
);
COMMENT ON TABLE campus_timetable_mark IS 'Transactions that changed the timetable: the version of the calendar feeds.';

CREATE OR REPLACE FUNCTION campus_timetable_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campus_timetable_mark DEFAULT VALUES ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION campus_timetable_watch(watched text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY watched LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS campus_timetable_marked ON %I', name);
        EXECUTE format('CREATE TRIGGER campus_timetable_marked AFTER INSERT OR UPDATE OR DELETE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION campus_timetable_marked()', name);
    END LOOP;
END $$;

SELECT campus_timetable_watch(ARRAY[
    'campus_lesson', 'campus_lesson_change', 'campus_exam', 'campus_exam_seat', 'campus_course', 'campus_holiday',
    'campus_term', 'campus_zone', 'campus_study_group', 'campus_study_group_member_rel', 'campus_lesson_teacher_rel',
    'campus_lesson_campus_study_group_rel', 'campus_lesson_change_teacher_rel', 'campus_exam_invigilator_rel'
]);
