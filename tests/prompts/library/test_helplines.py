"""`prompts.library.helplines`: the numbers that ship can be called, and a file is read again when it changed, or refused."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest

from prompts.library import helplines
from prompts.library.files import LIBRARY, LibraryError
from prompts.library.helplines import Country, Line

FILE = """
[[country]]
code = "FR"
name = { en = "France" }
emergency = "112"

[[country.line]]
name = "Listening line"
kind = "talk"
what = { en = "Open to everyone." }
number = "31 14"
tel = "3114"
hours = { en = "Open day and night" }
site = "https://example.org"
source = "example.org"
checked = 2026-03-01
how = "called"
"""


def lines() -> list[tuple[str, Line]]:
    return [(country.code, line) for country in helplines.read() for line in country.lines]


class WhatShipsTests:
    def test_has_twenty_countries_and_each_once(self) -> None:
        codes = [country.code for country in helplines.read()]

        assert len(codes) >= 20
        assert len(set(codes)) == len(codes)
        assert [code for code in codes if not re.fullmatch("[A-Z]{2}", code)] == []

    def test_has_a_line_to_talk_to_in_each(self) -> None:
        assert [country.code for country in helplines.read() if all(line.kind != "talk" for line in country.lines)] == []
        assert {line.kind for _code, line in lines()} == {"talk", "parents", "birth", "violence", "men", "protection", "children"}

    def test_has_numbers_that_can_be_dialled(self) -> None:
        assert [(code, line.tel) for code, line in lines() if not re.fullmatch(r"\+?[0-9]{2,15}", line.tel)] == []
        assert [(code, line.number, line.tel) for code, line in lines() if re.sub("[^0-9+]", "", line.number) != line.tel] == []
        assert [country.code for country in helplines.read() if not re.fullmatch("[0-9]{2,5}", country.emergency)] == []

    def test_names_the_ambulance_where_it_has_a_number_of_its_own_with_its_source(self) -> None:
        assert {country.code: country.ambulance for country in helplines.read() if country.ambulance} == {
            "AR": "107",
            "AT": "144",
            "BE": "112",
            "BR": "192",
            "CH": "144",
            "CL": "131",
            "DE": "112",
            "FR": "15",
            "JP": "119",
            "NO": "113",
            "PE": "106",
            "ZA": "10177",
        }
        assert [country.code for country in helplines.read() if country.ambulance and not country.source] == []

    def test_has_lines_about_violence_in_each_and_for_children_in_nearly_each(self) -> None:
        def without(*kinds: str) -> list[str]:
            return [country.code for country in helplines.read() if all(line.kind not in kinds for line in country.lines)]

        assert without("violence") == []
        assert without("children", "protection") == ["MX"]

    def test_says_of_each_line_for_children_whether_adults_can_call_too(self) -> None:
        unclear = [
            (code, line.name)
            for code, line in lines()
            if line.kind == "children"
            and not line.what["en"].startswith("Only for children")
            and not re.search("adults|those who care", line.what["en"])
        ]

        assert unclear == []
        assert [
            line.name for _code, line in lines() if line.what["en"].startswith("Only for ") != line.what["es"].startswith("Solo para ")
        ] == []

    def test_has_mens_lines_of_a_kind_of_their_own(self) -> None:
        assert {(code, line.name) for code, line in lines() if line.kind == "men"} == {
            ("AT", "Männerinfo"),
            ("CO", "Línea Calma"),
            ("MX", "Línea Hombre a Hombre"),
        }

    def test_names_every_part_of_the_united_kingdom(self) -> None:
        about_violence = " ".join(line.what["en"] for code, line in lines() if code == "GB" and line.kind == "violence")

        assert [part for part in ("England", "Scotland", "Wales", "Northern Ireland") if part not in about_violence] == []

    def test_names_the_source_of_each_line_and_the_day_it_was_compared(self) -> None:
        assert [(code, line.name) for code, line in lines() if not line.source or not line.compared] == []

    def test_does_not_say_that_a_line_is_checked_that_no_person_called_or_looked_up(self) -> None:
        assert [(code, line.name) for code, line in lines() if line.checked or line.how] == []

    def test_says_that_a_call_stays_in_the_phones_own_list_where_the_bill_hides_it(self) -> None:
        line = next(line for code, line in lines() if (code, line.number) == ("ES", "016"))

        assert "phone’s own list" in line.what["en"]
        assert "lista de llamadas" in line.what["es"]

    def test_links_to_sites_over_https(self) -> None:
        assert [(code, line.site) for code, line in lines() if not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", line.site)] == []

    def test_says_everything_in_english_and_in_spanish(self) -> None:
        silent = [(country.code, language) for country in helplines.read() for language in ("en", "es") if not country.name.get(language)]
        silent += [
            (f"{code} {line.name}", language)
            for code, line in lines()
            for language in ("en", "es")
            if not line.what.get(language) or not line.hours.get(language)
        ]

        assert silent == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


class ReadingTests:
    def test_returns_what_the_file_has(self, file: Path) -> None:
        assert helplines.read(file) == (
            Country(
                code="FR",
                name={"en": "France"},
                emergency="112",
                lines=(
                    Line(
                        name="Listening line",
                        kind="talk",
                        what={"en": "Open to everyone."},
                        number="31 14",
                        tel="3114",
                        hours={"en": "Open day and night"},
                        site="https://example.org",
                        source="example.org",
                        checked=dt.date(2026, 3, 1),
                        how="called",
                    ),
                ),
            ),
        )

    def test_reads_the_file_that_ships_unless_another_is_given(self) -> None:
        assert helplines.read() == helplines.read(LIBRARY / "helplines.toml")

    @pytest.mark.parametrize("tel", ["+33145394000", "15", "123456789012345"])
    def test_takes_numbers_with_and_without_the_country(self, file: Path, tel: str) -> None:
        file.write_text(FILE.replace('"3114"', f'"{tel}"'), encoding="utf-8")

        assert helplines.read(file)[0].lines[0].tel == tel

    def test_reads_a_changed_file_anew_and_an_unchanged_one_once(self, file: Path) -> None:
        before = helplines.read(file)
        again = helplines.read(file)

        file.write_text(FILE.replace("3114", "3115"), encoding="utf-8")
        os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000_000))

        assert again is before
        assert [line.tel for line in helplines.read(file)[0].lines] == ["3115"]

    def test_refuses_a_file_that_was_broken_since_it_was_read_and_takes_it_mended(self, file: Path) -> None:
        before = helplines.read(file)
        changed = file.stat().st_mtime_ns

        file.write_text("[[country]\n", encoding="utf-8")
        os.utime(file, ns=(0, changed + 1_000_000_000))
        with pytest.raises(LibraryError, match=r"^numbers\.toml: "):
            helplines.read(file)

        file.write_text(FILE, encoding="utf-8")
        os.utime(file, ns=(0, changed + 2_000_000_000))
        assert helplines.read(file) == before

    @pytest.mark.parametrize(
        ("original", "replacement", "message"),
        [
            ('tel = "3114"', 'tel = "31 14"', "Listening line needs"),
            ('tel = "3114"', 'tel = "tel:3114"', "Listening line needs"),
            ('tel = "3114"', 'tel = "3114\\n"', "Listening line needs"),
            ('tel = "3114"', 'tel = "١١٢"', "Listening line needs"),
            ('tel = "3114"', 'tel = "3"', "Listening line needs"),
            ('tel = "3114"', 'tel = ""', "Listening line needs"),
            ('tel = "3114"', "tel = 3114", "Listening line"),
            ('tel = "3114"\n', "", "missing 1 required keyword-only argument: 'tel'"),
            ('what = { en = "Open to everyone." }', 'what = { fr = "Ouvert." }', "Listening line needs"),
            ('what = { en = "Open to everyone." }', 'what = "Open to everyone."', "Listening line"),
            ('hours = { en = "Open day and night" }', "hours = {}", "Listening line needs"),
            ('hours = { en = "Open day and night" }', 'hours = "Open day and night"', "Listening line"),
            ("checked = 2026-03-01", 'checked = "2026-03-01"', "Listening line needs"),
            ("checked = 2026-03-01", "checked = 2026-03-01T12:00:00", "Listening line"),
            ("checked = 2026-03-01", "", "together with the day it was checked"),
            ('how = "called"', 'how = "heard of"', "how is one of called, site"),
            ('how = "called"', "how = true", "how is one of called, site"),
            ("checked = 2026-03-01", 'checked = 2026-03-01\ncompared = "yesterday"', "Listening line needs days without quotes"),
            ('emergency = "112"', 'emergency = "112"\nambulance = 113', "FR: an ambulance is digits in quotes"),
            ('emergency = "112"', 'emergency = "112"\nambulance = "one"', "FR: an ambulance is digits in quotes"),
            ('emergency = "112"', 'emergency = "112"\nnote = { fr = "Un mot" }', "and a note is in English at least"),
            ('emergency = "112"', 'emergency = "112"\nnote = "A word"', "and a note is in English at least"),
            ('kind = "talk"', 'kind = "talk"\nprice = "free"', "Listening line has unknown fields: price"),
            (
                'name = { en = "France" }',
                'name = { fr = "La France" }',
                "FR needs an English name, an emergency number in quotes and at least one line",
            ),
            ('name = { en = "France" }', 'name = "Center"', "FR"),
            ('code = "FR"\n', "", "missing 1 required keyword-only argument: 'code'"),
            ('code = "FR"', 'code = "FR"\ncapital = "Paris"', "unknown fields: capital"),
            (FILE[FILE.index("[[country.line]]") :], "", "FR needs an English name, an emergency number in quotes and at least one line"),
            ("[[country.line]]", "[country.line]", ""),
            ("[[country]]", "[country]", ""),
            (FILE, "country = 3\n", ""),
            (FILE, 'text = "None yet."\n', "holds text; only [[country]] is known"),
            (FILE, "", "holds nothing; only [[country]] is known"),
        ],
    )
    def test_refuses_a_file_with_a_fault_and_names_it(self, file: Path, original: str, replacement: str, message: str) -> None:
        assert FILE.count(original) == 1
        file.write_text(FILE.replace(original, replacement), encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^numbers\.toml: ") as raised:
            helplines.read(file)

        assert message in str(raised.value)

    def test_refuses_a_file_that_is_not_text_or_does_not_exist(self, file: Path) -> None:
        file.write_bytes(b"\xff\xfe")

        for path in (file, file.with_name("gone.toml"), file.parent):
            with pytest.raises(LibraryError, match=rf"^{re.escape(path.name)}: "):
                helplines.read(path)


def test_a_line_is_stale_when_its_check_is_more_than_a_year_ago(file: Path) -> None:
    second = FILE[FILE.index("[[country.line]]") :].replace("Listening line", "Another").replace("2026-03-01", "2026-03-02")
    file.write_text(FILE + second, encoding="utf-8")
    country = helplines.read(file)[0]

    def stale(today: dt.date) -> list[str]:
        return [line.name for line in country.stale(today)]

    assert stale(dt.date(2026, 3, 1)) == stale(dt.date(2027, 3, 1)) == []
    assert stale(dt.date(2027, 3, 2)) == ["Listening line"]
    assert stale(dt.date(2027, 3, 3)) == ["Listening line", "Another"]
    assert country.unchecked() == []


@pytest.mark.parametrize("lines", ["", "checked = 2026-03-01\n", "compared = 2026-03-01\n"])
def test_a_line_is_not_checked_unless_the_file_says_when_and_how(file: Path, lines: str) -> None:
    file.write_text(FILE.replace('checked = 2026-03-01\nhow = "called"\n', lines), encoding="utf-8")
    country = helplines.read(file)[0]

    assert [line.name for line in country.unchecked()] == ["Listening line"]
    assert country.stale(dt.date(2030, 1, 1)) == []
