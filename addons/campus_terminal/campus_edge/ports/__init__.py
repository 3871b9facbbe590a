"""Ports: the threads that read and write serial lines, smart-card readers and keyboards."""
