"""Imports a card file in Odoo's shell; the answer goes to a file, progress to stdout.

Environment: CAMPUS_IMPORT = {"file", "profile", "policy", "dry_run", "answer"}.
"""

import json
import os
from pathlib import Path

wanted = json.loads(os.environ["CAMPUS_IMPORT"])
source = Path(wanted["file"])


def progress(done, total, phase):
    print(f"PROGRESS {done} {total} {phase}", flush=True)


answer = env["campus.import"]._run(
    source.read_bytes(),
    source.name,
    profile=wanted["profile"],
    dry_run=wanted["dry_run"],
    policy=wanted["policy"],
    progress=progress,
)
if answer["committed"]:
    env.cr.commit()
Path(wanted["answer"]).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
