"""The edge's side of the wire to the server: identity, requests, sending, listening."""
