-- What the database itself promises of the timetable. Run at every installation and update.

-- Who has a room when, by the clock of the campus: one row per lesson or exam and room, with all its times of the
-- term. A range of ids with one id in it takes the place of an equality, which would need the extension btree_gist.
CREATE TABLE IF NOT EXISTS campus_room_use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id integer NOT NULL REFERENCES campus_zone ON DELETE RESTRICT,
    lesson_id integer REFERENCES campus_lesson ON DELETE CASCADE,
    exam_id integer REFERENCES campus_exam ON DELETE CASCADE,
    during tsmultirange NOT NULL CHECK (NOT isempty(during)),
    CONSTRAINT campus_room_use_of_one CHECK (num_nonnulls(lesson_id, exam_id) = 1),
    CONSTRAINT campus_room_use_once
        EXCLUDE USING gist (int4range(room_id, room_id, '[]') WITH &&, during WITH &&)
);
CREATE INDEX IF NOT EXISTS campus_room_use_lesson ON campus_room_use (lesson_id) WHERE lesson_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS campus_room_use_exam ON campus_room_use (exam_id) WHERE exam_id IS NOT NULL;
COMMENT ON TABLE campus_room_use IS 'Rooms taken by lessons and exams; none is taken twice at one time.';

-- Changes of lessons are a record of what was told to people.
CREATE OR REPLACE FUNCTION campus_lesson_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of a lesson is neither edited nor deleted' USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER IF EXISTS campus_lesson_change_stays ON campus_lesson_change;
CREATE TRIGGER campus_lesson_change_stays BEFORE DELETE OR UPDATE OF lesson_id, day, kind, extra_id, new_day,
    start_min, end_min, room_id, reason ON campus_lesson_change FOR EACH ROW
    EXECUTE FUNCTION campus_lesson_change_stays();
