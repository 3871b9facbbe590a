"""The edge's journal: taps are stored in it before they are answered, and kept until the server has them."""
