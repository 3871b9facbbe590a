"""`./campus demo`: make and start a university with cards and canteens from a new checkout."""

from __future__ import annotations

import argparse

from .. import builds, databases, demo_doors, demo_server, headless, postgres, settings, state, workspace
from ..console import Step, Steps, say
from ..workspace import Workspace

HELP = "make and start the demo, print addresses and logins"
WANTS = ("libmagic", "libpango", "fonts-noto-cjk", "wkhtmltopdf")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--headless-check",
        action="store_true",
        help="open it in Chromium, take screenshots into artifacts/, stop",
    )
    parser.add_argument("--fresh", action="store_true", help="make the demo database anew")


def run(args: argparse.Namespace) -> int:
    steps = Steps(workspace.STEPS + 3 + args.headless_check)
    needs = headless.NEEDS if args.headless_check else ()
    was_running = postgres.running() is not None
    with state.checkout_lock():
        ws = workspace.prepare(steps, needs, WANTS)
        name = ws.server.name(settings.DEMO_DATABASE)
        with steps.step("database of Odoo's addons") as step:
            base = _base(ws, name, step, args.fresh)
        with steps.step("demo university") as step:
            _university(ws, base, name, step)
        with steps.step("Odoo server") as step:
            url = demo_server.start(ws, name, step)
    if not args.headless_check:
        _announce(url)
        return 0
    try:
        with steps.step("look at it in Chromium") as step:
            headless.check(ws, url, name, step)
    finally:
        demo_doors.stop()
        demo_server.stop()
        if not was_running:
            postgres.stop()
    return 0


def _base(ws: Workspace, name: str, step: Step, fresh: bool) -> str:
    """A base is not needed if there is a demo database already."""
    if fresh:
        demo_doors.stop()
        demo_server.stop()
        databases.drop(ws.server, name)
    if databases.exists(ws.server, name):
        step.result = "not needed"
        return ""
    return builds.base(ws, step)


def _university(ws: Workspace, base: str, name: str, step: Step) -> None:
    """The demo database. It is complete or not there. Addons that have changed are updated in it."""
    addons = settings.existing(settings.DEMO_ADDONS)
    digest = builds.digest_of(addons)
    if not base:
        step.result = "ready"
        if state.read().get("demo_digest") != digest:
            demo_server.stop()
            ws.odoo(name).install(addons, step, update=True)
            step.result = "addons updated"
    else:
        demo_server.stop()
        half = name + databases.HALF_MADE
        databases.copy(ws.server, base, half)
        step.note("Chinese company")
        ws.odoo(half).script("prepare_company.py", "demo-company")
        ws.odoo(half).install(addons, step)
        step.note("compiling the browser code")
        ws.odoo(half).script("warm_assets.py", "demo-assets")
        databases.rename(ws.server, half, name)
        step.result = ", ".join(addons)
    state.update(demo_digest=digest)


def _announce(url: str) -> None:
    say()
    print(f"Backend   {url}/odoo")
    print(f"Portal    {url}/my")
    print(f"POS       {url}/odoo/point-of-sale")
    print()
    for login, who in settings.DEMO_LOGINS:
        print(f"{login:9} password {login:9} {who}")
    print()
    print("A card at a door: ./campus tap A01 CA4D0007   (more doors and cards: docs/demo.md)")
    print("It runs in the background. ./campus stop ends it, ./campus demo starts it again.")
