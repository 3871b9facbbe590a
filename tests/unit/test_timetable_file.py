"""Files of timetable programs become lessons, and a file says what it would change."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.card_file.decode import decode
from campus_core.timetable import plan_diff, plan_types, weeks
from campus_core.timetable.plan_file import fits, read_bytes
from campus_core.timetable.plan_types import PlanColumn, PlanProfile

PERIODS = {
    "1": (480, 525),
    "2": (535, 580),
    "3": (600, 645),
    "4": (655, 700),
    "5": (840, 885),
    "6": (895, 940),
}
FET = PlanProfile(
    "fet",
    [
        PlanColumn("Activity Id", plan_types.KEY, required=True),
        PlanColumn("Day", plan_types.WEEKDAY, required=True),
        PlanColumn("Hour", plan_types.PERIODS, required=True),
        PlanColumn("Students Sets", plan_types.GROUPS),
        PlanColumn("Subject", plan_types.COURSE, required=True),
        PlanColumn("Teachers", plan_types.TEACHERS),
        PlanColumn("Activity Tags", plan_types.IGNORE),
        PlanColumn("Room", plan_types.ROOM),
    ],
    periods={"08:00": (480, 525), "08:55": (535, 580), "10:00": (600, 645)},
    day_words={"Montag": 0},
    separators="+",
)
ZHENGFANG = PlanProfile(
    "zhengfang",
    [
        PlanColumn("选课课号", plan_types.KEY, required=True),
        PlanColumn("课程代码", plan_types.COURSE_CODE, required=True),
        PlanColumn("课程名称", plan_types.COURSE, required=True),
        PlanColumn("教师姓名", plan_types.TEACHERS),
        PlanColumn("上课时间", plan_types.WHEN, required=True),
        PlanColumn("上课地点", plan_types.ROOM),
        PlanColumn("教学班组成", plan_types.GROUPS),
    ],
    periods=PERIODS,
)
QIANGZHI = PlanProfile(
    "qiangzhi",
    [
        PlanColumn("课程编号", plan_types.COURSE_CODE, required=True),
        PlanColumn("课程", plan_types.COURSE, required=True),
        PlanColumn("班级", plan_types.GROUPS, required=True),
        PlanColumn("教师", plan_types.TEACHERS),
        PlanColumn("教室", plan_types.ROOM),
        PlanColumn("星期", plan_types.WEEKDAY, required=True),
        PlanColumn("节次", plan_types.PERIODS),
        PlanColumn("开始", plan_types.STARTS),
        PlanColumn("结束", plan_types.ENDS),
        PlanColumn("周次", plan_types.WEEKS),
    ],
    periods=PERIODS,
)
FET_HEADER = (
    '"Activity Id","Day","Hour","Students Sets","Subject","Teachers","Activity Tags","Room","Comments"\n'
)


def fet(*rows):
    return read_bytes((FET_HEADER + "".join(row + "\n" for row in rows)).encode("utf-8-sig"), FET)


def zhengfang(*rows):
    header = "选课课号,课程代码,课程名称,教师姓名,上课时间,上课地点,教学班组成\n"
    return read_bytes((header + "".join(row + "\n" for row in rows)).encode("gb18030"), ZHENGFANG)


def qiangzhi(*rows):
    header = "课程编号,课程,班级,教师,教室,星期,节次,开始,结束,周次\n"
    return read_bytes((header + "".join(row + "\n" for row in rows)).encode(), QIANGZHI)


def codes(problems):
    return [(problem.row, problem.column, problem.code) for problem in problems]


def test_hours_of_one_activity_become_one_lesson():
    found = fet(
        '"1","Montag","08:55","5a+5b","Math","Anna+Bernd","","R1",""',
        '"1","Montag","08:00","5a+5b","Math","Anna+Bernd","","R1",""',
        '"2","Friday","10:00","5a","Art","","Craft","",""',
    )
    assert not found.problems and not found.fatal and found.row_count == 3
    math, art = found.lessons
    assert (math.key, math.weekday, math.start_min, math.end_min) == ("1", 0, 480, 580)
    assert (math.groups, math.teachers, math.room) == (("5a", "5b"), ("Anna", "Bernd"), "R1")
    assert (art.weekday, art.teachers, art.room, art.weeks) == (4, (), "", None)


def test_one_cell_may_say_several_times_with_their_rooms():
    [one, two, odd] = zhengfang(
        '(2026-1)-M1,M101,线性代数,"张三,李四",星期一第1-2节{1-16周};星期三第3-4节{2-16周(双)},A101;A102,计科1班',
        "(2026-1)-M2,M102,体育,王五,周五第5-6节{第1-15周|单周},操场,计科1班；计科2班",
    ).lessons
    assert (one.weekday, one.start_min, one.end_min, one.room) == (0, 480, 580, "A101")
    assert (two.weekday, two.room, two.weeks) == (2, "A102", frozenset(range(2, 17, 2)))
    assert one.teachers == ("张三", "李四")
    assert (odd.weeks, odd.groups) == (frozenset(range(1, 16, 2)), ("计科1班", "计科2班"))


def test_columns_of_their_own_say_the_time_by_periods_or_by_the_clock():
    found = qiangzhi(
        "M1,线性代数,计科1班,张三,A101,1,0102,,,1-16",
        "M2,英语,计科1班,李四,A102,星期二,,14:00,15:40,011100000",
    )
    assert not found.problems
    by_period, by_clock = found.lessons
    assert (by_period.start_min, by_period.end_min, by_period.key) == (480, 580, "M1|计科1班")
    assert (by_clock.weekday, by_clock.start_min, by_clock.weeks) == (1, 840, frozenset({2, 3, 4}))


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("M1,课,班,,,八,1-2,,,1-16", "星期", errors.WEEKDAY_UNKNOWN),
        ("M1,课,班,,,1,9-10,,,1-16", "节次", errors.PERIOD_UNKNOWN),
        ("M1,课,班,,,1,1-2,,,x", "周次", errors.WEEKS_UNKNOWN),
        ("M1,课,班,,,1,,15:40,14:00,", "结束", errors.TIME_INVALID),
        ("M1,课,班,,,1,,25:00,26:00,", "开始", errors.TIME_INVALID),
        ("M1,课,班,,,1,,,,", "开始", errors.TIME_MISSING),
        ("M1,,班,,,1,1-2,,,1-16", "课程", errors.VALUE_MISSING),
        ("M1,#REF!,班,,,1,1-2,,,1-16", "课程", errors.MACHINE_WORD),
    ],
)
def test_a_wrong_cell_is_named(row, column, code):
    found = qiangzhi(row, "M2,课,班,,,1,1-2,,,1-16")
    assert codes(found.problems) == [(2, column, code)]
    assert [lesson.row for lesson in found.lessons] == [3]
    assert len(found.refused) == 1


def test_times_and_rooms_of_a_row_are_as_many():
    found = zhengfang("k,M101,课,张三,星期一第1-2节{1-16周};星期三第3-4节{1-16周};周五第5节,A101;A102,班")
    assert codes(found.problems) == [(2, "上课地点", errors.ROOMS_UNEVEN)]
    assert found.refused == {"k"}


def test_a_row_that_is_there_twice_counts_once():
    row = "M1,课,班,张三,A101,1,1-2,,,1-16"
    found = qiangzhi(row, row, "M1,课,班,张三,A101,1,2,,,1-16")
    assert [lesson.row for lesson in found.lessons] == [2]
    assert codes(found.warnings) == [(3, "", errors.LESSON_TWICE), (4, "", errors.LESSON_TWICE)]


def test_a_file_without_the_columns_is_refused_as_a_whole():
    assert codes(read_bytes(b"a,b\n1,2\n", FET).fatal) == [(1, "", errors.FILE_HEADER)]
    short = read_bytes(b'"Activity Id","Day","Subject"\n1,2,3\n', FET)
    assert codes(short.fatal) == [(1, "Hour", errors.FILE_COLUMN_MISSING)]
    assert read_bytes(b"", FET).fatal[0].code == errors.FILE_EMPTY


def test_the_profile_of_a_file_is_found_by_its_columns():
    table = decode(FET_HEADER.encode())
    assert fits(table, FET) == 7
    assert fits(table, QIANGZHI) == 0


@pytest.mark.parametrize(
    ("weeks_", "count", "expected"),
    [
        (None, 18, ("all", "")),
        (frozenset(range(1, 19)), 18, ("all", "")),
        (frozenset(range(1, 19, 2)), 18, ("odd", "")),
        (frozenset(range(2, 19, 2)), 18, ("even", "")),
        (frozenset({1, 2, 3, 9}), 18, ("list", "1-3, 9")),
        (frozenset(range(1, 17, 2)), 18, ("list", "1, 3, 5, 7, 9, 11, 13, 15")),
    ],
)
def test_weeks_are_said_in_the_shortest_way(weeks_, count, expected):
    assert weeks.week_kind(weeks_, count) == expected


# -- what a file would change ---------------------------------------------------------


def version(number, key="k", **values):
    return plan_diff.Version(number, key, tuple({"weekday": 0, "time": 480, "room": 1, **values}.items()))


def kinds(old, new):
    return [(one.kind, one.old, one.new, one.fields) for one in plan_diff.differences(old, new)]


def test_a_file_says_what_is_new_different_gone_and_the_same():
    old = [version(1, "a"), version(2, "b"), version(3, "c")]
    new = [version(11, "d"), version(12, "b", room=2), version(13, "a")]
    assert kinds(old, new) == [
        ("added", None, 11, ()),
        ("changed", 2, 12, ("room",)),
        ("same", 1, 13, ()),
        ("gone", 3, None, ()),
    ]


def test_lessons_of_one_key_are_paired_so_that_little_changes():
    old = [version(1, weekday=0), version(2, weekday=2), version(3, weekday=4)]
    new = [version(11, weekday=2, room=9), version(12, weekday=4), version(13, weekday=0)]
    assert kinds(old, new) == [
        ("changed", 2, 11, ("room",)),
        ("same", 3, 12, ()),
        ("same", 1, 13, ()),
    ]


versions = st.lists(
    st.builds(
        lambda key, weekday, room: (key, weekday, room),
        st.sampled_from("abc"),
        st.integers(0, 2),
        st.integers(1, 2),
    ),
    max_size=8,
)


@given(versions, versions)
def test_every_lesson_has_one_difference_and_a_replay_changes_nothing(old, new):
    before = [version(n, key, weekday=day, room=room) for n, (key, day, room) in enumerate(old)]
    after = [version(100 + n, key, weekday=day, room=room) for n, (key, day, room) in enumerate(new)]
    found = plan_diff.differences(before, after)
    assert sorted(one.old for one in found if one.old is not None) == [one.number for one in before]
    assert sorted(one.new for one in found if one.new is not None) == [one.number for one in after]
    again = plan_diff.differences(after, after)
    assert {one.kind for one in again} <= {"same"}
    # no more is called different than must be: equal lessons are never paired with others
    same = sum(1 for one in found if one.kind == "same")
    assert same == sum((Counter(old) & Counter(new)).values())
