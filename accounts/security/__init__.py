"""Locking, the second step, and the log of security events: docs/security-log.md and docs/decisions/0038, 0039."""
