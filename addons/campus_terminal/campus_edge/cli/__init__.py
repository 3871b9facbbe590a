"""The program ``campus-edge``: what a person types beside a reader."""
