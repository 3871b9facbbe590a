"""How the edge handles a tap: it decides or asks the server, writes the journal, answers."""
