"""Ports: they read and write serial lines, smart-card readers and keyboards."""
