"""Insights: what nights hold, counted, and as pictures. Nothing here reads what was written, only the summaries of entries."""
