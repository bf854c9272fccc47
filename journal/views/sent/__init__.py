"""What people are sent, and what leads on from it."""
