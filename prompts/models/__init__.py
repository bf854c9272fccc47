"""What is asked: the library, what each parent made of it, and what counselors assigned."""

from prompts.models.assignment import AssignedStep, Assignment, AssignmentContent, AssignmentQuerySet, StepContent
from prompts.models.mark import Mark
from prompts.models.own_question import QUESTION_LIMIT, OwnQuestion, OwnQuestionContent
from prompts.models.prompt import Depth, Prompt, Theme
from prompts.models.prompt_set import PromptSet, SetContent
from prompts.models.walk import Walk

__all__ = [
    "QUESTION_LIMIT",
    "AssignedStep",
    "Assignment",
    "AssignmentContent",
    "AssignmentQuerySet",
    "Depth",
    "Mark",
    "OwnQuestion",
    "OwnQuestionContent",
    "Prompt",
    "PromptSet",
    "SetContent",
    "StepContent",
    "Theme",
    "Walk",
]
