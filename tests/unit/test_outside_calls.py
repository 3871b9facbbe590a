"""Calls to others stand in few places: none of them is in a transaction that may be run again."""

import ast
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
#: What speaks to other machines.
NETWORK = {"requests", "urllib3", "httpx", "smtplib", "socket", "http.client", "urllib.request"}
#: Claims a delivery and stores that before it sends; see ``campus.alert.delivery._claim``.
SENDERS = {"campus_alert_delivery_push.py"}
#: Odoo's questions to a payment provider, and the one file that asks them.
QUESTIONS = {
    "_charge_with_token",
    "_send_payment_request",
    "_send_capture_request",
    "_send_void_request",
    "_send_refund_request",
    "_send_api_request",
    "_get_processing_values",
}
ASKS = "payment_transaction_ask.py"


def server_files():
    """What runs in Odoo; the edge and the tools are programs of their own."""
    apart = {"tests", "campus_edge", "campus_core", "iot_handlers", "campus_iot", "generator"}
    for path in sorted(ADDONS.rglob("*.py")):
        if not apart & set(path.relative_to(ADDONS).parts):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def test_only_the_sender_of_push_messages_opens_connections():
    found = {path.name for path, tree in server_files() if NETWORK & set(imported(tree))}
    assert found == SENDERS


def test_payment_providers_are_asked_in_one_place():
    found = {
        path.name
        for path, tree in server_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in QUESTIONS
    }
    assert found == {ASKS}
