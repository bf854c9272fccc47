"""Markdown as people write it in a journal: Python-Markdown, with what this package registers in place of its own.

What looks like HTML, or like a link's definition, is shown as it was typed.
"""

from markdown import Markdown
from markdown.extensions import Extension
from markdown.util import Registry

from journal.markup.blocks import Blocks
from journal.markup.budget import Budget
from journal.markup.emphasis import Emphasis
from journal.markup.inline import BareLinks, BracketedLinks, Breaks, Code, Links
from journal.markup.patterns import BRACKETED_LINK, BRACKETED_MAIL

# Python-Markdown's inline patterns, all of them.
REPLACED = ["backtick", "escape", "reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref"]
REPLACED += ["autolink", "automail", "linebreak", "html", "entity", "em_strong"]


class JournalMarkdown(Extension):
    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors = Registry()
        md.postprocessors = Registry()
        md.parser.blockprocessors = Registry()
        for name in REPLACED:
            md.inlinePatterns.deregister(name)
        md.delimiters = None
        md.parser.blockprocessors.register(Blocks(md.parser, self.budget), "blocks", 100)
        md.inlinePatterns.register(Code(md), "code", 190)
        md.inlinePatterns.register(Links(md), "links", 160)
        md.inlinePatterns.register(BracketedLinks(BRACKETED_LINK, "", md), "bracketed_links", 120)
        md.inlinePatterns.register(BracketedLinks(BRACKETED_MAIL, "mailto:", md), "bracketed_mail", 110)
        md.inlinePatterns.register(BareLinks(md), "bare_links", 105)
        md.inlinePatterns.register(Breaks(md), "breaks", 100)
        md.treeprocessors.register(Emphasis(md), "emphasis", 15)  # between what finds the other signs and what undoes escapes


def new_converter(budget: Budget) -> Markdown:
    return Markdown(extensions=[JournalMarkdown(budget)], output_format="html")
