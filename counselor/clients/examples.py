"""The practice client: an invented one, on whom a counselor tries everything that can be done with a client.

In code it is the counselor's example. It is a person of its own, connected as clients are, and everything it "wrote" was
invented here. It cannot sign in, no message is sent to it, and it goes with its counselor.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import connections, leaving
from accounts.models import Connection, User
from common.ids import new_id
from counselor import assigning
from counselor.assigning import Plan, Recipient
from counselor.models import Workspace
from journal.models.share import Share
from journal.sharing import examples
from prompts import questions, received
from prompts.models import AssignedStep, Assignment, PromptSet, SetContent

SOURCE = "example"  # of the set that comes with it
ANSWERED_AGO = (5, 4, 2)  # nights: of the first answers
BEGAN_AGO = 7
STARTED_AGO = 6


def _questions() -> list[str]:
    return [
        _("What was the best minute of this evening?"),
        _("Where did it get loud, and what came just before?"),
        _("What did you do then that you’d do again?"),
        _("What did your child show you today without words?"),
        _("What would you like to try tomorrow evening?"),
    ]


def _answers() -> list[str]:
    """What the practice client answers, in turn."""
    return [
        _(
            "We sat on the kitchen floor and sorted socks. He found two that nearly match and laughed about it for a whole minute. I’d forgotten how he laughs."
        ),
        _(
            "At bedtime, like most days. I’d said “five more minutes” three times and looked at my phone in between. When I stood up he threw the book."
        ),
        _("I sat down on the floor instead of answering. It took a while. Then he came and leaned against me."),
        _("She put her shoes beside mine at the door, very straight. I think that was her way of saying sorry for this morning."),
        _("I’d like to put the phone away before we start brushing teeth. Just that."),
        _("I don’t know yet. It was a long day, and I only noticed once the house was quiet."),
    ]


def _reply() -> str:
    return _("One more thing: this morning he asked if we could sort socks again.")


def _made_up(text: str) -> str:
    """The text with a line that says what it is, wherever it is read."""
    note = _("Made up, to try things out.")
    return f"{text}\n\n*{note}*"


def of(counselor: User) -> Connection | None:
    """The connection with the counselor's practice client; None where there is none, or it was ended."""
    return Connection.objects.of_counselor(counselor).active().filter(parent__example_of=counselor).first()


# --- Making it.


@transaction.atomic
def make(counselor: User, now: dt.datetime) -> Connection:
    """Connect the counselor with a practice client who has answered a part of a set. Idempotent: one at a time."""
    User.objects.select_for_update().only("pk").get(pk=counselor.pk)
    present = of(counselor)
    if present is not None:
        return present
    leaving.delete_example(counselor)  # one whose connection was ended
    connection = _connect(counselor, now)
    assignment = _assign(counselor, connection, now)
    name, answers = assignment.content.name, _answers()
    for step, text, ago in zip(assignment.steps.order_by("position"), answers, ANSWERED_AGO, strict=False):
        at = now - dt.timedelta(days=ago)
        night = counselor.tonight(at)
        AssignedStep.objects.filter(pk=step.pk).update(answered_on=night, begun_at=at, done_at=at)
        share = examples.share(
            connection, step.pk, question=step.content.question, text=_made_up(text), assignment=name, night=night, now=at
        )
        if ago == ANSWERED_AGO[0]:
            examples.reply(share, _made_up(_reply()), now)
    return connection


def _connect(counselor: User, now: dt.datetime) -> Connection:
    pk = new_id()
    person = User.objects.create_user(
        f"example-{pk}@example.invalid",
        None,
        id=pk,
        name=_("Alex, practice client"),
        is_active=False,
        example_of=counselor,
        time_zone=counselor.time_zone,
        night_ends_at=counselor.night_ends_at,
        mails_notifications=False,
    )
    workspace = Workspace.objects.get(counselor=counselor)
    began_at = now - dt.timedelta(days=BEGAN_AGO)
    connection = connections.make(
        parent=person,
        counselor=counselor.pk,
        counselor_name=workspace.name,
        practice=workspace.practice,
        parent_name=person.name,
        sees_answered=True,
        now=began_at,
    )
    connections.mark_informed(person, connection.pk, began_at)
    return connection


def _assign(counselor: User, connection: Connection, now: dt.datetime) -> Assignment:
    started = now - dt.timedelta(days=STARTED_AGO)
    steps = tuple((new_id().hex, "", question, "") for question in _questions())
    content = SetContent(name=_("Five evenings (practice)"), introduction=_("A made-up set, to try things out."), steps=steps)
    prompt_set, _is_new = PromptSet.objects.get_or_create(
        author=counselor, source=SOURCE, defaults={"content": content, "made_at": now, "changed_at": now}
    )
    plan = Plan(cadence=Assignment.Cadence.WHEN_DONE)
    recipient = Recipient(connection=connection.pk, starts_on=counselor.tonight(started), note="")
    (pk,) = assigning.assign(counselor, prompt_set, plan, [recipient], batch=new_id(), now=started)
    return Assignment.objects.get(pk=pk)


# --- What it does when its counselor presses.


def next_step(connection: Connection) -> AssignedStep | None:
    """The step that the practice client would answer next; None where nothing is left that asks."""
    steps = AssignedStep.objects.filter(connection=connection, answered_on=None, position__lt=received.REMOVED_POSITION)
    running = steps.filter(assignment__ended_at=None, assignment__paused=False)
    return running.order_by("assignment__assigned_at", "assignment", "position").first()


@transaction.atomic
def answer(counselor: User, step: uuid.UUID, now: dt.datetime) -> Share | None:
    """Have the practice client answer this step and share the answer. Idempotent: None where it was answered, or is not theirs."""
    connection = of(counselor)
    if connection is None or Connection.objects.active().locked().filter(pk=connection.pk).first() is None:
        return None
    asked = next_step(connection)
    if asked is None or asked.pk != step or asked.assignment is None:
        return None
    night = counselor.tonight(now)
    received.begin(connection.parent, asked.assignment.pk, night)
    received.mark_answered(asked.pk, night)
    received.mark_done(asked.pk, now)
    answers = _answers()
    text = answers[Share.objects.filter(connection=connection).count() % len(answers)]
    question = questions.of_step(asked).text
    name = asked.assignment.content.name
    return examples.share(connection, asked.pk, question=question, text=_made_up(text), assignment=name, night=night, now=now)


# --- Removing it.


def forget_set(person: User) -> None:
    """Delete the set that came with a practice client who is about to be deleted, unless somebody else was given it."""
    if person.example_of_id:
        of_others = Assignment.objects.filter(set=OuterRef("pk"), connection__parent__example_of=None)
        PromptSet.objects.filter(~Exists(of_others), author=person.example_of_id, source=SOURCE).delete()
