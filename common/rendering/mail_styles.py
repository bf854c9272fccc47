"""How mails look. Each class of their templates is written here once, and reaches a mail as inline styles, which every mail program
reads, and as rules for those that show mails in the dark.

The colours are tokens of static/css/tokens.css, on paper and at night.
"""

import re

from django.utils.safestring import SafeString, mark_safe

PAPER = {
    "ground": "#f6f1e7",
    "page": "#fffdf8",
    "page-raised": "#f9f4ea",
    "ink": "#23262f",
    "quiet": "#5a5e6b",
    "lamp": "#9a5a0c",
    "on-lamp": "#fffdf8",
    "line": "#e4dccb",
    "window-dark": "#e6decd",
    "window-long": "#c27c1a",
}
NIGHT = {
    "ground": "#12151d",
    "page": "#1a1f2b",
    "page-raised": "#212736",
    "ink": "#ece6d9",
    "quiet": "#a9adba",
    "lamp": "#f0b45a",
    "on-lamp": "#1a1408",
    "line": "#2c3342",
    "window-dark": "#232a39",
    "window-long": "#f0b45a",
}

_SERIF = "font-family:Georgia,'Times New Roman',serif"
_SANS = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"
_STYLES = {
    "mail-ground": "margin:0;padding:0;background-color:{ground}",
    "mail-page": "padding:36px 36px 28px;background-color:{page};border:1px solid {line};border-radius:14px",
    "mail-beside": "padding:18px 36px 8px",
    "mail-title": f"margin:0 0 20px;{_SERIF};font-size:27px;font-weight:normal;line-height:1.3;color:{{ink}}",
    "mail-text": f"margin:0 0 18px;{_SERIF};font-size:17px;line-height:1.65;color:{{ink}};overflow-wrap:anywhere",
    "mail-list": f"margin:0 0 18px;padding:0 0 0 20px;{_SERIF};font-size:17px;line-height:1.65;color:{{ink}};overflow-wrap:anywhere",
    "mail-label": f"margin:0 0 8px;{_SANS};font-size:14px;font-weight:normal;line-height:1.5;color:{{quiet}}",
    "mail-question": f"margin:0;{_SERIF};font-size:23px;line-height:1.4;color:{{ink}}",
    "mail-carried": "padding:22px 24px 24px;background-color:{page-raised};border-radius:8px",
    "mail-code": f"margin:8px 0 24px;{_SANS};font-size:30px;line-height:1.3;font-weight:600;letter-spacing:3px;color:{{lamp}}",
    "mail-address": f"margin:0 0 18px;{_SANS};font-size:15px;line-height:1.6;color:{{ink}};overflow-wrap:anywhere",
    "mail-link": "color:{lamp};text-decoration:underline",
    "mail-button": "background-color:{lamp};border-radius:999px",
    "mail-button-link": f"display:inline-block;padding:13px 26px;{_SANS};font-size:16px;line-height:1.3;font-weight:600;"
    "color:{on-lamp};text-align:center;text-decoration:none;border-radius:999px",
    "mail-foot": f"margin:0 0 8px;{_SANS};font-size:14px;line-height:1.6;color:{{quiet}};overflow-wrap:anywhere",
    "mail-foot-link": "display:inline-block;margin:0 16px 0 0;padding:6px 0;color:{quiet};text-decoration:underline",
    "mail-day": f"padding:4px 6px 0 0;{_SANS};font-size:12px;line-height:1.4;color:{{quiet}}",
    "mail-lit": "background-color:{window-long};font-size:1px;line-height:1px;border-radius:2px",
    "mail-dark": "background-color:{window-dark};border:1px solid {line};font-size:1px;line-height:1px;border-radius:3px",
}
_TOKEN = re.compile(r"\{([a-z-]+)\}")
_CLASS = re.compile(r'class="(mail-[a-z-]+)"')


def _coloured(style: str, tokens: dict[str, str]) -> str:
    return _TOKEN.sub(lambda match: tokens[match[1]], style)


_INLINE = {name: _coloured(style, PAPER) for name, style in _STYLES.items()}


def _night_rules() -> str:
    """A rule for each class, with those of its declarations that have a colour."""
    rules = []
    for name, style in _STYLES.items():
        coloured = [f"{_coloured(part, NIGHT)} !important" for part in style.split(";") if _TOKEN.search(part)]
        if coloured:
            rules.append(f".{name} {{ {'; '.join(coloured)} }}")
    return "\n".join(rules)


NIGHT_RULES = SafeString(_night_rules())


def inlined(html: str) -> SafeString:
    """A rendered mail with its styles on each of its elements, from the classes that they have."""
    return mark_safe(_CLASS.sub(lambda match: f'{match[0]} style="{_INLINE[match[1]]}"', html))  # noqa: S308  it was rendered by a template
