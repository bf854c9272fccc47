"""Rows go over whole or not at all."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import Model

from operations.backup import copying
from operations.backup.archive import BackupError
from operations.backup.copying import DatabaseSource, Models, Row
from prompts.models import Theme
from tests import factories

pytestmark = pytest.mark.django_db


class Twice:
    """A source that has every row two times."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def tables(self, models: Models) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        for model in models:
            yield model, iter(self.rows * 2)


def test_rows_that_do_not_fit_change_nothing() -> None:
    factories.make_prompt()
    before = list(Theme.objects.order_by("pk").values())
    [(_theme, rows)] = DatabaseSource(connection).tables([Theme])
    source = Twice(list(rows))
    assert before

    with pytest.raises(BackupError, match="Nothing was copied: the database does not take the rows of prompts_theme"):
        copying.copy(source, [Theme])

    assert list(Theme.objects.order_by("pk").values()) == before
