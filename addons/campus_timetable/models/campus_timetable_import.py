import base64
import logging

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.card_file.decode import decode
from odoo.addons.campus_card.campus_core.timetable.plan_file import read
from odoo.exceptions import UserError

from ..steps import ical
from ..steps.apply import apply
from ..steps.known import Known
from ..steps.plan import Plan

_logger = logging.getLogger(__name__)

# Number of lines that are read to find the profile.
HEAD_LINES = 250
# Class id of the advisory lock: one import per company at a time.
IMPORT_LOCK = 0x0CA71
ALL_OR_NOTHING, SKIP_BAD_ROWS = "all_or_nothing", "skip_bad_rows"


class CampusTimetableImport(models.Model):
    """The file of a timetable program. It is checked first: the differences are shown before any is made.

    A check stores only its report. The import makes exactly what the last check has shown, or nothing.
    """

    _name = "campus.timetable.import"
    _description = "Timetable Import"
    _order = "id desc"
    _rec_name = "filename"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    term_id = fields.Many2one(
        "campus.term",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env["campus.lesson"]._default_term(),
    )
    file = fields.Binary(
        attachment=True, copy=False, help="CSV, XLSX or iCalendar, as the program exports it."
    )
    filename = fields.Char(copy=False)
    profile_id = fields.Many2one(
        "campus.timetable.profile",
        "Profile",
        compute="_compute_profile_id",
        store=True,
        readonly=False,
        precompute=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    is_calendar = fields.Boolean(compute="_compute_is_calendar", store=True, precompute=False)
    is_whole = fields.Boolean(
        "The Whole Timetable",
        compute="_compute_is_whole",
        store=True,
        readonly=False,
        precompute=False,
        help="Lessons of the same program that are not in the file are gone. "
        "Untick it for the file of one teacher or one department.",
    )
    policy = fields.Selection(
        [
            (ALL_OR_NOTHING, "Import all rows, or none if one has an error"),
            (SKIP_BAD_ROWS, "Import the good rows and leave out those with errors"),
        ],
        "Rows with Errors",
        required=True,
        default=ALL_OR_NOTHING,
    )
    state = fields.Selection(
        [("draft", "New"), ("checked", "Checked"), ("done", "Imported")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    blocked = fields.Boolean(readonly=True, copy=False, help="The file as a whole cannot be imported.")
    digest = fields.Char(readonly=True, copy=False, help="What the last check would do.")
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    added_count = fields.Integer("New", readonly=True, copy=False)
    changed_count = fields.Integer("Changed", readonly=True, copy=False)
    gone_count = fields.Integer("Gone", readonly=True, copy=False)
    same_count = fields.Integer("Unchanged", readonly=True, copy=False)
    error_count = fields.Integer("Rows with Errors (count)", readonly=True, copy=False)
    line_ids = fields.One2many("campus.timetable.import.line", "import_id", "Report", readonly=True)

    @api.depends("file")
    def _compute_is_calendar(self):
        for job in self:
            job.is_calendar = bool(job.file) and ical.is_calendar(job._content())

    @api.depends("is_calendar")
    def _compute_is_whole(self):
        """A calendar is often one person's."""
        for job in self:
            job.is_whole = not job.is_calendar

    @api.depends("file")
    def _compute_profile_id(self):
        """The profile that fits the columns of the file. One that was chosen by hand stays."""
        profiles = self.env["campus.timetable.profile"]
        for job in self:
            content = job._content() if job.file else b""
            found = profiles
            if content and not ical.is_calendar(content):
                found = profiles._detect(decode(content, limit=HEAD_LINES))
            job.profile_id = found or job.profile_id

    def write(self, vals):
        given = {"file", "profile_id", "term_id", "company_id", "is_whole"} & vals.keys()
        if given and any(job.state == "done" for job in self):
            raise UserError(self.env._("This file is imported already."))
        done = super().write(vals)
        if given:
            self.filtered(lambda job: job.state != "draft")._campus_giving("state").write({"state": "draft"})
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(job.state == "done" for job in self):
            raise UserError(self.env._("The report of an import cannot be deleted."))

    def action_check(self):
        """Dry run: show what would be different, row by row."""
        for job in self:
            job._check_open()
            plan = job._plan()
            job._report(plan)
            job.write({"state": "checked", "digest": plan.digest(), **plan.counts()})

    def action_import(self):
        """Make the differences that the check has shown."""
        for job in self:
            job._check_open()
            if job.state != "checked":
                raise UserError(
                    self.env._("Check the file first: the differences are shown before they are made.")
                )
            # one import of a school at a time: the second sees what the first has made
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, job.company_id.id])
            plan = job._plan()
            if plan.digest() != job.digest:
                raise UserError(
                    self.env._(
                        "The timetable has changed since the check, and the differences are others now. "
                        "Check the file again."
                    )
                )
            if plan.fatal or (job.policy == ALL_OR_NOTHING and plan.problems):
                raise UserError(
                    self.env._(
                        "Rows have errors. Correct the file and check it again, "
                        "or choose to leave out the rows with errors."
                    )
                )
            apply(self.env, job.company_id, plan)
            job.write({"state": "done"})
            _logger.info("timetable import %s: %s", job.id, plan.counts())

    def action_view_lines(self):
        """Open the report with the filter of the button."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "campus_timetable.campus_timetable_import_line_action"
        )
        wanted = self.env.context.get("campus_import_result")
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {f"search_default_{wanted}": 1} if wanted else {}
        return action

    def _check_open(self):
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This file is imported already."))
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        if not self.profile_id and not self.is_calendar:
            raise UserError(self.env._("Choose the profile of the program that has made this file."))

    def _content(self):
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _plan(self):
        """What the file would do to the timetable as it is now."""
        self.ensure_one()
        company = self.company_id
        if self.is_calendar:
            reading = ical.read(self._content(), self.term_id._to_core(), company._campus_calendar().zone)
            source, refusing = ical.SOURCE, (False, False)
        else:
            core = self.profile_id._to_core()
            reading = read(decode(self._content(), core.encoding), core)
            source = core.source
            refusing = (self.profile_id.unknown_room == "refuse", self.profile_id.unknown_teacher == "refuse")
        known = Known(self.env, company, self.term_id, source)
        return Plan(known, reading, refusing=refusing, is_whole=self.is_whole).run()

    def _report(self, plan):
        """Replace the report by one line per row, lesson that is gone, and problem."""
        # sudo: nobody may write a report by hand
        lines = self.env["campus.timetable.import.line"].sudo()
        # sudo: as above
        self.line_ids.sudo().unlink()
        sentences = self._sentences()
        lines.create([{"import_id": self.id, **vals} for vals in plan.lines(sentences, self._field_names())])

    def _field_names(self):
        """What the differing values are called, as on the lesson's page."""
        _ = self.env._
        return {
            "course": _("Course"),
            "groups": _("Groups"),
            "teachers": _("Teachers"),
            "room": _("Room"),
            "weekday": _("Weekday"),
            "time": _("Time"),
            "weeks": _("Weeks"),
        }

    def _sentences(self):
        """``{code: sentence}`` in the language of the user."""
        _ = self.env._
        return {
            **self.env["campus.import"]._sentences(),
            errors.FILE_HEADER: _("No row of the file has the columns of the profile."),
            errors.WEEKDAY_UNKNOWN: _("This is no day of the week. Add the name to the profile."),
            errors.PERIOD_UNKNOWN: _("The profile does not know this period. Add it to the profile."),
            errors.WEEKS_UNKNOWN: _("These are no weeks of a term: write them as 1-8, 10, 12."),
            errors.WEEKS_OUTSIDE: _("The term has only %(count)s weeks."),
            errors.TIME_INVALID: _("This is no time of the day, or the end is before the start."),
            errors.TIME_MISSING: _("The row does not say when the lesson is."),
            errors.ROOMS_UNEVEN: _("The row has another number of rooms than of times."),
            errors.ROOM_UNKNOWN: _("There is no such room, or several have this name."),
            errors.ROOM_TAKEN: _("The room is taken on %(day)s by %(lesson)s."),
            errors.TEACHER_UNKNOWN: _("There is no person with this number or name."),
            errors.TEACHER_SEVERAL: _("Several people have this name. Use the campus number."),
            errors.TEACHER_BUSY: _("%(who)s has %(lesson)s at the same time on %(day)s."),
            errors.GROUP_BUSY: _("%(who)s has %(lesson)s at the same time on %(day)s."),
            errors.LESSON_TWICE: _("The same lesson is in the file twice and counts once."),
        }
