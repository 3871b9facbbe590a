"""Runs Python code that comes over a socket, each piece on a cursor of its own. `null` ends it.

It reads a line of JSON, ``{"code": text, "values": {name: value}}``, and writes one: ``{"answer": value}``
with the value that the code has stored in ``answer``, or ``{"error": traceback}``. The code must commit
itself: ``env.cr.commit()``.
"""

import json
import os
import socket
import traceback

from odoo import api


def answered(asked):
    registry = env.registry.check_signaling()
    with registry.cursor() as cr:
        own = api.Environment(cr, env.uid, dict(env.context))
        names = {"env": own, "json": json, "answer": None, **asked["values"]}
        try:
            exec(asked["code"], names)
            found = {"answer": names["answer"]}
        except Exception:
            found = {"error": traceback.format_exc()}
        cr.rollback()
    registry.signal_changes()
    return json.dumps(found, default=str) + "\n"


env.cr.rollback()
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(os.environ["CAMPUS_SOCKET"])
    listener.listen()
    asked = {}
    while asked is not None:
        connection = listener.accept()[0]
        with connection, connection.makefile("rw", encoding="utf-8") as lines:
            asked = json.loads(lines.readline())
            lines.write(answered(asked) if asked else "{}\n")
