"""What a list was narrowed to, in words: "Heavy nights about Mika, spring 2026"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from common.rendering.isolation import isolated
from common.text import fold
from journal.finding import spans
from journal.finding.filters import Filters
from journal.models import Feeling, RepairState

NIGHTS: dict[str, Promise] = {
    Feeling.STORMY: pgettext_lazy("nights that were", "stormy"),
    Feeling.HEAVY: pgettext_lazy("nights that were", "heavy"),
    Feeling.EVEN: pgettext_lazy("nights that were", "even"),
    Feeling.LIGHT: pgettext_lazy("nights that were", "light"),
    Feeling.BRIGHT: pgettext_lazy("nights that were", "bright"),
}
REPAIRS: dict[str, Promise] = {
    RepairState.OPEN: pgettext_lazy("a repair that is", "open"),
    RepairState.MENDED: pgettext_lazy("a repair that is", "mended"),
    RepairState.PARTLY: pgettext_lazy("a repair that is", "partly mended"),
    RepairState.RESTING: pgettext_lazy("a repair that is", "let rest"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What those things are called that filters name by their ids and slugs. Children and sets have names that somebody typed."""

    children: dict[str, str] = field(default_factory=dict)
    themes: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    assignments: dict[str, str] = field(default_factory=dict)


def describe(filters: Filters, names: Names, time_zone: str) -> SafeString:
    """A whole sentence without its full stop; "" where nothing is narrowed."""
    if not filters.narrows:
        return SafeString()
    subject = _subject(filters.feelings, [isolated(names.children.get(child, "")) for child in filters.children])
    narrowed = [part for part in (_themes(filters.themes, names), _repairs(filters.repairs), *_origin(filters, names)) if part]
    if narrowed and not subject:
        narrowed[0] = format_html("{} {}", _("pages"), narrowed[0])
    sentence = _listed([part for part in (subject, *narrowed, spans.between(filters.first, filters.last, time_zone)) if part])
    # What begins with markup begins with somebody's name, which stays as it was written.
    return sentence if sentence[:1] in "<&" else format_html("{}{}", capfirst(sentence[:1]), SafeString(sentence[1:]))


def _listed(parts: Sequence[SafeString | str]) -> SafeString:
    return format_html_join(", ", "{}", ((part,) for part in parts))


def _subject(feelings: Sequence[str], children: Sequence[SafeString]) -> SafeString:
    if feelings and children:
        return format_html(_("{feelings} nights about {children}"), feelings=_nights(feelings), children=_either(children))
    if feelings:
        return format_html(_("{feelings} nights"), feelings=_nights(feelings))
    return format_html(_("pages about {children}"), children=_either(children)) if children else SafeString()


def _themes(slugs: Sequence[str], names: Names) -> SafeString:
    quoted = [_quoted(names.themes.get(slug, slug)) for slug in slugs]
    return format_html(_("on {themes}"), themes=_either(quoted)) if quoted else SafeString()


def _origin(filters: Filters, names: Names) -> Iterator[SafeString]:
    if filters.path:
        yield format_html(_("from the path {path}"), path=_quoted(names.paths.get(filters.path, filters.path)))
    if filters.assignment:
        yield format_html(_("from the set {set}"), set=_quoted(isolated(names.assignments.get(filters.assignment.hex, ""))))


def _nights(feelings: Sequence[str]) -> SafeString:
    return _either([format_html("{}", label) for value, label in NIGHTS.items() if value in feelings])


def _repairs(states: Sequence[str]) -> SafeString:
    """Where every state will do, it is enough that there is a repair at all."""
    if not states:
        return SafeString()
    if set(states) >= REPAIRS.keys():
        return escape(_("with a repair"))
    return format_html(_("with a repair that is {states}"), states=_either([format_html("{}", REPAIRS[state]) for state in states]))


def _quoted(name: str) -> SafeString:
    return format_html(_("“{name}”"), name=name)


def _either(items: Sequence[SafeString]) -> SafeString:
    """As "a, b or c"."""
    *others, last = items
    if not others:
        return last
    listed = _listed(others)
    if get_language() and str(get_language()).startswith("es") and _begins_with_o(last):
        return format_html(pgettext("before a word that begins with o", "{others} or {last}"), others=listed, last=last)
    return format_html(_("{others} or {last}"), others=listed, last=last)


def _begins_with_o(item: SafeString) -> bool:
    """Whether a Spanish ear hears an o first: "uno u otro"."""
    return fold(item.removeprefix("<bdi>").removeprefix("«")).startswith(("o", "ho"))
