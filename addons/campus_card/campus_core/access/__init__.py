"""Who may go through which door when: one decision for server, edge and the pages that say why."""
