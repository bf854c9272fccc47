"""Who: people and the slots their keys lie in."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

import uuid_utils.compat
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import keyring
from accounts.nights import night_of
from accounts.sealing import SealedField


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): made before sealing, since sealing binds to it, and rising with time."""
    return uuid_utils.compat.uuid7()


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list."), code="time_zone")


class Appearance(models.TextChoices):
    DEVICE = "device", _("As this device")
    DARK = "dark", _("Dark")
    LIGHT = "light", pgettext_lazy("appearance", "Light")


class Hat(models.TextChoices):
    """As whom somebody is here just now, who can be both."""

    PARENT = "parent", _("Parent")
    COUNSELOR = "counselor", _("Counselor")


class Age(models.TextChoices):
    BABY = "baby", _("Baby")
    SMALL = "small", _("Small child")
    SCHOOL = "school", _("School age")
    TEEN = "teen", _("Teenager")
    GROWN = "grown", _("Grown up")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a parent told about what to be asked. Sealed, since it tells of faith and family.

    `themes`: slugs; none means every theme that is not opt-in. `ages`: values of `Age`; none means not told.
    `kept_first`: whether what was kept for later comes before the night's own question. `start`: the paths that
    "Where to start" ended in, where its result was kept.
    """

    SCHEMA: ClassVar[int] = 1

    themes: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    kept_first: bool = False
    start: tuple[str, ...] = ()


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Each has a data key from the moment the row exists; both go together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": _("There is an account with this address already.")})
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_staff = models.BooleanField(_("may open the admin pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    night_ends_at = models.PositiveSmallIntegerField(_("the night ends at"), default=4)  # o'clock, in time_zone
    appearance = models.CharField(_("appearance"), max_length=6, choices=Appearance, default=Appearance.DEVICE)
    language = models.CharField(_("language"), max_length=8, blank=True)  # empty: as the browser asks
    shows_leave = models.BooleanField(_("show “Leave quickly”"), default=True)
    knows_leave = models.BooleanField(default=False)  # has read what leaving quickly does
    hat = models.CharField(max_length=9, choices=Hat, default=Hat.PARENT)  # whose navigation they see
    is_counselor = models.BooleanField(default=False)  # has a workspace
    has_ties = models.BooleanField(default=False)  # has had a counselor: others are spared the questions about it
    mails_news = models.BooleanField(_("tell me by e-mail when there is something to read"), default=True)
    news_at = models.DateTimeField(null=True, blank=True)  # since when there is something to read that no mail has told of
    news_mailed_at = models.DateTimeField(null=True, blank=True)
    sealed_choices = SealedField(payload=Choices, owner="id", label="accounts.user.preferences", null=True)

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
        """Making a person makes their key in the same transaction, whoever makes them: a form, allauth, a command."""
        adding = self._state.adding
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            if adding:
                keyring.make_data_key(self.pk)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Deletes rows and key slots in one transaction; what backups hold of them cannot be opened with the new database.

        A person with ties is deleted by `accounts.services.delete_person`, which ends those first.
        """
        owner = self.pk
        deleted = super().delete(*args, **kwargs)
        keyring.forget(owner)
        return deleted

    @property
    def choices(self) -> Choices:
        choices: Choices | None = self.sealed_choices
        return choices or Choices()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def tonight(self, now: dt.datetime) -> dt.date:
        """The night that the aware moment `now` belongs to for this person."""
        return night_of(now, self.zone, self.night_ends_at)
