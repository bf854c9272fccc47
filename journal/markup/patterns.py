"""What the lines and signs of Markdown look like. Every pattern is linear in what it looks at."""

import re

# Behind a fence may stand the name of a language. More than one word there is a sentence that somebody has framed.
FENCE_SIGNS = r"(`{3,}+|~{3,}+)[ \t]*+([\w+#.-]*+)[ \t]*+$"
FENCE = re.compile(rf"( {{0,3}}){FENCE_SIGNS}")
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(?=\S)")
RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
QUOTE = re.compile(r" {0,3}> ?")
UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,})[ \t]*$")
# Numbers of four digits are years, and those that begin with a zero dates, more often than they count.
ITEM = re.compile(r"( *)(?:([-*+])|(0|[1-9]\d{0,2})([.)]))(?: +|$)")
INTERRUPTING_ITEM = re.compile(r" *(?:[-*+]|1[.)]) +\S")

LINK = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s]")
# [text](address "title"): brackets and parentheses may be nested once.
INLINE_LINK = re.compile(
    r"""!?\[(?P<text>(?:[^\[\]]++|\[[^\[\]]*+\])*+)\]
    \(\s*+(?:<(?P<bracketed>[^<>\n]*+)>|(?P<address>(?:[^\s()<>]++|\([^\s()<>]*+\))++))
    (?:\s++(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'))?+\s*+\)""",
    re.VERBOSE,
)
# Addresses become links only with their scheme: "it.so" is the end of a sentence more often than a host name. Quotation marks
# and the punctuation of scripts that write without spaces end them.
BARE_LINK = re.compile(r"(?i)(?<![\w/])https?://[^\s<>\"«»‹›“”„‘’「」『』《》〈〉（）【】。、，！？；：…\x02\x03|]+")
BRACKETED_LINK = re.compile(r"(?i)<((?:https?://|mailto:|tel:)[^\s<>]+)>")
BRACKETED_MAIL = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*)>")
SIGN = re.compile(r"[\\`*_~\[<\n]|://")


def closes_fence(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and not stripped.strip(fence[0]) and len(line) - len(line.lstrip(" ")) <= 3


def starts_block(line: str) -> bool:
    """Whether the line ends a paragraph that it follows at once."""
    return bool(HEADING.match(line) or QUOTE.match(line) or FENCE.match(line) or RULE.match(line) or INTERRUPTING_ITEM.match(line))


def may_go_on(line: str) -> bool:
    """Whether a paragraph that ends with this line may go on in a line that is not marked as its container's."""
    return bool(line.strip()) and not (HEADING.match(line) or RULE.match(line) or FENCE.match(line))


def heading_text(text: str) -> str:
    """Without the signs that may close it."""
    text = text.strip()
    without = text.rstrip("#")
    return without.rstrip() if without.endswith((" ", "\t")) or not without else text


def is_table_divider(line: str) -> bool:
    return "|" in line and "-" in line and not line.strip("|:- \t")


def without_punctuation(address: str) -> str:
    """A bare address without the punctuation that follows it, as on GitHub: a bracket belongs to it where it was opened in it."""
    surplus = {")": address.count(")") - address.count("("), "]": address.count("]") - address.count("[")}
    end = len(address)
    while end and (address[end - 1] in ".,;:!?'*_~" or surplus.get(address[end - 1], 0) > 0):
        if address[end - 1] in surplus:
            surplus[address[end - 1]] -= 1
        end -= 1
    return address[:end]
