"""What ``campus.ledger`` takes a batch of requests with: plain classes that are handed what they need.

``load`` fills a ``shelf`` of books (from ``days``, ``wallets`` and ``originals``), ``campus_core.ledger`` decides
over the books, ``store`` writes what is fresh in them. Nothing here calls the model that uses it.
"""
