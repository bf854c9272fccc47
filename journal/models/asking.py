"""What a page asks, as nights and entries store it."""

import uuid

from prompts.questions import Question, slug_of


class AsksQuestion:
    """A row that asks a prompt of the library, a question of the parent's own, a counselor's step, or nothing."""

    prompt_id: str | None
    own_id: uuid.UUID | None
    assigned_id: uuid.UUID | None

    @property
    def asked(self) -> str | None:
        """The slug of its question, as `prompts.questions.find` takes it."""
        return slug_of(prompt=self.prompt_id, own=self.own_id, step=self.assigned_id)

    def ask(self, question: Question | None) -> None:
        self.prompt_id = question.prompt if question else None
        self.own_id = question.own_id if question else None
        self.assigned_id = question.step if question else None
