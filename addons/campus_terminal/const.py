# States of an edge.
NEW, ACTIVE, DISABLED, REVOKED = "new", "active", "disabled", "revoked"
