"""Rules that look at what one holder did and say whether somebody should know."""
