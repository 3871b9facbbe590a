"""What a reader sees or a person types, and what proves it."""
