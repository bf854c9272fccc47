"""Values as JSON holds them, where their names are known at run time alone."""

from typing import Any

type Values = dict[str, Any]
