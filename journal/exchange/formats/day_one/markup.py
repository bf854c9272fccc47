"""Day One's Markdown: what it escapes too much, and its embedded media and links."""

import re
from collections.abc import Callable

from journal.exchange.formats.reading.json_values import Keys, keys_of, list_of, text_of, whole, word_of

# Code is left as it is. Of escaped signs, those keep their backslash that would mean something without it: in the middle of a
# line those around words, at its beginning those of lists, headings and quotations.
_ESCAPED = re.compile(
    r"```.*?```|`[^`\n]+`|(?P<start>^[ \t]*(?:\d{1,9}\\[.)]|\\[-+#>])(?=\s))|\\(?P<sign>[!-/:-@\[-`{-~])", re.DOTALL | re.MULTILINE
)
_MEANING = frozenset("\\`*_[]<~|")
_EMBED = re.compile(r"!\[[^\[\]\n]{0,500}\]\(dayone-moment:/{1,2}(?:[A-Za-z]{1,30}/)?([^()\s]{1,100})\)[ \t]*")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\(dayone2?://[^()\s]{0,500}\)|dayone2?://view\?[^\s()]{1,500}")


def unescaped(text: str) -> str:
    """The text without the backslashes that Day One adds, and without its invisible spaces."""
    text = text.replace("\u200b", "")
    return _ESCAPED.sub(_unescape, text) if "\\" in text else text


def _unescape(found: re.Match[str]) -> str:
    sign = found["sign"]
    return sign if sign and sign not in _MEANING else found[0]


def without_embeds(text: str, met: Callable[[str], object]) -> str:
    """The text without embedded media; `met` is told the identifier of each, in their order."""
    if "dayone-moment:" not in text:
        return text

    def take(found: re.Match[str]) -> str:
        met(found[1])
        return ""

    return re.sub(r"\n{3,}", "\n\n", _EMBED.sub(take, text)).strip("\n")


def without_links(text: str) -> tuple[str, bool]:
    """The text with the words of links to other entries alone, and whether there were any."""
    if "dayone" not in text:
        return text, False
    text, count = _LINK.subn(lambda found: found[1] or "", text)
    return text, bool(count)


def of_rich_text(value: object) -> str:
    """Markdown of the JSON that Day One keeps beside the text, for an entry that has no other."""
    try:
        contents = list_of(keys_of(whole(text_of(value).encode())).get("contents"))
    except (ValueError, UnicodeError):
        return ""
    return "".join(_rich_part(keys_of(part)) for part in contents).strip("\n")


def _rich_part(part: Keys) -> str:
    embedded = (keys_of(embed) for embed in list_of(part.get("embeddedObjects")))
    media = "".join(f"![](dayone-moment://{word_of(embed.get('identifier'))})\n" for embed in embedded if word_of(embed.get("identifier")))
    line = keys_of(keys_of(part.get("attributes")).get("line"))
    level = line.get("header")
    heading = "#" * level + " " if isinstance(level, int) and 0 < level <= 6 else ""
    item = {"bulleted": "- ", "numbered": "1. ", "checkbox": "- [ ] "}.get(word_of(line.get("listStyle")), "")
    return heading + item + text_of(part.get("text")) + media
