"""Tells Odoo that a long import is still working.

An import is one transaction, so it cannot be divided into the short pieces for which Odoo's time limits are
made. After each batch it starts these limits anew.
"""

import threading
import time

from odoo import tools

try:
    import resource
except ImportError:  # not on this platform; its workers have no such limit either
    resource = None


def sign_of_life():
    """Start the time limits of this worker anew.

    Threads: ``ThreadedServer.process_limit`` compares ``start_time``. Worker processes: the CPU limit is
    moved as ``Worker.check_limits`` does. The limit of real time (``limit_time_real_cron``) cannot be changed
    from here and must be configured.
    """
    thread = threading.current_thread()
    if getattr(thread, "start_time", None):
        thread.start_time = time.time()
    if resource and tools.config["workers"]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used_s = usage.ru_utime + usage.ru_stime
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used_s + tools.config["limit_time_cpu"]), hard))
