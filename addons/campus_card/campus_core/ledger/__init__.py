"""Money of wallets: decides requests with a book of the pockets that they touch."""
