"""A house with twelve doors: where they lead, when, and who may pass. The people are chosen by ``walks``."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The gardens are the dormitories; the student of the cast lives in the one that gets a door.
OUTSIDE, CAMPUS, HOUSE, ASSEMBLY, DORMITORY = "outside", "campus", "house", "assembly", "dormitory"


@dataclass(frozen=True)
class Zone:
    """``own`` is the department in charge; ``values`` are further fields of the zone."""

    key: str
    name: str
    name_en: str
    kind: str
    parent: str = ""
    own: str = ""
    values: dict[str, object] = field(default_factory=dict)


ZONES = (
    Zone(OUTSIDE, "校外", "Outside", "outside"),
    Zone(CAMPUS, "书院校区", "Shuyuan Campus", "campus", OUTSIDE, own="ADM"),
    Zone(HOUSE, "信息书院", "Informatics College", "building", CAMPUS, own="CS"),
    Zone("floor1", "一层", "Ground Floor", "floor", HOUSE, values={"for_visitors": True}),
    Zone("hall", "报告厅", "Lecture Hall", "room", "floor1", values={"people_max": 180}),
    Zone("room101", "机房 101", "Computer Room 101", "room", "floor1"),
    Zone("floor2", "二层", "First Floor", "floor", HOUSE),
    Zone("room201", "机房 201", "Computer Room 201", "room", "floor2"),
    Zone(
        "room203",
        "研讨室 203",
        "Seminar Room 203",
        "room",
        "floor2",
        values={"people_max": 40, "on_request": True, "for_visitors": True},
    ),
    Zone(
        "studio",
        "项目工作室 205",
        "Project Studio 205",
        "room",
        "floor2",
        values={"on_request": True, "for_visitors": True},
    ),
    Zone("lab", "网络安全实验室 207", "Security Lab 207", "room", "floor2"),
    Zone("lock", "服务器机房前室", "Server Room Lobby", "room", "floor2"),
    Zone("servers", "服务器机房", "Server Room", "room", "lock"),
    Zone(
        DORMITORY,
        "书院宿舍",
        "College Dormitory",
        "floor",
        HOUSE,
        own="LOG",
        values={"passback_mode": "hard"},
    ),
    Zone(ASSEMBLY, "中心广场集合点", "Assembly Point", "room", CAMPUS),
)


@dataclass(frozen=True)
class Door:
    """``code`` is the terminal of the way in; ``out``: there is a reader inside too."""

    code: str
    name: str
    name_en: str
    outer: str
    inner: str
    out: bool = False
    unlocked: str = ""
    values: dict[str, object] = field(default_factory=dict)

    @property
    def out_code(self) -> str:
        return f"{self.code}-OUT" if self.out else ""


AIRLOCK = "服务器机房"
DOORS = (
    Door("A01", "信息书院正门", "Main Entrance", CAMPUS, "floor1", out=True),
    Door("A02", "信息书院侧门", "Side Entrance", CAMPUS, "floor1", out=True),
    Door("A03", "报告厅门", "Lecture Hall Door", "floor1", "hall", unlocked="lectures"),
    Door("A04", "机房 101 门", "Door of Computer Room 101", "floor1", "room101"),
    Door("A05", "二层楼梯门", "Stairs to the First Floor", "floor1", "floor2"),
    Door("A06", "机房 201 门", "Door of Computer Room 201", "floor2", "room201"),
    Door("A07", "研讨室 203 门", "Door of Seminar Room 203", "floor2", "room203"),
    Door("A08", "项目工作室 205 门", "Door of Project Studio 205", "floor2", "studio"),
    Door("A09", "网络安全实验室 207 门", "Door of Security Lab 207", "floor2", "lab"),
    Door("A10", "服务器机房外门", "Server Room, Outer Door", "floor2", "lock", values={"interlock": AIRLOCK}),
    Door(
        "A11",
        "服务器机房内门",
        "Server Room, Inner Door",
        "lock",
        "servers",
        values={"interlock": AIRLOCK, "needs_second": True},
    ),
    Door("A12", "书院宿舍门", "Dormitory Entrance", CAMPUS, DORMITORY, out=True),
)
MAIN, SIDE, HALL, LAB, DORM_DOOR = "A01", "A02", "A03", "A09", "A12"
EDGE_NAME, EDGE_PLACE = "信息书院边缘机", "信息书院一层弱电间"
#: Doors whose contact tells when they are open.
WITH_CONTACT = (SIDE, HALL, DORM_DOOR)


@dataclass(frozen=True)
class Schedule:
    """``times``: (days, first and last clock time in minutes, weeks of the term, "" for all)."""

    key: str
    name: str
    name_en: str
    times: tuple[tuple[str, int, int, str], ...]
    holidays: str = "closed"


ALL_DAYS, WORKDAYS = "1234567", "12345"
SCHEDULES = (
    Schedule("term", "学期内 07:00–22:00", "Term weeks, 07:00-22:00", ((ALL_DAYS, 420, 1320, "1-20"),)),
    Schedule("work", "工作日 08:00–22:00", "Workdays, 08:00-22:00", ((WORKDAYS, 480, 1320, ""),)),
    Schedule(
        "dormitory",
        "宿舍 06:00–23:30",
        "Dormitory, 06:00-23:30",
        ((ALL_DAYS, 360, 1410, ""),),
        holidays="usual",
    ),
    Schedule(
        "lectures",
        "报告厅开放（周三、周五下午）",
        "Lecture hall open (Wednesday and Friday afternoon)",
        (("35", 13 * 60, 17 * 60, ""),),
    ),
    Schedule(
        "service", "保洁 06:00–20:00", "Cleaning, 06:00-20:00", ((ALL_DAYS, 360, 1200, ""),), holidays="usual"
    ),
)


@dataclass(frozen=True)
class Right:
    """``who``: a domain with ``{code}`` for a department, ``{garden}`` for the dormitory; or ``people``: roles.

    ``values`` are further fields of the right.
    """

    name: str
    zones: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    schedule: str = ""
    who: str = ""
    people: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)


#: The roles of single people, filled by ``walks.choose``.
ADMINISTRATORS, BARRED, TEACHER = "administrators", "barred", "teacher"
_OF = "('campus_department_id', 'child_of', [{%s}])"
RIGHTS = (
    Right(
        "计算机学院学生：学期内 07:00–22:00 公共教室",
        ("floor1", "room201", "room203"),
        ("A05",),
        schedule="term",
        who="[('campus_role', '=', 'student'), " + _OF % "CS" + "]",
    ),
    Right(
        "计算机学院教职工：随时",
        ("floor1", "room201", "room203", "studio"),
        ("A05",),
        who="[('campus_role', 'in', ['teacher', 'staff']), " + _OF % "CS" + "]",
    ),
    Right(
        "网络安全实验室：研究生，工作日，刷卡加密码",
        ("lab",),
        schedule="work",
        who="[('campus_number', '=like', 'S%'), " + _OF % "CS" + "]",
        values={"needs_pin": True},
    ),
    Right(
        "网络安全实验室：教师，刷卡加密码",
        ("lab",),
        who="[('campus_role', '=', 'teacher'), " + _OF % "CS" + "]",
        values={"needs_pin": True},
    ),
    Right("服务器机房管理员：双人同行", ("lock",), people=(ADMINISTRATORS, TEACHER)),
    Right(
        "书院宿舍住宿学生：06:00–23:30",
        (DORMITORY,),
        schedule="dormitory",
        who="[('campus_role', '=', 'student'), ('campus_properties.room', '=like', '{garden}%')]",
    ),
    Right(
        "后勤保洁与宿管：06:00–20:00 公共区域",
        ("floor1", DORMITORY),
        ("A05",),
        schedule="service",
        who="[('campus_role', '=', 'staff'), " + _OF % "LOG" + "]",
        values={"is_staff": True},
    ),
    Right(
        "违反机房管理规定，暂停进入机房",
        ("room101", "room201"),
        people=(BARRED,),
        values={"effect": "deny", "priority": 50},
    ),
)


@dataclass(frozen=True)
class Plan:
    """A picture in ``static/img``, and where its doors are, in thousandths of its width and height."""

    name: str
    name_en: str
    zone: str
    picture: str
    spots: dict[str, tuple[int, int]]


PLANS = (
    Plan(
        "信息书院一层",
        "Informatics College, Ground Floor",
        HOUSE,
        "floor1.png",
        {
            "A01": (433, 847),
            "A02": (675, 604),
            "A03": (316, 430),
            "A04": (525, 415),
            "A05": (381, 250),
            "A12": (842, 847),
        },
    ),
    Plan(
        "信息书院二层",
        "Informatics College, First Floor",
        "floor2",
        "floor2.png",
        {
            "A05": (441, 736),
            "A06": (183, 430),
            "A07": (433, 430),
            "A08": (741, 430),
            "A09": (183, 583),
            "A10": (662, 583),
            "A11": (725, 736),
        },
    ),
)
