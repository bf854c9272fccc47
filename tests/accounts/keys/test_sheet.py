"""accounts.keys.sheet: a key on paper comes back as it was, or a message says what is wrong with it."""

import contextlib
import re
import xml.etree.ElementTree as ET

import pytest
import qrcode
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys import sheet
from accounts.keys.crypto import Key
from accounts.keys.sheet import Sheet, UnreadableSheet
from tests.helpers import TONIGHT

materials = st.binary(min_size=32, max_size=32)
KEY = bytes(range(32))
OTHER = bytes(range(100, 132))


def make_sheet(*keys: bytes) -> Sheet:
    return Sheet({Key(key).id: key for key in keys}, "in /data/keys", TONIGHT)


def dark_squares(key: bytes) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q)
    code.add_data(sheet.to_code(key))
    code.make()
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def read_error(text: str) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        sheet.read(text)
    return str(refused.value)


class WordsTests(SimpleTestCase):
    def test_are_those_of_the_standard(self) -> None:
        # Test vectors of BIP-39.
        assert sheet.to_words(bytes(32)) == ["abandon"] * 23 + ["art"]
        assert sheet.to_words(b"\xff" * 32) == ["zoo"] * 23 + ["vote"]

    @given(material=materials)
    def test_come_back_as_the_key(self, material: bytes) -> None:
        words = sheet.to_words(material)

        assert len(words) == 24
        assert sheet.from_words(words) == material
        assert sheet.read(" ".join(words).upper()) == [material]

    @given(material=materials, position=st.integers(0, 23), word=st.sampled_from(sheet.to_words(KEY)))
    def test_with_another_word_never_come_back_as_the_same_key(self, material: bytes, position: int, word: str) -> None:
        words = sheet.to_words(material)
        if words[position] == word:
            return
        words[position] = word

        with contextlib.suppress(UnreadableSheet):  # one in 256 fits by chance; the id on the sheet shows it
            assert sheet.from_words(words) != material

    def test_with_a_wrong_checksum_are_refused(self) -> None:
        assert "do not fit together" in read_error(" ".join(["abandon"] * 24))

    def test_that_are_not_in_the_list_are_named_with_the_nearest(self) -> None:
        words = sheet.to_words(KEY)
        words[6] = "keybord"

        message = read_error(" ".join(words))

        assert "word 7, 'keybord', is not in the list" in message
        assert not any(word in message for word in words if word != "keybord")
        assert "near it are abandon" in read_error("abandn")

    def test_that_resemble_none_are_named_alone(self) -> None:
        assert read_error("xqxqxq") == "word 1, 'xqxqxq', is not in the list."

    def test_too_few_or_too_many_are_counted(self) -> None:
        words = sheet.to_words(KEY)

        assert "24 words, and 23 were given" in read_error(" ".join(words[:23]))
        assert "24 words, and 25 were given" in read_error(" ".join([*words, "zoo"]))


class CodeTests(SimpleTestCase):
    @given(material=materials)
    def test_comes_back_as_the_key(self, material: bytes) -> None:
        code = sheet.to_code(material)

        assert sheet.from_code(code) == material
        assert sheet.read(f"  {code.lower()}\n") == [material]

    def test_altered_anywhere_is_refused(self) -> None:
        code = sheet.to_code(KEY)
        for position, letter in enumerate(code):
            with pytest.raises(UnreadableSheet):
                sheet.from_code(code[:position] + ("0" if letter != "0" else "1") + code[position + 1 :])

    def test_cut_short_or_longer_is_refused(self) -> None:
        code = sheet.to_code(KEY)

        for wrong in (code[:-1], code + "0", code[:20]):
            assert "cut short or altered" in read_error(wrong)


class ReadTests(SimpleTestCase):
    def test_takes_a_whole_sheet_of_words_with_its_prose(self) -> None:
        assert sheet.read(make_sheet(KEY, OTHER).as_words()) == [KEY, OTHER]

    def test_takes_words_in_several_lines_and_several_keys(self) -> None:
        words = [*sheet.to_words(KEY), *sheet.to_words(OTHER)]

        assert sheet.read("\n".join(words)) == [KEY, OTHER]

    def test_takes_numbers_as_people_write_them(self) -> None:
        words = sheet.to_words(KEY)
        for pattern in ("{} {}\n", "{}. {}\n", "{}) {} ", "{}.{}  "):
            assert sheet.read("".join(pattern.format(number, word) for number, word in enumerate(words, 1))) == [KEY]

    def test_takes_several_codes(self) -> None:
        assert sheet.read(f"{sheet.to_code(KEY)}\n{sheet.to_code(OTHER)}") == [KEY, OTHER]

    def test_names_a_numbered_word_that_was_left_out(self) -> None:
        text = make_sheet(KEY).as_words()

        assert read_error(re.sub(r" 7\. \w+", "", text)) == "word 7 is missing: number 8 stands in its place."
        assert "24 words, and 20 were given" in read_error(re.sub(r" 21\. .*", "", text))

    def test_notices_words_that_are_another_key_than_stands_above_them(self) -> None:
        message = read_error(make_sheet(KEY).as_words().replace(Key(KEY).id, Key(OTHER).id))

        assert message.startswith(f"the words make another key than {Key(OTHER).id}")

    def test_says_to_scan_where_there_is_a_code(self) -> None:
        assert "scan the code" in read_error(make_sheet(KEY).as_qr(terminal=False))

    def test_refuses_nothing(self) -> None:
        for nothing in ("", " \n\n", "Key 0123456789abcdef"):
            assert "there are no words in it" in read_error(nothing)

    @given(text=st.text() | st.lists(st.sampled_from([*sheet.to_words(KEY), "1.", "2", "key", "\n", "NIGHTLIGHT-KEY:"])).map(" ".join))
    def test_nonsense_is_refused_in_a_sentence(self, text: str) -> None:
        assert read_error(text).endswith(".")


class SheetTests(SimpleTestCase):
    def test_says_what_it_is_and_how_to_use_it(self) -> None:
        for text in (make_sheet(KEY).as_words(), make_sheet(KEY).as_qr(terminal=False), make_sheet(KEY).as_svg()):
            plain = " ".join(re.sub(r"<[^>]*>", "", text).split())

            assert f"Key {Key(KEY).id} (the only one), written down on 2026-03-01" in plain
            assert "Whoever has this sheet and the database, or a backup of it, can read everything." in plain
            assert "`manage.py keys import`" in plain
            assert "kept in /data/keys" in plain

    def test_has_a_block_for_each_key_newest_first(self) -> None:
        text = make_sheet(OTHER, KEY).as_words()

        assert text.index(f"Key {Key(OTHER).id} (the newest)") < text.index(f"Key {Key(KEY).id} (older)")

    def test_draws_the_code_in_blocks_as_it_is(self) -> None:
        matrix = dark_squares(KEY)
        for terminal in (False, True):
            lines = re.sub(r"\x1b\[[\d;]*m", "", make_sheet(KEY).as_qr(terminal=terminal)).splitlines()
            start = next(number for number, line in enumerate(lines) if line.startswith("Key ")) + 2
            drawn = [line.ljust(len(matrix)) for line in lines[start : start + len(matrix) // 2 + 1]]
            # On a dark terminal the light squares are what is drawn.
            halves = [[(letter in half) != terminal for letter in line] for line in drawn for half in ("▀█", "▄█")]

            assert halves[: len(matrix)] == matrix

    def test_colours_it_on_a_terminal_only(self) -> None:
        assert "\x1b[" in make_sheet(KEY).as_qr(terminal=True)
        assert "\x1b[" not in make_sheet(KEY).as_qr(terminal=False)

    def test_draws_an_svg_that_holds_every_dark_square_and_loads_nothing(self) -> None:
        text = make_sheet(KEY, OTHER).as_svg()
        root = ET.fromstring(text)  # noqa: S314  made here
        paths = root.findall("{http://www.w3.org/2000/svg}path")

        assert len(paths) == 2
        for path, key in zip(paths, (KEY, OTHER), strict=True):
            dark = {(x, y) for y, row in enumerate(dark_squares(key)) for x, on in enumerate(row) if on}
            runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+),(\d+)h(\d+)v1h-\3z", path.attrib["d"])]
            assert {(x + step, y) for x, y, length in runs for step in range(length)} == dark
        assert not re.search(r"href|url\(|style|script", text)

    def test_writes_a_path_with_signs_of_its_own_into_the_svg(self) -> None:
        text = Sheet({Key(KEY).id: KEY}, "in /data/<&>/keys", TONIGHT).as_svg()

        assert "/data/<&>/keys" in "".join(ET.fromstring(text).itertext())  # noqa: S314  made here

    def test_shows_no_key_by_accident(self) -> None:
        assert str(KEY)[2:20] not in f"{make_sheet(KEY)!r}"
