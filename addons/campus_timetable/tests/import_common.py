import base64

from .timetable_common import TimetableCase


class ImportCase(TimetableCase):
    """Files of timetable programs, imported by the timetable office."""

    def job(self, content, name="plan.csv", **values):
        jobs = self.env["campus.timetable.import"].with_user(self.office)
        values = {"term_id": self.term.id, "filename": name, **values}
        return jobs.create({"file": base64.b64encode(content), **values})

    def counts(self, job):
        names = ("added", "changed", "gone", "same", "error")
        return tuple(job[f"{name}_count"] for name in names)

    def run_job(self, content, **values):
        job = self.job(content, **values)
        job.action_check()
        job.action_import()
        self.assertEqual(job.state, "done")
        return job

    def messages(self, job, result):
        return job.line_ids.filtered(lambda line: line.result == result).mapped("message")

    def lessons(self):
        return self.env["campus.lesson"].search([("term_id", "=", self.term.id)])
