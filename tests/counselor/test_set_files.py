"""`counselor.set_files`: a set written to a file is read back the same, and what is wrong in a file is reported with its line."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.text import block, one_line
from counselor.set_files import csv_files, kinds, reading, toml_files
from counselor.set_files.findings import FileSet, InvalidSetFile
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, MAX_STEPS, NAME_LIMIT, NOTE_LIMIT, SetStep, content_of
from prompts.models import QUESTION_LIMIT, SetContent

KNOWN = frozenset({"at-the-door", "on-the-stairs", "in-the-yard"})

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TRICKY = st.sampled_from(
    ["=1+1", "'=1", "''@x", "[[step]]", 'name = "x"', '"""', "'''", "a;b,c", "\\n", "# not", "\ufeffx", "- a\n\n- b", "é “ñ”"]
)
LINE = (TEXT | TRICKY | st.tuples(TRICKY, TEXT).map("".join)).map(one_line)
BLOCK = (TEXT | TRICKY | st.lists(TRICKY, max_size=3).map("\n".join)).map(block)
OWN = st.builds(lambda question, note: SetStep("", question=question, note=note), LINE.filter(bool), BLOCK)


@st.composite
def set_words(draw: st.DrawFn) -> SetContent:
    asked = draw(st.lists(st.sampled_from(sorted(KNOWN)), unique=True))
    steps = [*draw(st.lists(OWN, min_size=1, max_size=4)), *(SetStep("", prompt=slug, note=draw(BLOCK)) for slug in asked)]
    return content_of(draw(LINE.filter(bool)), draw(BLOCK), draw(st.permutations(steps)), draw(BLOCK))


def read(text: str | bytes, filename: str = "") -> FileSet:
    return reading.read(text.encode() if isinstance(text, str) else text, filename, KNOWN)


def problems(text: str | bytes, filename: str) -> list[tuple[int, str]]:
    with pytest.raises(InvalidSetFile) as raised:
        read(text, filename)
    return [(problem.line, problem.message) for problem in raised.value.problems]


def assert_refused(text: str | bytes, filename: str, *wanted: tuple[int, str]) -> None:
    """The file has exactly these problems: the line of each, and words from its message."""
    reported = problems(text, filename)
    assert [line for line, _message in reported] == [line for line, _words in wanted], reported
    for (_, message), (_, words) in zip(reported, wanted, strict=True):
        assert words in message


def problem_lines(data: bytes, filename: str) -> list[int] | None:
    """The lines with problems; None where the file is a valid set."""
    try:
        file_set = read(data, filename)
    except InvalidSetFile as error:
        return [problem.line for problem in error.problems if problem.message]
    return None if file_set.steps else []


def archive(*names: str, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if first:
            file.writestr("mimetype", first)
        for name in names:
            file.writestr(name, "x" * 50)
    return out.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OFFICE = ("[Content_Types].xml", "_rels/.rels")
FOREIGN = {
    "picture": [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF0000WEBP",
        b"\0\0\0\x18ftypheic",
        b"<?xml version='1.0'?>\n<svg>",
    ],
    "PDF": [b"%PDF-1.7"],
    "spreadsheet": [
        archive(*OFFICE, "xl/workbook.xml"),
        archive("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"),
        archive("Index/Tables/DataList.iwa"),
        OLD_OFFICE + "Workbook".encode("utf-16-le"),
    ],
    "document": [
        archive(*OFFICE, "word/document.xml"),
        archive("content.xml", first=b"application/vnd.oasis.opendocument.text"),
        OLD_OFFICE + "WordDocument".encode("utf-16-le"),
        b"{\\rtf1",
    ],
    "ZIP": [archive("set.toml"), archive(), b"7z\xbc\xaf'\x1c", b"\x1f\x8b\x08"],
    "web page": [b"\n<!DOCTYPE html><p>", b"<html>"],
    "sound or video": [b"RIFF0000WAVE", b"ID3\x04", b"\0\0\0\x20ftypisom"],
    "program": [b"MZ\x90\0", b"SQLite format 3\0"],
}


class ForeignTests:
    @pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, each in FOREIGN.items() for data in each])
    def test_a_file_of_another_kind_is_named_with_what_to_do(self, kind: str, data: bytes) -> None:
        message = str(kinds.foreign(data) or "")

        assert kind in message
        assert len(re.findall(r"[.](?: |$)", message)) >= 2

    @given(set_words())
    def test_no_set_is_taken_for_one(self, words: SetContent) -> None:
        for text in (toml_files.write(words), csv_files.write(words)):
            assert kinds.foreign(text.encode()) is None

    @given(st.binary(max_size=60))
    def test_no_bytes_fail(self, data: bytes) -> None:
        kinds.foreign(data)


class RoundTripTests:
    @given(set_words())
    def test_toml_gives_back_the_whole_set(self, words: SetContent) -> None:
        file_set = read(toml_files.write(words), "set.toml")

        assert content_of(file_set.name, file_set.introduction, file_set.steps, file_set.caution) == words

    @given(set_words())
    def test_csv_gives_back_the_steps(self, words: SetContent) -> None:
        file_set = read(csv_files.write(words), "set.csv")

        assert content_of("", "", file_set.steps).steps == words.steps

    @given(set_words())
    def test_no_cell_begins_like_a_formula(self, words: SetContent) -> None:
        rows = csv.reader(io.StringIO(csv_files.write(words).removeprefix("\ufeff"), newline=""))

        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]

    @given(st.binary(max_size=300), st.sampled_from(["a.toml", "a.csv", "a", ""]))
    @example(b"x = " + b"[" * 5000, "a.toml")
    @example(b"x = " + b"9" * 5000, "a.toml")
    @example(b"question\n" + b"a" * 140_000, "a.csv")
    @example(b'question\n"a" b"\n', "a.csv")
    @example(b"step = 3", "a.toml")
    @example(b"\xff\xfeq\0", "")
    def test_no_bytes_raise_anything_else(self, data: bytes, filename: str) -> None:
        lines = problem_lines(data, filename)

        assert lines is None or (lines and min(lines) >= 1)

    @given(st.text(st.sampled_from("[]\"'=#\n\r;,. \\step0name{}é\0"), max_size=80), st.sampled_from(["a.toml", "a.csv"]))
    def test_no_text_of_its_signs_raises_anything_else(self, text: str, filename: str) -> None:
        lines = problem_lines(text.encode(), filename)

        assert lines is None or (lines and 1 <= min(lines) <= max(lines) <= len(re.findall(r"[\r\n]", text)) + 1)


class CsvTests:
    def test_columns_come_in_any_order_with_commas_or_semicolons_and_in_any_case(self) -> None:
        for text in ("question,prompt,note\nWho?,,n\n,at-the-door,", "Note;PROMPT;Question\r\nn;;Who?\r\n;at-the-door;\r\n"):
            assert read(text, "x.csv").steps == (SetStep("", question="Who?", note="n"), SetStep("", prompt="at-the-door"))

    def test_a_byte_order_mark_and_empty_lines_do_not_matter(self) -> None:
        assert read("\ufeff\nquestion\n\n , \nWho?\n", "x.csv").steps == (SetStep("", question="Who?"),)

    def test_is_known_by_its_content_where_the_name_says_nothing(self) -> None:
        assert read("question\nWho?").steps == (SetStep("", question="Who?"),)
        assert read('name = "A"\n[[step]]\nquestion = "Who?"').name == "A"

    def test_tells_another_encoding_with_its_line(self) -> None:
        assert_refused("question\nWho?\nDónde?".encode("latin-1"), "x.csv", (3, "CSV UTF-8"))
        assert_refused("question\nWho?".encode("utf-16"), "x.csv", (1, "CSV UTF-8"))

    def test_wants_its_first_line(self) -> None:
        assert_refused("Who?,,\nWhere?,,", "x.csv", (1, "has to name the columns"))
        assert_refused("", "x.csv", (1, "has to name the columns"))
        assert_refused("question,prompt,note\n", "x.csv", (1, "no questions"))

    def test_names_columns_that_are_unknown_or_doubled(self) -> None:
        assert_refused("question,questoin,question\nWho?,,", "x.csv", (1, "“questoin”"), (1, "two columns"))

    def test_tells_every_problem_with_the_line_it_begins_in(self) -> None:
        text = 'question,prompt,note\nWho?,at-the-door,\n,,"lonely\nnote"\n,nowhere,\n,at-the-door,\n,at-the-door,\nWho?,,a,b\n'

        assert_refused(
            text,
            "x.csv",
            (2, "both its own question and one from"),
            (3, "There’s no question"),
            (5, "no question “nowhere”"),
            (7, "already in line 6"),
            (8, "more cells"),
        )

    def test_tells_where_quotation_marks_do_not_fit(self) -> None:
        assert_refused('question\nWho?\n"Where?\n', "x.csv", (3, "quotation marks"))

    def test_tells_what_is_too_long_or_too_much(self) -> None:
        assert read(f"question,note\n{'q' * QUESTION_LIMIT},{'n' * NOTE_LIMIT}", "x.csv").steps
        assert_refused(
            f"question,note\n{'q' * (QUESTION_LIMIT + 1)},{'n' * (NOTE_LIMIT + 1)}",
            "x.csv",
            (2, "“question” has 301"),
            (2, "“note” has 1001"),
        )
        assert len(read("question\n" + "Who?\n" * MAX_STEPS, "x.csv").steps) == MAX_STEPS
        assert_refused("question\n" + "Who?\n" * (MAX_STEPS + 2), "x.csv", (MAX_STEPS + 2, "100 questions"))

    def test_takes_out_what_cannot_be_kept(self) -> None:
        assert [step.question for step in read("question\nWh\0o?\n", "x.csv").steps] == ["Who?"]

    def test_reports_no_more_than_a_hundred_problems(self) -> None:
        with pytest.raises(InvalidSetFile) as raised:
            read("prompt\n" + "nowhere\n" * 150, "x.csv")

        assert (len(raised.value.problems), raised.value.omitted) == (100, 51)


class TomlTests:
    def test_a_syntax_error_has_its_line(self) -> None:
        assert_refused('name = "A"\n\n[[step]\nquestion = "Who?"', "x.toml", (3, "TOML"))
        assert_refused('name = "A"\n\nintroduction = """open', "x.toml", (3, "TOML"))

    def test_names_unknown_fields_with_their_lines(self) -> None:
        text = 'name = "A"\nauthor = "B"\n\n[[step]]\nquestion = "Who?"\n\n[[step]]\nquestion = "Where?"\nhint = "x"\n\n[extra]\na = 1\n'

        assert_refused(text, "x.toml", (2, "“author”"), (9, "“hint”"), (11, "“extra”"))

    def test_does_not_begin_to_read_names_of_many_parts(self) -> None:
        """Thousands of them would fill the memory."""
        assert_refused('name = "a.b.c.d.e.f.g"\nx.x.x.x.x.x = 1\n', "x.toml", (2, "this many parts"))
        assert_refused('name = "A"\n"x x" . "x" . "x"."x"."x" = 1\n', "x.toml", (2, "this many parts"))
        assert_refused('name = "A"\n# a.b.c.d.e.f\n[x.x.x.x.x]\n', "x.toml", (3, "this many parts"))

    def test_finds_steps_below_texts_that_look_like_them(self) -> None:
        text = 'name = "A"\nintroduction = """\n[[step]]\nnote = 1\n"""\n# [[step]]\n[[step]]\nquestion = "[[step]]"\n\n[[ step ]]\nprompt = "nowhere"\n[["step"]]\nnote = "n"'

        assert_refused(text.replace("\n", "\r\n"), "x.toml", (10, "no question “nowhere”"), (12, "There’s no question"))

    def test_tells_problems_of_steps_by_the_line_of_the_step(self) -> None:
        text = (
            'name = "A"\n[[step]]\nnote = "n"\n[[step]]\nquestion = 3\n[[step]]\nprompt = "at-the-door"\n[[step]]\nprompt = "at-the-door"\n'
        )

        assert_refused(text, "x.toml", (2, "There’s no question"), (5, "“question” is a text"), (8, "already in line 6"))

    def test_wants_a_name_and_texts_that_fit(self) -> None:
        step = '[[step]]\nquestion = "Who?"\n'
        assert_refused(step, "x.toml", (1, "no name"))
        assert_refused(f"name = 3\n{step}", "x.toml", (1, "“name” is a text"))
        assert_refused(f'name = "{"n" * (NAME_LIMIT + 1)}"\n{step}', "x.toml", (1, "“name” has 121"))
        assert_refused(f'name = "A"\nintroduction = "{"i" * (INTRODUCTION_LIMIT + 1)}"\n{step}', "x.toml", (2, "“introduction” has 2001"))
        assert_refused(f'name = "A"\ncaution = "{"c" * (CAUTION_LIMIT + 1)}"\n{step}', "x.toml", (2, "“caution” has 1001"))

    def test_wants_steps_written_as_tables(self) -> None:
        assert_refused('name = "A"\nstep = ["Who?"]', "x.toml", (2, "[[step]]"))
        assert_refused('name = "A"\n[step]\nquestion = "Who?"', "x.toml", (2, "[[step]]"))
        assert_refused('name = "A"', "x.toml", (1, "no questions"))
        assert read('name = "A"\nstep = [{question = "Who?"}]', "x.toml").steps == (SetStep("", question="Who?"),)
