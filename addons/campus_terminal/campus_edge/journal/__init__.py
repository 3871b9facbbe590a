"""The edge's durable outbox: written before anybody is answered, read until the server has it."""
