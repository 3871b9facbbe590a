"""Writes the school that ``tests/data/fet_timetable.csv`` was made of by the program FET (Debian's package ``fet``):

python tests/support/fet_school.py > school.fet
fet-cl --inputfile=school.fet --outputdir=out --exportcsv=true
cp out/csv/school/school_timetable.csv tests/data/fet_timetable.csv
"""

from xml.sax.saxutils import escape

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
HOURS = ["08:00", "08:55", "10:00", "10:55", "11:50", "14:00", "14:55", "16:00"]
CLASSES = [
    f"{subject} {number}" for subject in ("Physics", "Law", "Arts", "Computing") for number in range(1, 7)
]
SUBJECTS = [f"Course {letter}" for letter in "ABCDEFGHIJKLM"]
TEACHERS = [f"Teacher {number:02}" for number in range(1, 41)]
ROOMS = [f"Room {number}" for number in range(101, 127)]


def tag(name, *parts):
    return f"<{name}>{''.join(parts)}</{name}>\n"


def named(outer, inner, names, *rest):
    return tag(outer, *(tag(inner, tag("Name", escape(name)), *rest) for name in names))


def activities():
    """Thirteen courses of each class, of one, two or three hours: some have two teachers, some two classes."""
    number = 0
    for place, group in enumerate(CLASSES):
        for at, subject in enumerate(SUBJECTS):
            number += 1
            teachers = [TEACHERS[(place * 5 + at * 3) % len(TEACHERS)]]
            if at == 4:
                teachers.append(TEACHERS[(place * 5 + at * 3 + 1) % len(TEACHERS)])
            groups = [group]
            if at == 12 and place % 2 == 0:
                groups.append(CLASSES[place + 1])
            length = (2, 2, 1, 2, 3)[at % 5]
            yield tag(
                "Activity",
                *(tag("Teacher", name) for name in teachers),
                tag("Subject", subject),
                *(tag("Students", name) for name in groups),
                tag("Duration", str(length)),
                tag("Total_Duration", str(length)),
                tag("Id", str(number)),
                tag("Activity_Group_Id", "0"),
                tag("Number_Of_Students", "30"),
                tag("Active", "true"),
                tag("Comments"),
            )


def school():
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<fet version="6.8.5">\n'
        + tag("Institution_Name", "School")
        + tag("Comments")
        + tag(
            "Days_List",
            tag("Number_of_Days", str(len(DAYS))),
            *(tag("Day", tag("Name", day)) for day in DAYS),
        )
        + tag(
            "Hours_List",
            tag("Number_of_Hours", str(len(HOURS))),
            *(tag("Hour", tag("Name", one)) for one in HOURS),
        )
        + named("Subjects_List", "Subject", SUBJECTS, tag("Comments"))
        + tag("Activity_Tags_List")
        + named(
            "Teachers_List",
            "Teacher",
            TEACHERS,
            tag("Target_Number_of_Hours", "0"),
            tag("Qualified_Subjects"),
        )
        + named("Students_List", "Year", CLASSES, tag("Number_of_Students", "30"))
        + tag("Activities_List", *activities())
        + tag("Buildings_List")
        + named("Rooms_List", "Room", ROOMS, tag("Building"), tag("Capacity", "60"), tag("Virtual", "false"))
        + tag("Time_Constraints_List", tag("ConstraintBasicCompulsoryTime", weight(), active()))
        + tag("Space_Constraints_List", tag("ConstraintBasicCompulsorySpace", weight(), active()), *homes())
        + "</fet>\n"
    )


def weight():
    return tag("Weight_Percentage", "100")


def active():
    return tag("Active", "true") + tag("Comments")


def homes():
    """Each class has a room that it is in, as far as it is free."""
    for place, group in enumerate(CLASSES):
        rooms = [ROOMS[place], ROOMS[24], ROOMS[25]]
        yield tag(
            "ConstraintStudentsSetHomeRooms",
            weight(),
            tag("Students", group),
            tag("Number_of_Preferred_Rooms", str(len(rooms))),
            *(tag("Preferred_Room", room) for room in rooms),
            active(),
        )


if __name__ == "__main__":
    print(school(), end="")
