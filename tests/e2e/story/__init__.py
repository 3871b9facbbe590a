"""The people of the canteen story: what each of them does at their screen, and looks for there."""
