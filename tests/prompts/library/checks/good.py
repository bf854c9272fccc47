"""A prompt that keeps every editorial rule, for tests to break one of them."""

from prompts.library.prompts import PromptText

GOOD = PromptText(
    slug="at-the-door",
    theme="calm",
    question="What was the first thing you saw at the door tonight?",
    if_stuck=["Shoes count."],
    tomorrow="Look up when they come in.",
    depth="light",
    ages=["small", "teen"],
)
