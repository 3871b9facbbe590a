"""Starts Odoo from any tree on PYTHONPATH.

`python -m odoo` would do for one process; a server with workers starts its
websocket process by running its own first argument as a script, and that has to
be a file that can stand alone.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
