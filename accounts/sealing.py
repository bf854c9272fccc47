"""`SealedField`: a typed payload in a column, sealed with its owner's key and bound to its place.

    @dataclass(frozen=True, slots=True)
    class EntryContent:
        SCHEMA: ClassVar[int] = 1
        text: str

    class Entry(models.Model):
        author = models.ForeignKey(...)
        content = SealedField(payload=EntryContent, owner="author", label="journal.entry.content")

`entry.content.text` opens the payload once per instance, when it is first read. The primary key and the owner
have to be set before saving. Nothing sealed can be filtered on, and no serializer shows it opened.
"""

import base64
import dataclasses
import json
import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts import keyring

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class SealedTypeError(TypeError):
    """A value that is not of the column's payload type was given to be sealed."""


class FromTheFuture(keyring.KeyringError):
    """The payload was written by a newer Nightlight than this one."""


class Sealed:
    """Sealed bytes as they lie in the column; they show nothing of what they hold."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return f"<sealed, {len(self.raw)} bytes>"


class Loaded(Sealed):
    """Sealed bytes as `loaddata` read them, on their way into the database: never opened on it."""

    __slots__ = ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Opened:
    """What a payload was opened from, so that saving it unchanged keeps the very same bytes."""

    payload: object
    raw: bytes
    place: keyring.Place


def _to_tuples(value: Any) -> Any:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value


def to_json(payload: "DataclassInstance") -> bytes:
    values = {f.name: getattr(payload, f.name) for f in dataclasses.fields(payload)}
    schema: int = payload.SCHEMA  # type: ignore[attr-defined]  # every payload has one: checked when the field is made
    return json.dumps({"schema": schema, **values}, ensure_ascii=False, separators=(",", ":")).encode()


def from_json[T](payload: type[T], data: bytes) -> T:
    """Raises `FromTheFuture` for a schema newer than the payload's; fields this payload does not know are left out."""
    values: dict[str, Any] = json.loads(data)
    schema = values.pop("schema")
    if schema > payload.SCHEMA:  # type: ignore[attr-defined]
        raise FromTheFuture(f"{payload.__name__} has schema {schema}: start a Nightlight at least as new as the one that wrote it")
    known = {f.name for f in dataclasses.fields(payload)}  # type: ignore[arg-type]
    return payload(**{name: _to_tuples(value) for name, value in values.items() if name in known})


class SealedAttribute(DeferredAttribute):
    """Opens lazily and once; assigning a payload replaces what was sealed."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed) and not isinstance(value, Loaded):
            value = self.field.open(instance, value)
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):
    """A column that holds a payload sealed with the key of the row's owner.

    `owner` names the field that tells whose key seals: a foreign key to a person, or "id" on a person itself. `label` binds what
    is sealed to this field for good: it never changes, whatever the table, column or app is called later, and no other field
    has it. `at_least` is the first step that lengths are padded to, in bytes (`keyring.padded_length`). `version` names the field that counts the row's versions, if what is sealed is bound to that, too: who raises it
    assigns the payload anew in the same save.
    """

    descriptor_class = SealedAttribute

    # For the type checker: the attribute is the payload, which Django's stubs have no way to say.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(
        self,
        *args: Any,
        payload: type | None = None,
        owner: str = "",
        label: str = "",
        version: str = "",
        at_least: int = keyring.LINE_STEP,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if payload is not None and not (dataclasses.is_dataclass(payload) and hasattr(payload, "SCHEMA")):
            raise SealedTypeError(f"{payload.__name__} needs to be a dataclass with a SCHEMA number")
        if payload is not None and not label:
            raise SealedTypeError("a sealed field needs a label that never changes")
        self.payload = payload
        self.owner = owner
        self.label = label
        self.version = version
        self.at_least = at_least

    def place(self, instance: models.Model) -> keyring.Place:
        owner: uuid.UUID | None = getattr(instance, instance._meta.get_field(self.owner).attname)  # type: ignore[union-attr]
        if instance.pk is None or owner is None:
            raise SealedTypeError("a sealed value needs its row's id and owner before it can be sealed")
        return keyring.Place(self.label, instance.pk, owner, getattr(instance, self.version) if self.version else 0)

    def open(self, instance: models.Model, sealed: Sealed) -> Any:
        """Raises a `KeyringError` where the value does not open; never gives anything but what was sealed."""
        if self.payload is None:  # only in a migration's frozen models, which hold no key
            raise SealedTypeError("a migration cannot open sealed values")
        place = self.place(instance)
        payload = from_json(self.payload, keyring.unpad(keyring.data_key(place.owner).open(sealed.raw, place)))
        instance.__dict__[self.attname] = payload
        instance.__dict__[self._memory] = _Opened(payload, sealed.raw, place)
        return payload

    @property
    def _memory(self) -> str:
        return f"_opened_{self.attname}"

    def _sealed(self, instance: models.Model, *, adding: bool) -> Sealed | None:
        value = instance.__dict__.get(self.attname)
        if value is None:
            return None
        place = self.place(instance)
        if isinstance(value, Sealed):
            if adding or (self.version and not isinstance(value, Loaded) and not self._belongs(value, place)):
                raise SealedTypeError("a sealed value is bound to its row and version: open it before saving it as another")
            return value
        if self.payload is None or type(value) is not self.payload:
            raise SealedTypeError(
                f"{self.model.__name__}.{self.name} takes {self.payload and self.payload.__name__}, not {type(value).__name__}"
            )
        memory: _Opened | None = instance.__dict__.get(self._memory)
        if memory is not None and memory.payload is value and memory.place == place:
            return Sealed(memory.raw)
        sealed = Sealed(keyring.data_key(place.owner).seal(keyring.pad(to_json(value), self.at_least), place))
        instance.__dict__[self._memory] = _Opened(value, sealed.raw, place)
        return sealed

    @staticmethod
    def _belongs(sealed: Sealed, place: keyring.Place) -> bool:
        """Whether the value opens here; not where the row's version has gone on without it."""
        try:
            keyring.data_key(place.owner).open(sealed.raw, place)
        except keyring.SealBroken:
            return False
        return True

    # --- Django's side

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        return self._sealed(model_instance, adding=add)

    def get_db_prep_value(self, value: object, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            # Reached by update(), bulk_update() and the like, which have no row to bind the value to.
            raise SealedTypeError(f"{self.model.__name__}.{self.name} is sealed: save the instance instead")
        return super().get_db_prep_value(value.raw if value else None, connection, prepared)

    def from_db_value(self, value: bytes | memoryview | None, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return Loaded(base64.b64decode(value))
        return value

    def value_from_object(self, obj: models.Model) -> bytes | None:  # type: ignore[override]
        """What serializers see: the sealed bytes, never the payload."""
        sealed = self._sealed(obj, adding=False)
        return sealed.raw if sealed else None

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.model.__name__}.{self.name} is sealed: nothing sealed can be filtered on")
        return super().get_lookup(lookup_name)
