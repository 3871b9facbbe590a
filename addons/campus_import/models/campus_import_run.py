from collections import Counter
from dataclasses import dataclass, field

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.card_file import types as ft
from odoo.addons.campus_card.campus_core.card_file.decode import decode
from odoo.addons.campus_card.campus_core.card_file.reading import read
from odoo.exceptions import UserError

from ..steps.apply import Applier
from ..steps.plan import CREATED, UNCHANGED, UPDATED, Planner

ALL_OR_NOTHING, SKIP_BAD_ROWS = "all_or_nothing", "skip_bad_rows"
# Class id of the advisory lock: one import per company at a time.
IMPORT_LOCK = 0x0CA4F


@dataclass
class Outcome:
    """What a run found and did."""

    reading: ft.Reading
    profile: object = None
    steps: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    fatal: list = field(default_factory=list)
    committed: bool = False

    @property
    def warnings(self):
        """All warnings as problems, sorted by row."""
        found = [warning for step in self.steps for warning in step.warnings]
        return sorted(self.reading.warnings + found, key=lambda problem: problem.row)

    @property
    def counts(self):
        """``{result: number of rows}``."""
        return Counter(step.result for step in self.steps)

    @property
    def bad_rows(self):
        """Number of rows with errors."""
        return len({problem.row for problem in self.problems})

    @property
    def refused_rows(self):
        """Number of rows with errors. A problem of the whole file counts at the row where it is."""
        return len({problem.row for problem in [*self.fatal, *self.problems]})

    def openings(self):
        """Cents by pocket plan of the accounts that were not imported before."""
        sums = Counter()
        for step in self.steps:
            if not step.account:
                sums.update(step.record.openings)
        return dict(sums)


class CampusImport(models.Model):
    """Runs an import: read the file, plan, and apply the plan unless it is a dry run."""

    _inherit = "campus.import"

    @api.model
    def _run(self, content, filename="", profile=None, dry_run=False, policy=ALL_OR_NOTHING, progress=None):
        """Import a card file, or find what an import would do.

        It commits nothing; the caller's transaction decides. If the import is not allowed to continue (an
        error under ``all_or_nothing``, a file that was cut off), it changes nothing and counts nothing as
        done.

        :param bytes content: the file
        :param profile: profile record, its old system's name, or None to recognise it
        :param policy: ``all_or_nothing`` or ``skip_bad_rows``
        :param progress: called as ``progress(done, total, phase)``
        :return: ``{created, updated, unchanged, errors: [{row, column, value, code, message}]}``
            and ``warnings, rows, openings, statuses, profile, encoding, filename, policy,
            dry_run, blocked, committed``. Amounts are whole cents; ``blocked`` means that
            the file as a whole cannot be imported under any policy.
        """
        outcome = self._execute(content, profile, dry_run, policy, progress)
        return self._as_json(outcome, filename, dry_run, policy)

    @api.model
    def _execute(self, content, profile=None, dry_run=False, policy=ALL_OR_NOTHING, progress=None, job=None):
        self.check_access("create")
        if policy not in (ALL_OR_NOTHING, SKIP_BAD_ROWS):
            raise ValueError(f"unknown policy {policy!r}")
        tell = progress or (lambda done, total, phase: None)
        tell(0, 1, "read")
        outcome = self._read_file(content, profile)
        if not outcome.profile:
            return outcome
        tell(0, 1, "check")
        plan = Planner(self.env, outcome.reading, outcome.profile).run()
        outcome.steps = plan.steps
        outcome.problems = sorted(
            [*outcome.reading.problems, *plan.problems], key=lambda problem: problem.row
        )
        refused = outcome.fatal or (policy == ALL_OR_NOTHING and outcome.problems)
        if not dry_run and not refused:
            self._lock_import()
            Applier(self.env, plan, outcome.profile, job and job.id, tell).run()
            outcome.committed = True
        return outcome

    @api.model
    def _read_file(self, content, profile):
        """The file as records, with the given profile or the one that fits."""
        profiles = self.env["campus.import.profile"]
        if isinstance(profile, str):
            profile = profiles._named(profile)
        table = decode(content, profile.encoding if profile else "auto")
        if not profile:
            profile = profiles._detect(table)
            if profile and profile.encoding != "auto":
                table = decode(content, profile.encoding)
        core = profile._to_core() if profile else ft.Profile("", ())
        reading = read(table, core)
        return Outcome(
            reading, profile, problems=reading.problems, fatal=[*reading.fatal, *self._unknown_plans(core)]
        )

    @api.model
    def _unknown_plans(self, core):
        """If balances have no pocket plan, the whole file is refused."""
        # sudo: whoever may import may know which plans there are
        plans = self.env["campus.pocket.plan"].sudo()
        known = set(plans.search([("company_id", "=", self.env.company.id)]).mapped("code"))
        return [
            ft.Problem(1, column.header, column.detail, errors.PLAN_UNKNOWN, {"plan": column.detail})
            for column in core.columns
            if column.target == ft.AMOUNT and column.detail not in known
        ]

    @api.model
    def _lock_import(self):
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, self.env.company.id])
        if not self.env.cr.fetchone()[0]:
            raise UserError(self.env._("Another file is just being imported. Try again when it is done."))

    @api.model
    def _as_json(self, outcome, filename, dry_run, policy):
        sentences = self._sentences()
        counts = outcome.counts if dry_run or outcome.committed else Counter()
        statuses = Counter(step.record.status for step in outcome.steps)
        return {
            "created": counts[CREATED],
            "updated": counts[UPDATED],
            "unchanged": counts[UNCHANGED],
            "errors": [self._problem_json(p, sentences) for p in [*outcome.fatal, *outcome.problems]],
            "warnings": [self._problem_json(p, sentences) for p in outcome.warnings],
            "rows": outcome.reading.row_count,
            "openings": outcome.openings(),
            "statuses": {status: statuses[status] for status in ft.STATUSES},
            "profile": outcome.profile.source if outcome.profile else None,
            "encoding": outcome.reading.table.encoding,
            "filename": filename,
            "policy": policy,
            "dry_run": dry_run,
            "blocked": bool(outcome.fatal),
            "committed": outcome.committed,
        }

    @api.model
    def _problem_json(self, problem, sentences):
        return {
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "code": problem.code,
            "message": self._sentence(sentences, problem.code, problem.numbers),
        }
