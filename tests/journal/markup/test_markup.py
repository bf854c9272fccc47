"""`journal.markup`: Markdown as people type it becomes HTML that runs nothing and fetches nothing."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import markup
from journal.models import Entry
from tests.factories import make_user, page_fields
from tests.helpers import element, read

# One on each line; ⏎ stands for a line's end within one.
VECTORS = Path(__file__).with_name("xss_vectors.txt").read_text(encoding="utf-8").split("\n")[:-1]
VECTORS = [vector.replace("⏎", "\n") for vector in VECTORS]
SAFE_LINK = re.compile(r"(?i)(https?://|mailto:|tel:|$)")
ALLOWED = {"href", "title", "rel", "start", "align"}


def rendered(text: str) -> BeautifulSoup:
    return BeautifulSoup(markup.render(text), "html.parser")


def faults(page: Tag) -> list[str]:
    """What rendered text must not contain: elements outside the list, attributes that run or fetch, unsafe links."""
    faults = []
    for tag in page.find_all(True):
        if tag.name not in markup.TAGS:
            faults.append(f"element {tag.name}")
        faults += [f"{tag.name} {name}" for name in tag.attrs if name not in ALLOWED]
        link = str(tag.get("href", ""))
        if not SAFE_LINK.match(link):
            faults.append(f"link {link}")
        if tag.name == "a" and tag.get("rel") != ["noopener", "nofollow"]:
            faults.append("a link without rel")
    return faults


class RenderTests:
    @pytest.mark.parametrize(
        ("text", "selector", "words"),
        [
            ("# Rain", "h2", "Rain"),
            ("###### Rain", "h6", "Rain"),
            ("so *very* so", "em", "very"),
            ("so **very** so", "strong", "very"),
            ("Today:\n- soup\n- rain", "ul li:nth-of-type(2)", "rain"),
            ("1. soup\n2. rain", "ol li:nth-of-type(2)", "rain"),
            ("Today:\n1. soup\n2. rain", "ol li:nth-of-type(2)", "rain"),
            ("7. soup\n8. rain", 'ol[start="7"] li:nth-of-type(2)', "rain"),
            ("1. soup\n    - salt", "ol ul li", "salt"),
            ("- soup\n    - with salt", "ul ul li", "with salt"),
            ("> she said", "blockquote p", "she said"),
            ("before\n> she said", "blockquote p", "she said"),
            ("[here](https://example.org/a)", 'a[href="https://example.org/a"]', "here"),
            ('[here](https://example.org "a heron")', 'a[title="a heron"]', "here"),
            ("[call](tel:+46701234567)", 'a[href="tel:+46701234567"]', "call"),
            ("[write](mailto:ines@example.org)", 'a[href="mailto:ines@example.org"]', "write"),
            ("<https://example.org/a>", 'a[href="https://example.org/a"]', "https://example.org/a"),
            ("[here][1]\n\n[1]: https://example.org/a", 'a[href="https://example.org/a"]', "https://example.org/a"),
            ("see https://example.org/a.", 'a[href="https://example.org/a"]', "https://example.org/a"),
            ("| a | b |\n|---|--:|\n| 1 | 2 |", 'td[align="right"]', "2"),
            ("| a | b |\n|:-:|---|\n| 1 | 2 |", 'td[align="center"]', "1"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "thead th:nth-of-type(2)", "b"),
            ("```python\nrun()\n```", "pre code", "run()\n"),
            ("_so_ and __so__", "em + strong", "so"),
            ("```\n<b> & c\n```", "pre code", "<b> & c\n"),
            ("`<b>`", "code", "<b>"),
            ("![a heron](https://example.org/heron.png)", 'a[href="https://example.org/heron.png"]', "a heron"),
        ],
    )
    def test_shows_what_markdown_has(self, text: str, selector: str, words: str) -> None:
        assert element(rendered(text), selector).get_text() == words

    def test_headings_are_one_level_below_the_pages_own(self) -> None:
        page = rendered("\n\n".join(f"{'#' * level} Level {level}" for level in range(1, 7)))

        assert [heading.name for heading in page.find_all(True)] == ["h2", "h3", "h4", "h5", "h6", "h6"]

    def test_links_say_nothing_to_the_page_that_they_lead_to(self) -> None:
        page = rendered("[here](https://example.org), <https://example.org>, https://example.org and ![it](https://example.org/x.png)")

        assert [link["rel"] for link in page.select("a")] == [["noopener", "nofollow"]] * 4

    def test_lines_break_where_they_were_broken(self) -> None:
        assert len(rendered("one\ntwo\nthree").select("br")) == 2

    def test_three_hyphens_are_a_rule(self) -> None:
        assert rendered("one\n\n---\n\ntwo").hr

    def test_what_looks_like_html_is_text(self) -> None:
        text = "<grin> & <b>bold</b> <3 &amp; 1 < 2"

        assert rendered(text).get_text().strip() == "<grin> & <b>bold</b> <3 & 1 < 2"

    def test_what_looks_like_a_links_definition_is_text(self) -> None:
        text = '[Pip]: no\n[Juni]: yes "please"'

        assert rendered(text).get_text().strip() == text

    def test_ends_of_sentences_are_no_links(self) -> None:
        assert not rendered("We did it.so tired. Then www.example and a@b.").find("a")

    def test_a_list_in_code_stays_code(self) -> None:
        assert element(rendered("```\ntext\n- no list\n```"), "code").get_text() == "text\n- no list\n"


class VectorsTests:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_do_nothing(self, vector: str) -> None:
        for text in (vector, f"Before {vector} after", f"> {vector}\n\n- {vector}", f"{vector}\n\n{vector}"):
            assert not faults(rendered(text))

    def test_are_many(self) -> None:
        assert len(VECTORS) >= 120
        assert len(set(VECTORS)) == len(VECTORS)

    @pytest.mark.django_db
    def test_do_nothing_on_an_entry_of_their_own(self, client: Client) -> None:
        author = make_user()
        client.force_login(author)
        for vector in VECTORS:
            response = client.post("/journal/new/", page_fields(author, text=vector))
            page = read(client, response["Location"])
            assert not faults(element(page, "article .reading")), vector

    @pytest.mark.django_db
    def test_do_nothing_on_the_page_that_shows_them(self) -> None:
        client = Client()
        author = make_user()
        client.force_login(author)
        for start in range(0, len(VECTORS), 12):
            client.post("/journal/new/", page_fields(author, text="\n\n".join(VECTORS[start : start + 12])))
        entries = list(Entry.objects.all())

        assert len(entries) == -(-len(VECTORS) // 12)
        for entry in entries:
            for url in (entry.get_absolute_url(), f"{entry.get_absolute_url()}edit/"):
                page = read(client, url)
                assert all(str(script.get("src")).startswith("/static/") for script in page.find_all("script"))
                assert not page.find_all(["iframe", "object", "embed", "base", "style"])
                reading = page.select_one(".reading")
                assert reading is None or not faults(reading)
                assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


CONTROL = [
    "\0",
    "\x02",
    "\x03",
    "\x0b",
    "\x1f",
    "\x85",
    "\xa0",
    "\xad",
    "\u200b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "\x02wzxhzdk:0\x03",
]


@pytest.mark.parametrize("character", CONTROL)
def test_no_control_character_breaks_it(character: str) -> None:
    assert not faults(
        rendered(
            f"[x](java{character}script:alert(1)) [x]({character}javascript:alert(1)) <img{character}src=x{character}onerror=alert(1)> {character}`<b>`"
        )
    )
    assert not faults(
        rendered(f"[x](https://ok.example{character}onclick=alert(1)) [x](https://ok.example '{character}\" onclick=alert(1)')")
    )


@given(st.text())
def test_no_text_at_all_breaks_it(text: str) -> None:
    assert not faults(rendered(text))


@given(st.lists(st.sampled_from([*"<>[]()!*_`#|~\\&;:\"'/= \n-", "javascript:", "http://", "on", "script", "x"]), max_size=60))
def test_no_sequence_of_special_characters_breaks_it(signs: list[str]) -> None:
    assert not faults(rendered("".join(signs)))


@given(st.lists(st.from_regex(r"\A[a-zåäö0-9]{1,12}\Z"), min_size=1, max_size=200))
def test_no_word_is_lost(words: list[str]) -> None:
    assert rendered(" ".join(words)).get_text().split() == words


def test_lists_nested_some_thousand_deep_are_shown_as_they_were_typed() -> None:
    text = "1. " * 5_000 + "soup\nand <rain>"

    assert rendered(text).get_text() == text


def test_a_long_text_loses_nothing_between_its_parts() -> None:
    text = "\n\n".join(f"paragraph number {n} " + "word " * 50 for n in range(400))

    assert [int(n) for n in re.findall(r"paragraph number (\d+)", rendered(text).get_text())] == list(range(400))


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(st.sampled_from(["{}", "- {}", "> {}", "# {}", "```\n{}\n```", "```\n{}", "    {}", "| {} |"]), st.integers(1, 4_000)),
        min_size=5,
    )
)
def test_a_long_text_of_any_markup_loses_no_word(blocks: list[tuple[str, int]]) -> None:
    numbered = [" ".join(f"word{n}x{at}" for at in range(count)) for n, (_form, count) in enumerate(blocks)]

    shown = rendered("\n\n".join(form.format(words) for (form, _count), words in zip(blocks, numbered, strict=True)))

    assert re.findall(r"word\d+x\d+", shown.get_text(" ")) == " ".join(numbered).split()


def test_one_endless_line_is_shown_as_it_is() -> None:
    assert rendered("<b>" + "x" * 30_000).get_text().strip() == "<b>" + "x" * 30_000


class ExcerptTests:
    @pytest.mark.parametrize(
        ("text", "excerpt"),
        [
            ("", ""),
            ("# Rain\n\nwe *ran* and **ran**", "Rain we ran and ran"),
            ("> she said\n- one\n1. two", "she said one 1. two"),
            ("[here](https://example.org) and ![there](x.png)", "here and ![there](x.png)"),
            ("---\n```\ncode\n```", "code"),
            ("> - one\n> > two\n>three", "one two three"),
            ("- 1. # one", "1. one"),
            ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
            ("-5 degrees, #3 and 1.5 litres", "-5 degrees, #3 and 1.5 litres"),
            ("one\n\n\n two\tthree", "one two three"),
            ("2019. We moved.\n12. The window.", "2019. We moved. 12. The window."),
            ("#1 reason", "#1 reason"),
            ("snake_case a | b ~5 kg 5 * 3 * 2", "snake_case a | b ~5 kg 5 * 3 * 2"),
            ("*a **b** c* __d__ ~~e~~ `f_g`", "a b c d e f_g"),
            ("\\*not\\* [this](/page)", "*not* [this](/page)"),
            ("Rain\n===\nIt rained. # no", "Rain It rained. # no"),
            ("one\x0btwo\0", "one two"),
            ("\n" * 3_000 + "Late.", "Late."),
        ],
    )
    def test_is_the_beginning_without_markup(self, text: str, excerpt: str) -> None:
        assert markup.excerpt(text) == excerpt

    def test_is_cut_between_words(self) -> None:
        excerpt = markup.excerpt("heron " * 200)

        assert excerpt.endswith("heron …")
        assert len(excerpt) <= markup.EXCERPT_LENGTH + 2

    @given(st.lists(st.from_regex(r"\A[a-zåäö0-9]{1,12}\Z"), max_size=80), st.integers(1, 2))
    def test_of_plain_words_is_those_that_fit(self, words: list[str], ends: int) -> None:
        excerpt = markup.excerpt(("\n" * ends).join(words))

        kept = excerpt.removesuffix(" …").split()
        assert kept == words[: len(kept)]
        assert excerpt.endswith(" …") == (len(kept) < len(words))
        assert len(" ".join(words[: len(kept) + 1])) > markup.EXCERPT_LENGTH or kept == words

    @given(st.one_of(st.text(max_size=1_000), st.text("abc -*_#>|`[]()1.\n", max_size=1_000)))
    def test_of_anything_is_one_short_line(self, text: str) -> None:
        excerpt = markup.excerpt(text)

        assert len(excerpt) <= markup.EXCERPT_LENGTH + 2
        assert excerpt == " ".join(excerpt.split())

    @pytest.mark.parametrize("word", ["x" * 1_000, "x" * 221])
    def test_of_a_word_that_does_not_fit_is_its_beginning(self, word: str) -> None:
        assert markup.excerpt(word) == "x" * markup.EXCERPT_LENGTH + " …"
