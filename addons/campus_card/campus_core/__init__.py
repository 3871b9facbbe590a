"""The rules of the campus card, in pure Python.

No Odoo, no input or output, no clock: time, randomness and stored rows come in as arguments. The
server and the programs beside the readers decide with this same code. ``ledger`` moves money,
``taps`` decides taps, ``credentials`` proves who taps, ``devices`` knows the machines, ``card_file``
reads card files of other systems, ``alerts`` judges what holders did. What all of them use (money,
numbers, errors and their codes, card states) lies beside these packages.
"""
