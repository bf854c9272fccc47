"""The areas of the site: which link of the navigation a page belongs to."""

from functools import cache
from typing import NamedTuple

from django.urls import ResolverMatch

# For each half of the site what the links lead to, and where the addresses of each one's area begin. A page belongs to the area
# with the longest of these that its own address begins with. Those below the empty name are in the area of no link.
_OF_PARENTS = {
    "journal:tonight": ("tonight/",),
    "journal:timeline": ("journal/",),
    "prompts:library": ("prompts/",),
    "accounts:settings": ("accounts/", "journal/children/", "prompts/choices/"),
    "": ("accounts/invitations/", "accounts/logout/", "accounts/welcome/"),
}
AREAS: dict[str, dict[str, tuple[str, ...]]] = {
    "parent": _OF_PARENTS,
    "supported": _OF_PARENTS | {"journal:care": ("accounts/care/", "journal/shared/", "prompts/given/")},
    "counselor": {
        "counselor:today": ("today/", "journal/shared/"),
        "counselor:clients": ("accounts/clients/", "accounts/groups/", "accounts/hand-over/", "accounts/invitations/", "accounts/notes/"),
        "counselor:sets": ("prompts/sets/", "prompts/assignments/"),
        "counselor:workspace": ("accounts/workspace/", "accounts/practice/"),
    },
}


class Marked(NamedTuple):
    """The link of the navigation that is marked, as the name of its address, and with which `aria-current`; both empty for none."""

    link: str
    current: str


def marked(role: str, match: ResolverMatch | None) -> Marked:
    """What is marked on the page with this address: "page" where the link leads to it, "true" where it is in the link's area."""
    return _marked(role, match.route, match.view_name) if match else Marked("", "")


@cache  # there are as many as there are addresses
def _marked(role: str, route: str, view_name: str) -> Marked:
    areas = ((start, link) for link, starts in AREAS.get(role, {}).items() for start in starts if route.startswith(start))
    _start, link = max(areas, key=lambda area: len(area[0]), default=("", ""))
    if not link:
        return Marked("", "")
    return Marked(link, "page" if link == view_name else "true")
