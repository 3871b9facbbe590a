"""Mutation testing of the rules: change `campus_core` in one place, and see whether a unit test fails.

Needs cosmic-ray, which makes the changes; see docs/dev/testing.md. Each mutant is tested in a forked process, so
it costs as much as its tests and no start of Python. Mutants are drawn in an order that is random and always the same:
when the time is over, the share that was killed stands for all of them.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import random
import re
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "addons/campus_card/campus_core"
UNIT = ROOT / "tests/unit"
#: Module or package -> tests that must notice, quick ones first.
LEDGER = (
    "test_ledger.py",
    "test_ledger_settling.py",
    "test_limits.py",
    "test_cash_back.py",
    "test_ledger_histories.py",
)
TAPS = ("test_told.py", "test_tap.py", "test_uid_hour.py", "test_taps_both_sides.py")
TESTS = {
    "money.py": ("test_money.py",),
    "ledger/auto_topup.py": ("test_topup.py",),
    "ledger/topup.py": ("test_topup.py",),
    "ledger": LEDGER,
    "taps/rules.py": TAPS,
    "taps/alone.py": ("test_tap.py", "test_taps_both_sides.py", "test_told.py", "test_edge_exposure.py"),
    "taps/charge.py": TAPS,
    "taps/told.py": TAPS,
    "taps/uid_hour.py": TAPS,
    "taps/resolved.py": TAPS,
    "credentials/credential.py": ("test_credential.py",),
    "credentials/emergency.py": ("test_emergency.py", "test_credential.py"),
    "credentials/kiosk_rules.py": ("test_kiosk.py",),
    "credentials/phone_key.py": ("test_qr_code.py", "test_signing.py"),
    "credentials/pin.py": ("test_pin.py",),
    "credentials/qr_code.py": ("test_qr_code.py",),
    "credentials/signing.py": ("test_signing.py",),
    "credentials/slow_hash.py": ("test_slow_hash.py", "test_pin.py"),
    "credentials/sun.py": ("test_sun.py",),
    "credentials/uids.py": ("test_uid.py", "test_credential.py"),
}
OPERATORS = re.compile(
    r"core/(ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt"
    r"|Is_IsNot|IsNot_Is)|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_FloorDiv|FloorDiv_Mul|Mod_FloorDiv)"
    r"|ReplaceAndWithOr|ReplaceOrWithAnd|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue"
    r"|ReplaceUnaryOperator_Delete_(Not|USub)|NumberReplacer|ZeroIterationForLoop|ReplaceContinueWithBreak)"
)
EXAMPLES = 25
MUTANT_S = 60
MEMORY = 2 << 30
KILLED, SURVIVED, TIME_OUT = "killed", "survived", "took too long"


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text instead of its file."""

    def __init__(self, name, path, source):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, name, path=None, target=None):
        return (
            importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None
        )

    def exec_module(self, module):
        module.__file__ = str(self.path)
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


def tests_of(path):
    name = path.relative_to(CORE).as_posix()
    return TESTS.get(name) or TESTS.get(name.partition("/")[0])


def mutants(path):
    """Yield `(line, name of the operator, mutated source)` of a file."""
    from cosmic_ray import mutating, plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    source = path.read_text(encoding="utf-8")
    tree = get_ast(source)
    for name in sorted(filter(OPERATORS.fullmatch, plugins.operator_names())):
        operator = plugins.get_operator(name)()
        places = [start for node in ast_nodes(tree) for start, _stop in operator.mutation_positions(node)]
        for occurrence, (line, _column) in enumerate(places):
            changed = mutating.mutate_code(source, operator, occurrence)
            if changed and changed != source:
                yield line, name.removeprefix("core/"), changed


def few_examples():
    """Hypothesis tries little and never shrinks: whether a test fails is all that counts."""
    import hypothesis

    class Few(hypothesis.settings):
        def __init__(self, parent=None, **kwargs):
            kwargs["max_examples"] = min(kwargs.get("max_examples", EXAMPLES), EXAMPLES)
            kwargs["phases"] = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
            kwargs["database"], kwargs["deadline"] = None, None
            super().__init__(parent, **kwargs)

    few = Few(derandomize=True)
    hypothesis.settings.register_profile("few", few)
    hypothesis.settings.load_profile("few")
    hypothesis.settings = Few


def run_tests(files, mutated=None):
    """Run tests in a fork; the exit code of pytest, or None after MUTANT_S."""
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        if mutated:
            sys.meta_path.insert(0, mutated)
        import pytest

        few_examples()
        code = pytest.main(["-x", "-q", "-p", "no:randomly", *(str(UNIT / name) for name in files)])
        os._exit(int(code))
    until = time.monotonic() + MUTANT_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "paths", nargs="*", help="modules below campus_core; all that have tests if none is named"
    )
    args = parser.parse_args()
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    import hypothesis  # noqa: F401  loaded once, before the forks
    import pytest  # noqa: F401

    named = [CORE / path for path in args.paths] or sorted(
        path for path in CORE.rglob("*.py") if tests_of(path)
    )
    work = [(path, *mutant) for path in named for mutant in mutants(path)]
    for files in sorted({tests_of(path) for path in named}):
        if code := run_tests(files):
            sys.exit(f"without a mutant {' '.join(files)} must pass, but pytest ended with {code}")
    random.Random(args.seed).shuffle(work)
    until, results, survivors = time.monotonic() + args.minutes * 60, defaultdict(Counter), []
    for path, line, operator, source in work:
        if time.monotonic() > until:
            break
        module = "campus_core." + path.relative_to(CORE).with_suffix("").as_posix().replace("/", ".")
        code = run_tests(tests_of(path), Mutated(module, path, source))
        outcome = TIME_OUT if code is None else SURVIVED if code == 0 else KILLED
        results[path.relative_to(CORE).as_posix()][outcome] += 1
        if outcome == SURVIVED:
            changed = source.splitlines()[line - 1].strip()
            survivors.append((path.relative_to(CORE).as_posix(), line, operator, changed))
            print(*survivors[-1], sep="  ", flush=True)
    report(results, len(work))


def report(results, count):
    total = Counter()
    for name, counts in sorted(results.items()):
        total += counts
        done = sum(counts.values())
        print(f"{name:32} {done - counts[SURVIVED]:5} of {done:5} killed")
    done = sum(total.values())
    print(f"{done} of {count} mutants tested: {100 * (done - total[SURVIVED]) / max(done, 1):.1f} % killed")


if __name__ == "__main__":
    main()
