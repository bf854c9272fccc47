"""People, and their settings."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.keys import keyring
from accounts.keys.sealing import SealedField
from accounts.keys.slots import KeySlot
from accounts.models.children import Age, Children
from common import dates
from common.addresses import canonical_address
from common.ids import new_id
from common.names import validate_name
from common.nights import night_of
from common.places import time_zones
from common.places.customs import Clock, Customs


def validate_time_zone(name: str) -> None:
    if time_zones.canonical(name) is None:
        raise ValidationError(_("Choose a time zone from the list."), code="time_zone")


def normal_password(password: str) -> str:
    """The password in the form that is hashed (NFKC), since keyboards write the same letters in different ways: see RFC 8265, NIST SP 800-63B."""
    return unicodedata.normalize("NFKC", password)


class Appearance(models.TextChoices):
    DEVICE = "device", _("As this device")
    DARK = "dark", _("Dark")
    LIGHT = "light", pgettext_lazy("appearance", "Light")


class IdleTime(models.IntegerChoices):
    """After how many minutes without use a session is locked."""

    SHORT = 10, _("10 minutes")
    MEDIUM = 30, _("30 minutes")
    LONG = 120, _("2 hours")


class Role(models.TextChoices):
    """Whose pages a person uses at present. Anyone may be both."""

    PARENT = "parent", _("Parent")
    COUNSELOR = "counselor", _("Counselor")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a parent chose to be asked about, and what may be brought back to them. Sealed, since it reveals faith and family.

    `themes`: slugs; empty means every theme that is not opt-in. `ages`: values of `Age`; empty means not given.
    `facets`: values of `prompts.models.Facet`. `follow_ups`: whether a question is followed by another one some weeks later.
    `kept_first`: whether prompts kept for later come before the night's own question. `start`: slugs of the paths that
    *Where to start* recommended, if the parent kept its result, or that the reason leads to. `reason`: the answer that was chosen on
    Welcome to what brings the parent here; empty where there is none. `welcomed`: whether they have been through Welcome.

    Of *On this day*: `memories`: whether it is switched on. `hard_nights`: whether heavy and stormy nights may come back, too.
    `hard_dates`: days in ISO 8601 around which nothing does.
    """

    SCHEMA: ClassVar[int] = 1

    themes: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    follow_ups: bool = True
    kept_first: bool = False
    start: tuple[str, ...] = ()
    reason: str = ""
    welcomed: bool = False
    memories: bool = True
    hard_nights: bool = False
    hard_dates: tuple[str, ...] = ()


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return canonical_address(email or "")

    def people(self) -> "models.QuerySet[User]":
        """Everybody but the invented practice clients: those who are shown to the operator, and counted."""
        return self.filter(example_of=None)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address, however it is written. No practice client signs in, or is given a password."""
        return self.people().get(email=canonical_address(username or ""))

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Each has a data key from the moment the row exists; both are deleted together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("email"), unique=True, error_messages={"unique": _("There’s already an account with this address.")})
    name = models.CharField(_("name"), max_length=80, blank=True, validators=[validate_name])
    is_staff = models.BooleanField(_("may open the admin pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    clock = models.CharField(_("clock"), max_length=2, blank=True, choices=Clock, default=Clock.AS_HERE)
    night_ends_at = models.PositiveSmallIntegerField(_("the night ends at"), default=4)  # o'clock, in time_zone
    appearance = models.CharField(_("appearance"), max_length=6, choices=Appearance, default=Appearance.DEVICE)
    language = models.CharField(_("language"), max_length=8, blank=True)  # empty: as the browser asks
    shows_leave = models.BooleanField(_("show “Leave quickly”"), default=True)
    knows_leave = models.BooleanField(default=False)  # has read what leaving quickly does
    locks_after = models.PositiveSmallIntegerField(_("lock after"), choices=IdleTime, default=IdleTime.MEDIUM)  # minutes without use
    locks_own_devices = models.BooleanField(_("lock on my own devices, too"), default=False)
    second_step_settled = models.BooleanField(default=False)  # has a second step, or does not want to be told of it
    role = models.CharField(max_length=9, choices=Role, default=Role.PARENT)  # whose navigation they see
    is_counselor = models.BooleanField(default=False)  # has a workspace
    # An invented client, on whom this counselor tries things: it cannot sign in, is never written to, and goes with the counselor.
    example_of = models.OneToOneField("self", models.CASCADE, related_name="example_client", null=True, blank=True)
    # What somebody has once used; never reset. Those who have not are spared the queries about it.
    has_connections = models.BooleanField(default=False)  # had a counselor
    has_own_questions = models.BooleanField(default=False)  # wrote a question
    has_walks = models.BooleanField(default=False)  # began a path
    has_repairs = models.BooleanField(default=False)  # wrote that something went wrong with a child
    mails_notifications = models.BooleanField(_("email me when there’s something to read"), default=True)
    unread_since = models.DateTimeField(null=True, blank=True)  # since when there is something to read that no mail has mentioned
    messaged_on = models.DateField(null=True, blank=True)  # the last night on which any message was sent: one a day at most
    leaves_at = models.DateTimeField(null=True, blank=True, db_index=True)  # when the account is to be deleted, as its owner wants
    sealed_preferences = SealedField(payload=Preferences, owner="id", label="accounts.user.preferences", null=True)

    sealed_children = SealedField(payload=Children, owner="id", label="accounts.user.children", null=True)

    fetched_key_slot: KeySlot | None = None  # where the person was loaded with it: see accounts/backends.py

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(night_ends_at__lte=12), name="accounts_user_night_ends_by_noon"),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Creates a new person's data key in the same transaction, whatever creates them: a form, allauth, a command."""
        adding = self._state.adding
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            if adding:
                keyring.make_data_key(self.pk)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Deletes rows and key slots in one transaction. Call `accounts.leaving.delete`, which ends connections first."""
        owner = self.pk
        deleted = super().delete(*args, **kwargs)
        keyring.evict(owner)
        return deleted

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return canonical_address(username)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and normal_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password, in whichever way a keyboard writes its letters.

        A password that was stored as it was typed, before passwords were normalised, is accepted so, and stored anew.
        """
        normal = normal_password(raw_password or "")
        if super().check_password(normal):
            return True
        if raw_password in {None, normal} or not check_password(raw_password, self.password):
            return False
        self.set_password(normal)
        self._password = None  # as in Django's own upgrade of a hash: the password did not change
        self.save(update_fields=["password"])
        return True

    @property
    def side(self) -> str:
        """Whose navigation they see: their role or, of a parent who ever had a counselor, "supported"."""
        return "supported" if self.role == Role.PARENT and self.has_connections else self.role

    @property
    def preferences(self) -> Preferences:
        return self.sealed_preferences or Preferences()

    @transaction.atomic
    def change_preferences(self, change: Callable[[Preferences], Preferences]) -> None:
        """Store what `change` makes of the preferences as they are stored, with the row locked: of two changes at once neither is lost."""
        stored = User.objects.select_for_update().only("sealed_preferences").get(pk=self.pk)
        self.sealed_preferences = change(stored.preferences)
        self.save(update_fields=["sealed_preferences"])

    @property
    def children(self) -> Children:
        return self.sealed_children or Children()

    def ages(self, night: dt.date) -> tuple[str, ...]:
        """The values of `Age` that questions are chosen for on a night: those that were chosen, and those that the children's years give.

        It depends on the year of that night, on what was chosen, and on nothing else.
        """
        given = {*self.preferences.ages, *self.children.ages(night.year)}
        return tuple(age for age in Age.values if age in given)

    def remember(self, flag: str) -> None:
        """Set one of the flags of what the person has once used, by its name. Idempotent."""
        if not getattr(self, flag):
            setattr(self, flag, True)
            self.save(update_fields=[flag])

    @property
    def leaves_on(self) -> str:
        """The day on which the account is to be deleted, in words; "" where it stays."""
        return dates.day_of(self.leaves_at) if self.leaves_at else ""

    @property
    def zone(self) -> ZoneInfo:
        return time_zones.zone(self.time_zone)

    @property
    def chosen_language(self) -> str:
        """The language they chose; "" where they chose none, or one that this site does not offer (any more)."""
        return self.language if self.language in dict(settings.LANGUAGES) else ""

    @property
    def customs(self) -> Customs:
        """How dates and times are written for this person."""
        return Customs.of(self.time_zone, self.clock)

    def tonight(self, now: dt.datetime) -> dt.date:
        """The night that the aware moment `now` belongs to for this person."""
        return night_of(now, self.zone, self.night_ends_at)
