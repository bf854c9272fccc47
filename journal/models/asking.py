"""What a page asks, as nights and entries store it."""

import uuid

from prompts.questions import Question, slug_of


class AsksQuestion:
    """A row that asks a prompt of the library, a parent's own question, a step of a counselor's set, or nothing."""

    prompt_id: str | None
    own_id: uuid.UUID | None
    assigned_id: uuid.UUID | None

    @property
    def asked(self) -> str | None:
        """The slug of the question, as `prompts.questions.find` takes it; None where nothing is asked."""
        return slug_of(prompt=self.prompt_id, own=self.own_id, step=self.assigned_id)

    def ask(self, question: Question | None) -> None:
        """Ask this question, or nothing. The caller saves the row."""
        self.prompt_id = question.prompt if question else None
        self.own_id = question.own_id if question else None
        self.assigned_id = question.step if question else None
