"""What the edge knows of the campus, signed by the server and kept on the disk."""
