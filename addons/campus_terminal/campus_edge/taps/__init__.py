"""The way of a tap through the edge: decided here or asked, journalled, answered."""
