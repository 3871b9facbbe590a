"""How the addons talk to PostgreSQL: kept cursors, prepared statements, rows in bulk, columns, seals,
and what they make there and take away again."""
