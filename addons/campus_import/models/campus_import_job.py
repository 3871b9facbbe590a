import logging
from collections import Counter

from odoo import api, fields, models, tools
from odoo.addons.campus_card.campus_core.card_file.values import MAX_NAME
from odoo.addons.campus_card.db import own_cursor
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..steps.alive import sign_of_life
from ..steps.plan import CREATED, ERROR, UNCHANGED, UPDATED
from .campus_import_run import Outcome

_logger = logging.getLogger(__name__)

# A file up to this size is imported at once, a larger one in the background.
AT_ONCE_BYTES = 40_000
# A background job that reported nothing for so long was interrupted. Its transaction was rolled back, so it
# is started again, but only this many times.
STALE_MINUTES = 10
MAX_ATTEMPTS = 3
LINE_BATCH = 5000
# Number of reasons that are shown at the top of a file that is refused. The report has all.
REASONS_SHOWN = 5
# The part of the progress bar for reading and checking, before the first row is written.
CHECKED_PERCENT = 10


class CampusImport(models.Model):
    """Runs imports: small ones at once, large ones in the background."""

    _inherit = "campus.import"

    def _start(self, task):
        for job in self:
            if job.state in ("running", "queued", "done"):
                raise UserError(self.env._("This file is imported already, or just being imported."))
            if not job.profile_id:
                raise UserError(self.env._("Choose an import profile, or create one for this file."))
            size_bytes = len(job._content())
            job.write(
                {
                    "task": task,
                    "state": "queued",
                    "progress": 0,
                    "phase": "read",
                    "failure": False,
                    "attempts": 0,
                }
            )
            at_once = size_bytes <= AT_ONCE_BYTES or not tools.config["max_cron_threads"]
            if at_once or not own_cursor.may_commit():
                job._process()
            else:
                self.env.ref("campus_import.campus_import_cron")._trigger()

    def action_run_now(self):
        """Run now, without waiting for the background job."""
        self.filtered(lambda job: job.state == "queued")._process()

    @api.model
    def _cron_run(self):
        """Run imports that wait, and those that were interrupted."""
        stale = fields.Datetime.subtract(fields.Datetime.now(), minutes=STALE_MINUTES)
        waiting = ["|", ("state", "=", "queued"), "&", ("state", "=", "running"), ("progress_at", "<", stale)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(waiting))
        while job := self.search(waiting, order="id", limit=1).try_lock_for_update():
            user = job.create_uid
            # The report is written in the language of its reader.
            job = job.with_user(user).with_company(job.company_id).with_context(lang=user.lang, tz=user.tz)
            if job.attempts < MAX_ATTEMPTS:
                job._process(background=True)
            else:
                # sudo: only the system may write results
                job.sudo()._fail(
                    job.env._(
                        "The server stopped this import %(times)s times. Nothing was imported. "
                        "Allow background jobs more time (limit_time_real_cron), or use the command line.",
                        times=job.attempts,
                    )
                )
            if not cron._commit_progress(1):
                break

    def _process(self, background=False):
        """Check or import one file. The work has a transaction of its own, so the progress can be stored
        while the work is all or nothing.
        """
        self.ensure_one()
        apart = background and own_cursor.may_commit()
        commit = self.env["ir.cron"]._commit_progress if apart else lambda: None
        job = self.with_company(self.company_id)
        own = job.sudo()  # sudo: only the system may write the results of the import; it is its own record
        now = fields.Datetime.now()
        own.write({"state": "running", "started_at": now, "progress_at": now, "attempts": own.attempts + 1})
        commit()

        def progress(done, total, phase):
            sign_of_life()
            start = CHECKED_PERCENT if phase in ("holders", "cards", "balances") else 0
            percent = min(99.0, start + (100 - start) * done / max(total, 1))
            own.write({"progress": percent, "phase": phase, "progress_at": fields.Datetime.now()})
            commit()

        try:
            outcome = job._work(progress)
        except UserError as error:
            own._fail(str(error))
            return
        except Exception:
            if not background:
                raise
            _logger.exception("Import %s failed.", job.id)
            own.env.cr.rollback()
            own._fail(self.env._("The import stopped because of a technical problem. Nothing was imported."))
            return
        own.phase = "report"
        commit()
        own._keep(outcome)

    def _fail(self, failure):
        self.write({"state": "failed", "failure": failure, "finished_at": fields.Datetime.now()})

    def _work(self, progress):
        """Do the work. An import runs in a transaction of its own."""
        arguments = {
            "content": self._content(),
            "profile": self.profile_id,
            "dry_run": self.task == "check",
            "policy": self.policy,
            "progress": progress,
        }
        if self.task == "check":
            return self._execute(**arguments)
        with self.env["campus.ledger"]._own_transaction() as env:
            job = self.with_env(env)
            return job._execute(**{**arguments, "profile": job.profile_id}, job=job)

    def _keep(self, outcome: Outcome):
        """Store the result: totals, and a line for every row."""
        # A file that is refused as a whole imports nothing, so its opening balances are not shown.
        counts = Counter() if outcome.fatal else outcome.counts
        failed = self.task == "import" and not outcome.committed
        openings = {} if outcome.fatal else outcome.openings()
        self.write(
            {
                "state": "failed" if failed else "done" if outcome.committed else "checked",
                "failure": self._why_refused(outcome, failed),
                "progress": 100,
                "phase": False,
                "encoding": outcome.reading.table.encoding,
                "row_count": outcome.reading.row_count,
                "created_count": counts[CREATED],
                "updated_count": counts[UPDATED],
                "unchanged_count": counts[UNCHANGED],
                "error_count": outcome.refused_rows,
                "attention_count": len({problem.row for problem in outcome.warnings}),
                "blocked": bool(outcome.fatal),
                "opening_minor": sum(openings.values()),
                "summary": {"openings": openings, "statuses": self._status_counts(outcome)},
                "finished_at": fields.Datetime.now(),
            }
        )
        self._keep_lines(outcome)

    def _why_refused(self, outcome, failed):
        """The reasons why the file as a whole cannot be imported, each with its row; or a text that some rows
        have errors.
        """
        if not outcome.fatal:
            return failed and self.env._("The file has errors, so nothing was imported.")
        sentences = self._sentences()
        reasons = [
            self.env._(
                "Row %(row)s: %(reason)s",
                row=problem.row,
                reason=self._sentence(sentences, problem.code, problem.numbers),
            )
            for problem in outcome.fatal[:REASONS_SHOWN]
        ]
        return "\n".join(dict.fromkeys(reasons))

    @staticmethod
    def _status_counts(outcome):
        counts = {}
        for step in outcome.steps:
            counts[step.record.status] = counts.get(step.record.status, 0) + 1
        return counts

    def _keep_lines(self, outcome):
        """Write the lines of the report in a few statements, because a large file has many rows."""
        self.line_ids.unlink()
        self.env.flush_all()
        lines = sorted(self._lines(outcome), key=lambda line: line[0])
        names = ("row", "result", "attention", "account", "campus_number", "name")
        names += ("column", "value", "code", "message")
        types = ("int", "text", "bool", "text", "text", "text", "text", "text", "text", "text")
        for start in range(0, len(lines), LINE_BATCH):
            columns = list(zip(*lines[start : start + LINE_BATCH], strict=True))
            self.env.cr.execute(
                SQL(
                    "INSERT INTO campus_import_line (import_id, %s) SELECT %s, * FROM unnest(%s)",
                    SQL(", ").join(map(SQL.identifier, names)),
                    self.id,
                    SQL(", ").join(
                        SQL("%s::" + kind + "[]", list(values))
                        for values, kind in zip(columns, types, strict=True)
                    ),
                )
            )
        self.env["campus.import.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _lines(self, outcome):
        """``(row, result, attention, account, number, name, column, value, code, message)``."""
        sentences = self._sentences()

        def line(row, result, record, problems):
            first = problems[0] if problems else None
            attention = bool(problems) and result != ERROR
            who = (record.account, record.number, record.name) if record else (None,) * 3
            what = (first.column, first.value[:MAX_NAME], first.code) if first else (None,) * 3
            reason = " ".join(self._sentence(sentences, p.code, p.numbers) for p in problems) or None
            return (row, result, attention, *who, *what, reason)

        for problem in [*outcome.fatal, *outcome.problems]:
            yield line(problem.row, ERROR, outcome.reading.refused.get(problem.row), [problem])
        pointed_out = {}
        for warning in outcome.reading.warnings:
            pointed_out.setdefault(warning.row, []).append(warning)
        for step in outcome.steps:
            warnings = [*step.warnings, *pointed_out.pop(step.record.row, [])]
            yield line(step.record.row, step.result, step.record, warnings)
        # Problems of the whole sheet, and rows that are refused for another reason.
        for row, warnings in pointed_out.items():
            yield line(row, UNCHANGED, outcome.reading.refused.get(row), warnings)
