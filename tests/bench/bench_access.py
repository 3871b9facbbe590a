"""Rights of a large campus: compiled on the server, one changed person, and decided at an edge.

``compile_full_s`` looks at every person for every right and gives each the list of the rights; ``edge_list_s``
is then the part of one edge's list that doors need. ``compile_delta_ms`` is one person who changes the
department, from the write until the edge's delta is made (median; ``compile_delta_max_ms`` the slowest), and
``delta_bytes`` the largest delta. ``mismatches``: random decisions that the edge, from its list, makes
otherwise than the server. The edge's own keys are those of ``bench_access_edge.py``.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common

from support.odoo import odoo_database

CHANGES, DECISIONS = 40, 10_000


def on_the_server(wanted):
    """The run of ``tools/odoo_scripts/bench_access.py``."""
    with odoo_database("bench_access") as (ws, database):
        odoo = ws.odoo(database)
        output = odoo.script("bench_access.py", "bench-access", {"CAMPUS_ACCESS": json.dumps(wanted)})
    line = next(line for line in output.splitlines() if line.startswith("RUN "))
    return json.loads(line.removeprefix("RUN "))


def at_the_edge(holders):
    """The run of ``bench_access_edge.py``."""
    command = [sys.executable, str(Path(common.__file__).with_name("bench_access_edge.py"))]
    done = subprocess.run([*command, "--holders", str(holders)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    """Run the benchmark and print its result as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--holders", type=int, default=100_000)
    parser.add_argument("--doors", type=int, default=2_000)
    parser.add_argument("--rules", type=int, default=500)
    args = parser.parse_args()
    server = on_the_server(
        {
            "holders": args.holders,
            "doors": args.doors,
            "rules": args.rules,
            "changes": CHANGES,
            "decisions": DECISIONS,
        }
    )
    edge = at_the_edge(args.holders)
    run = {**edge, **server, "edge_doors": edge["doors"]}
    print(json.dumps(run) if args.json else "\n".join(f"{key:22} {value}" for key, value in run.items()))


if __name__ == "__main__":
    main()
