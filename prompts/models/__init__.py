"""What is asked: the library, parents' marks, walks and own questions, and counselors' sets and assignments."""

from prompts.models.assignment import AssignedStep, Assignment, AssignmentContent, AssignmentQuerySet, StepContent
from prompts.models.kept_assignment import KeptAssignment, KeptContent
from prompts.models.mark import Mark
from prompts.models.own_question import QUESTION_LIMIT, OwnQuestion, OwnQuestionContent
from prompts.models.prompt import Depth, Facet, Prompt, Theme
from prompts.models.prompt_set import PromptSet, SetContent, colleagues_source
from prompts.models.walk import Walk

__all__ = [
    "QUESTION_LIMIT",
    "AssignedStep",
    "Assignment",
    "AssignmentContent",
    "AssignmentQuerySet",
    "Depth",
    "Facet",
    "KeptAssignment",
    "KeptContent",
    "Mark",
    "OwnQuestion",
    "OwnQuestionContent",
    "Prompt",
    "PromptSet",
    "SetContent",
    "StepContent",
    "Theme",
    "Walk",
    "colleagues_source",
]
