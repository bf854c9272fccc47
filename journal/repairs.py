"""Repairs: a rupture with a child, and what became of it."""
