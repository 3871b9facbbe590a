"""A sign of life for Odoo's own watch over long work.

One import is one transaction, so it cannot be cut into the short pieces that the
limits of a worker are made for. It shows after each batch that it is not stuck.
"""

import threading
import time

from odoo import tools

try:
    import resource
except ImportError:  # not on this platform; its workers have no such limit either
    resource = None


def sign_of_life():
    """Let the time limits of this worker count from now on.

    Threads: ``ThreadedServer.process_limit`` compares ``start_time``. Worker processes:
    the CPU limit is moved as ``Worker.check_limits`` does. The limit of their real time
    (``limit_time_real_cron``) is out of reach and has to be configured.
    """
    thread = threading.current_thread()
    if getattr(thread, "start_time", None):
        thread.start_time = time.time()
    if resource and tools.config["workers"]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used_s = usage.ru_utime + usage.ru_stime
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used_s + tools.config["limit_time_cpu"]), hard))
