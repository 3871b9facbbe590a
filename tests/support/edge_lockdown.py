"""Many edges at one server, and how long a lockdown takes until the last of them refuses."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

from campus_core.access import types
from support.edge_doors import BUILDING, DoorCampus, DoorEdge, push
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

EDGES = 50


def slowest_refusal(folder, edges=EDGES):
    """Seconds from the push to the first refusal at each edge, the slowest of all."""
    campus = DoorCampus(bus={"url": "/websocket", "channel": "secret"})
    campus.add_cards([1])
    campus.give((1,), 1)
    with ExitStack() as stack:
        server = stack.enter_context(EdgeServer(campus, KEY.public))
        doors = []
        for number in range(edges):
            home = Path(folder, str(number))
            home.mkdir()
            doors.append(stack.enter_context(DoorEdge(server, home)))
        for door in doors:
            door.ready()
        assert until(lambda: all(door.edge.listener.connected for door in doors))
        assert all(door.present(1).outcome == "granted" for door in doors)
        taken = {}

        def refused(number, door):
            while door.present(1, "D02").text != "Lockdown:\nno entry":
                pass
            taken[number] = time.monotonic()

        threads = [threading.Thread(target=refused, args=pair) for pair in enumerate(doors)]
        order = {"number": 5, "zone": BUILDING, "level": types.NOBODY}
        began = time.monotonic()
        push(server, {"type": "lockdown", "order": order})
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == edges
        return max(taken.values()) - began
