"""Web push: messages to browsers, through the push services of those who make them (RFC 8030, 8291, 8292)."""
