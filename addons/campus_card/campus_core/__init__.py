"""The rules of the campus card, in pure Python.

No Odoo, no input or output, no clock: time, randomness and stored rows come in
as arguments. The server and the programs beside the readers decide with this
same code. One module per noun: money, ledger, card_state, limits, uid, credential, qr_code, signing, errors.
"""
