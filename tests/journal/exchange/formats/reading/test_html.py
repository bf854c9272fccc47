"""HTML of other journals becomes Markdown that reads the same here, and nothing of it that runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exchange.formats.reading.html import to_markdown
from journal.markup import render
from tests.growth import Work, steepest


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p>\n<p></p>\n<p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<b>bold </b><i>it</i> <strong><em>both</em></strong> <s>gone</s> <code>x</code>", "**bold** *it* ***both*** ~~gone~~ `x`"),
        ("<h1>Bath <b>time</b></h1>text", "# Bath time\n\ntext"),
        ("<ul><li>one</li><li>two<ol><li>a</li><li>b</li></ol></li></ul>after", "- one\n- two\n  1. a\n  2. b\n\nafter"),
        ("<blockquote><p>q</p><p>r<br>s</p></blockquote><p>t</p>", "> q\n>\n> r\n> s\n\nt"),
        ("<pre>a\n  *b*</pre>", "```\na\n  *b*\n```"),
        (
            "a <a href='https://example.org/?a=1&amp;b=2'>link</a> <a href='javascript:x'>no</a>",
            "a [link](https://example.org/?a=1&b=2) no",
        ),
        ("<hr>x", "---\n\nx"),
        ("<input type=checkbox checked>done <input type=checkbox>open", "[x] done [ ] open"),
        ("a &lt; b &amp;&amp; c&nbsp;d &#128161;", "a < b && c d 💡"),
        ("<p># no heading</p><p>1. none</p><p>- nor this</p>", "\\# no heading\n\n1\\. none\n\n\\- nor this"),
        ("2 * 3, snake_case, *x* and _y_", "2 * 3, snake_case, \\*x\\* and \\_y\\_"),
        ("<script>x()</script><style>p{}</style><!-- no --><svg><a>x</a></svg>ok<!-- open", "ok open"),
        ("a<iframe>b</iframe>c<svg/>d<object>e<iframe>f", "acdef"),  # what is never closed hides nothing
        ("a<script>b", "a"),
        ("a<table><tr><td>b</td><td>c</td></tr></table>", "a\n\nb c"),
        ("<b>never closed", "never closed"),
        ("<b>a<br>b</b>", "**a**\n**b**"),
        ("", ""),
    ],
)
def test_signs(html: str, markdown: str) -> None:
    assert to_markdown(html)[0] == markdown


def test_pictures_are_named_and_left_out() -> None:
    assert to_markdown('a<img alt="x" src="media/b.png">c') == ("ac", ["media/b.png"])


# Without what a text would be changed by: its spaces are HTML's to give.
words = st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters="\x85\u2028\u2029"), min_size=1, max_size=30)


@given(words)
def test_words_look_the_same_whatever_signs_they_hold(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    markdown, _pictures = to_markdown(f"<p>so {escaped}, yes</p>")

    assert markdown.replace("\\", "").replace("`", "") == f"so {text}, yes".replace("\\", "").replace("`", "")
    assert "<script" not in render(markdown)


@given(
    st.lists(
        st.sampled_from(
            "<b> </b> <i> </i> <p> </p> <ul> <li> </ul> <ol> <pre> </pre> <blockquote> x * <script> <a> </a> <h2> </h2> <br>".split()
        )
    )
)
def test_no_tag_comes_through(tokens: list[str]) -> None:
    markdown, _pictures = to_markdown("".join(tokens))

    assert not {"<b>", "<script>", "<a", "<p>", "</"} & set(markdown.split())
    assert "<script" not in markdown


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<a ",
        "<a b='",
        "<",
        "<b>",
        "<ul>",
        "<ul><li>x",
        "<blockquote>x",
        "<b>x</i>",
        "<i><b>a</i></b>",
        "<b>a<br>",
        "*",
        "&#x",
        "</ul>",
        "<pre>`",
    ],
)
def test_work_grows_with_the_text_alone(piece: str) -> None:
    assert steepest(Work(to_markdown, lambda size: (piece * size,), 250), limit=3) <= 3
