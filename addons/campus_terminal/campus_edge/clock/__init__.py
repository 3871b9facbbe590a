"""The edge's clock: its time does not change when somebody sets the machine's clock."""
