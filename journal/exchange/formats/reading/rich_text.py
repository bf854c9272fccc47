"""Editors' own JSON as Markdown: Lexical (Standard Notes' Super notes) and Quill's Delta (Journiv)."""

from journal.exchange.formats.reading.json_values import Keys, keys_of, list_of, text_of, whole, word_of

_DEEPEST = 24  # what is nested deeper is left out
_BITS = ((16, "`"), (4, "~~"), (2, "*"), (1, "**"))  # bold 1, italic 2, struck 4, underlined 8, code 16
_LISTS = {"bullet": "- ", "ordered": "1. ", "unchecked": "- [ ] ", "checked": "- [x] "}


def marked(text: str, *signs: str) -> str:
    """Signs around the words, and not around the spaces beside them."""
    words = text.strip()
    if not words or not signs:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    for sign in signs:
        words = sign + words + sign
    return before + words + after


# --- Lexical.


def of_lexical(text: str) -> str:
    """Raises ValueError for what is no Lexical."""
    root = keys_of(keys_of(whole(text.encode(errors="replace"))).get("root"))
    if not root:
        raise ValueError("This is no Lexical.")
    blocks = (_block(keys_of(node), 0) for node in list_of(root.get("children")))
    return "\n\n".join(block for block in blocks if block.strip())


def _block(node: Keys, depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    kind = word_of(node.get("type"))
    if kind == "list":
        return _list(node, depth)
    if kind == "horizontalrule":
        return "---"
    text = _inline(node, depth)
    if kind == "heading":
        tag = word_of(node.get("tag"))
        return "#" * (int(tag[1]) if tag[1:] in set("123456") else 2) + " " + text
    if kind == "quote":
        return "> " + text.replace("\n", "\n> ")
    return f"```\n{text}\n```" if kind == "code" else text


def _list(node: Keys, depth: int) -> str:
    kind, lines = word_of(node.get("listType")), []
    for number, item in enumerate((keys_of(child) for child in list_of(node.get("children"))), start=1):
        inner = [keys_of(child) for child in list_of(item.get("children"))]
        nested = [_block(child, depth + 1) for child in inner if child.get("type") == "list"]
        words = _inline({"children": [child for child in inner if child.get("type") != "list"]}, depth + 1)
        sign = f"{number}. " if kind == "number" else ("- [x] " if item.get("checked") is True else "- [ ] ") if kind == "check" else "- "
        if words.strip():
            lines.append(sign + words.replace("\n", "\n  "))
        lines += ["  " + block.replace("\n", "\n  ") for block in nested if block]
    return "\n".join(lines)


def _inline(node: Keys, depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    parts = []
    for child in (keys_of(child) for child in list_of(node.get("children"))):
        kind = word_of(child.get("type"))
        if kind == "linebreak":
            parts.append("\n")
        elif "text" in child:
            bits = child.get("format")
            bits = bits if isinstance(bits, int) else 0
            parts.append(marked(text_of(child.get("text")), *(sign for bit, sign in _BITS if bits & bit)))
        else:
            words = _inline(child, depth + 1)
            address = word_of(child.get("url"))
            parts.append(f"[{words}]({address})" if words and address.startswith(("http://", "https://", "mailto:")) else words)
    return "".join(parts)


# --- Quill.


def is_quill(content: object) -> bool:
    return isinstance(keys_of(content).get("ops"), list) or (
        isinstance(content, str) and content.lstrip().startswith(('{"ops"', '{ "ops"', '[{"insert"', '{\n  "ops"'))
    )


def of_quill(content: object) -> str:
    """Raises ValueError for what is no Delta."""
    value = whole(content.encode(errors="replace")) if isinstance(content, str) else content
    ops = value if isinstance(value, list) else keys_of(value).get("ops")
    if not isinstance(ops, list):
        raise ValueError("This is no Delta.")
    lines: list[str] = []
    line: list[str] = []
    for op in (keys_of(op) for op in ops):
        attributes, insert = keys_of(op.get("attributes")), op.get("insert")
        if not isinstance(insert, str):
            continue  # a picture, which the entry lists among its media
        words, *more = text_of(insert).split("\n")
        line.append(_styled(words, attributes))
        for words in more:  # what a line is, is said with the sign that ends it
            lines.append(_line("".join(line), attributes))
            line = [_styled(words, attributes)]
    lines.append("".join(line))
    return "\n".join(lines).strip("\n")


def _styled(words: str, attributes: Keys) -> str:
    signs = {"code": "`", "strike": "~~", "italic": "*", "bold": "**"}
    text = marked(words, *(sign for name, sign in signs.items() if attributes.get(name) is True))
    address = word_of(attributes.get("link"))
    return f"[{text}]({address})" if text.strip() and address.startswith(("http://", "https://", "mailto:")) else text


def _line(text: str, attributes: Keys) -> str:
    level = attributes.get("header")
    if isinstance(level, int) and 0 < level <= 6:
        return "#" * level + " " + text
    if attributes.get("blockquote") is True:
        return f"> {text}"
    indent = attributes.get("indent")
    depth = min(indent, 6) if isinstance(indent, int) and indent > 0 else 0
    sign = _LISTS.get(word_of(attributes.get("list")), "")
    return "  " * depth + sign + text if sign else text
