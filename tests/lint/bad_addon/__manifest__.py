{
    "name": "Deliberately bad",
    "summary": "Never installed: ./campus lint fails unless pylint-odoo reports these faults",
    "version": "1",
    "author": "Nobody",
    "license": "LGPL-3",
    "depends": ["base"],
}
