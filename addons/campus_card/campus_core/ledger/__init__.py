"""Money of wallets: requests are decided over a book of the pockets that they touch."""
