"""`SealedField`: a typed payload in a column, sealed with its owner's key and bound to its place.

    @dataclass(frozen=True, slots=True)
    class EntryContent:
        SCHEMA: ClassVar[int] = 1
        text: str

    class Entry(models.Model):
        author = models.ForeignKey(...)
        content = SealedField(payload=EntryContent, owner="author", label="journal.entry.content")

`entry.content.text` opens the payload when it is first read, once per instance. The primary key and the owner have to be set
before saving. Sealed values cannot be filtered on, and no serializer shows them opened.
"""

import base64
import dataclasses
import json
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, overload

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts.keys import keyring
from accounts.keys.crypto import Binding, KeyringError, SealBroken
from accounts.keys.padding import LINE_STEP, pad, unpad


class Payload(Protocol):
    """A dataclass whose fields JSON can hold; lists come back as tuples. `SCHEMA` rises when older code would misread it."""

    SCHEMA: ClassVar[int]
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


class SealedTypeError(TypeError):
    """A value that is not of the field's payload type was given to be sealed."""


class FromTheFuture(KeyringError):
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
    binding: Binding


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: `json.dumps` makes one for each value
_DECODER = json.JSONDecoder()


@cache
def _names(payload: type[Payload]) -> tuple[str, ...]:
    """The names of the payload's fields. `dataclasses.fields` puts them together anew each time."""
    return tuple(field.name for field in dataclasses.fields(payload))


@cache
def _known(payload: type[Payload]) -> frozenset[str]:
    return frozenset(_names(payload))


def to_json(payload: Payload) -> bytes:
    values = {name: getattr(payload, name) for name in _names(type(payload))}
    return _JSON.encode({"schema": payload.SCHEMA, **values}).encode()


def from_json[P: Payload](payload: type[P], data: bytes) -> P:
    """Raises `FromTheFuture` for a schema newer than the payload's; fields that this payload does not know are left out."""
    values: dict[str, object] = _DECODER.raw_decode(data.decode())[0]  # of what `to_json` wrote: nothing stands around it
    schema = values.pop("schema")
    if not isinstance(schema, int) or schema > payload.SCHEMA:
        raise FromTheFuture(f"{payload.__name__} has schema {schema}: start a Nightlight at least as new as the one that wrote it")
    known = _known(payload)
    return payload(**{name: _to_tuples(value) if type(value) is list else value for name, value in values.items() if name in known})


def _to_tuples(value: object) -> object:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value


class SealedAttribute(DeferredAttribute):
    """Opens lazily and once; assigning a payload replaces what was sealed."""

    field: "SealedField[Any, Any]"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed) and not isinstance(value, Loaded):
            value = self.field.open(instance, value)
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:

    class _Column[Set, Get](models.BinaryField[Set, Get]): ...
else:  # Django's fields take type parameters in their stubs alone

    class _Column[Set, Get](models.BinaryField): ...


class SealedField[Set, Get](_Column[Set, Get]):
    """A column that holds a payload sealed with the key of the row's owner. The attribute is typed as the payload.

    `payload`: the dataclass; None only in a migration's frozen models, which cannot open anything.
    `owner`: the field that tells whose key seals: a foreign key to a person or connection, or "id" on a person itself.
    `label`: what the value is bound to for good. It never changes, whatever the table, column or app is called later, and no
    other field has it.
    `version`: the field that counts the row's versions, if the value is bound to that, too. Whoever raises it assigns the
    payload anew in the same save.
    `at_least`: the first step that lengths are padded to, in bytes; see `padding`.
    """

    descriptor_class = SealedAttribute

    if TYPE_CHECKING:

        @overload
        def __init__[P: Payload](
            self: "SealedField[P, P]",
            *,
            payload: type[P],
            owner: str,
            label: str,
            version: str = "",
            at_least: int = LINE_STEP,
            null: Literal[False] = False,
        ) -> None: ...
        @overload
        def __init__[P: Payload](
            self: "SealedField[P | None, P | None]",
            *,
            payload: type[P],
            owner: str,
            label: str,
            version: str = "",
            at_least: int = LINE_STEP,
            null: Literal[True],
        ) -> None: ...

    def __init__(
        self,
        *,
        payload: type[Payload] | None = None,
        owner: str = "",
        label: str = "",
        version: str = "",
        at_least: int = LINE_STEP,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if payload is not None and not (dataclasses.is_dataclass(payload) and hasattr(payload, "SCHEMA")):
            raise SealedTypeError(f"{payload.__name__} needs to be a dataclass with a SCHEMA number")
        if payload is not None and not label:
            raise SealedTypeError("a sealed field needs a label that never changes")
        self.payload = payload
        self.owner = owner
        self.label = label
        self.version = version
        self.at_least = at_least

    def binding(self, instance: models.Model) -> Binding:
        """What the instance's value is bound to. Raises `SealedTypeError` where its id or owner is not set."""
        owner: uuid.UUID | None = getattr(instance, instance._meta.get_field(self.owner).attname)  # type: ignore[union-attr]
        if instance.pk is None or owner is None:
            raise SealedTypeError("a sealed value needs its row's id and owner before it can be sealed")
        return Binding(self.label, instance.pk, owner, getattr(instance, self.version) if self.version else 0)

    def open(self, instance: models.Model, sealed: Sealed) -> Payload:
        """The payload. Raises a `KeyringError` where the value does not open."""
        binding = self.binding(instance)
        payload = self.open_value(sealed, binding)
        instance.__dict__[self.attname] = payload
        instance.__dict__[self._memory] = _Opened(payload, sealed.raw, binding)
        return payload

    def open_value(self, sealed: Sealed, binding: Binding) -> Payload:
        """The payload of a value that was read without its row's instance. Raises a `KeyringError` where it does not open."""
        return self._decoded(keyring.data_key(binding.owner).open(sealed.raw, binding))

    def seal_value(self, value: object, binding: Binding) -> Sealed:
        """The payload sealed, for a row that has no instance. Raises `SealedTypeError` for anything but a payload of this field."""
        if self.payload is None or type(value) is not self.payload:
            expected = self.payload.__name__ if self.payload else None
            raise SealedTypeError(f"{self.model.__name__}.{self.name} takes {expected}, not {type(value).__name__}")
        return Sealed(keyring.data_key(binding.owner).seal(self._encoded(value), binding))

    def _encoded(self, value: Payload) -> bytes:
        """The padded bytes that are sealed for a payload."""
        return pad(to_json(value), self.at_least)

    def _decoded(self, padded: bytes) -> Payload:
        """The payload of what was sealed."""
        if self.payload is None:
            raise SealedTypeError("a migration cannot open sealed values")
        return from_json(self.payload, unpad(padded))

    @property
    def _memory(self) -> str:
        return f"_opened_{self.attname}"

    def _sealed(self, instance: models.Model, *, adding: bool) -> Sealed | None:
        value = instance.__dict__.get(self.attname)
        if value is None:
            return None
        binding = self.binding(instance)
        if isinstance(value, Sealed):
            if adding or (self.version and not isinstance(value, Loaded) and not self._belongs(value, binding)):
                raise SealedTypeError("a sealed value is bound to its row and version: open it before saving it as another")
            return value
        memory: _Opened | None = instance.__dict__.get(self._memory)
        if memory is not None and memory.payload is value and memory.binding == binding:
            return Sealed(memory.raw)
        sealed = self.seal_value(value, binding)
        instance.__dict__[self._memory] = _Opened(value, sealed.raw, binding)
        return sealed

    @staticmethod
    def _belongs(sealed: Sealed, binding: Binding) -> bool:
        """Whether the value opens here: not where the row's version was raised without it."""
        try:
            keyring.data_key(binding.owner).open(sealed.raw, binding)
        except SealBroken:
            return False
        return True

    # --- Django's side.

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        return self._sealed(model_instance, adding=add)

    def get_db_prep_value(self, value: object, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            # Reached by update(), bulk_update() and the like, which have no row to bind the value to.
            raise SealedTypeError(f"{self.model.__name__}.{self.name} is sealed: save the instance instead")
        return super().get_db_prep_value(value.raw if value else None, connection, prepared)

    def from_db_value(self, value: bytes | memoryview | None, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def to_python(self, value: object) -> object:
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
