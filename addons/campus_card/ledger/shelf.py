"""The books of a batch of requests, and what is known of the requests beside them."""

from ..campus_core.ledger import types as lt


class Shelf:
    """The books of a batch, one per company, and what storing them needs to know.

    ``books``: ``{company id: Book}``, under ``None`` an empty one for requests about nothing known.
    ``company_of_wallet``, ``joined`` (wallet that ended -> wallet that took it over), ``wallet_of_uuid``
    and ``card_of_reservation`` are ids. ``transfer_id_of``: ``{(uuid, line): id}`` of transfers that are
    stored; ``transfer_ids``: ``{(uuid, verb): ids}`` of those that this batch has stored.
    """

    def __init__(self):
        self.books = {}
        self.company_of_wallet = {}
        self.joined = {}
        self.wallet_of_uuid = {}
        self.card_of_reservation = {}
        self.transfer_id_of = {}
        self.transfer_ids = {}

    def wallet_id_of(self, request):
        """Wallet that a request concerns, 0 where it is unknown."""
        if isinstance(request, (lt.Post, lt.Reserve)):
            return request.wallet_id
        key = request.reverses_uuid if isinstance(request, lt.Reverse) else request.uuid
        return self.wallet_of_uuid.get(key, 0)

    def book_of(self, request):
        """Book in which a request is decided."""
        company_id = self.company_of_wallet.get(self.wallet_id_of(request))
        return self.books[company_id]

    def card_of(self, request):
        """Card of the purchase that a request closes or undoes; None where there was none."""
        key = request.reverses_uuid if isinstance(request, lt.Reverse) else request.uuid
        return self.card_of_reservation.get(key)
