"""`/help/` and `/help/leaving-quickly/`: whom to call, in which country, and what *Leave quickly* does."""

import datetime as dt
import os
import re
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from bs4 import BeautifulSoup
from django.test import Client, TestCase
from django.test.utils import override_settings
from django.utils import translation

from accounts.models import User
from prompts import helplines
from prompts.library import topics
from tests.factories import make_user
from tests.helpers import element, form_fields, parsed, read

LINE = """
[[country.line]]
name = "Evening line"
kind = "talk"
what = { en = "Somebody who listens.", es = "Alguien que escucha." }
number = "116 123"
tel = "116123"
hours = { en = "Day and night", es = "Día y noche" }
site = "https://line.example/"
source = "line.example"
checked = 2026-02-01
how = "called"
"""
COUNTRY = """
[[country]]
code = "JP"
name = { en = "Japan", es = "Japón" }
emergency = "110"
"""
FILE = COUNTRY + LINE


class HelpCase(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(time_zone="Europe/Madrid")

    def setUp(self) -> None:
        self.enterContext(translation.override("en"))  # a request leaves the language of its reader active

    def read(self, *, language: str = "", **query: str) -> BeautifulSoup:
        response = self.client.get("/help/", query, headers={"Accept-Language": language} if language else {})
        assert response.status_code == HTTPStatus.OK
        return parsed(response)

    def country(self, *, language: str = "", **query: str) -> str:
        """The code of the country whose numbers are shown, which is chosen in the list; "" where there is none."""
        page = self.read(language=language, **query)
        chosen = page.select_one("#country option[selected]")
        assert element(page, "#call").get_text() == (f"People to call: {chosen.get_text()}" if chosen else "People to call")
        return str(chosen["value"]) if chosen else ""

    def live_in(self, zone: str) -> None:
        """Sign in as a person in this time zone."""
        self.person.time_zone = zone
        self.person.save()
        self.client.force_login(self.person)


class CountryTests(HelpCase):
    def test_follows_the_time_zone(self) -> None:
        for zone, code in (
            ("Europe/Madrid", "ES"),
            ("Atlantic/Canary", "ES"),
            ("America/New_York", "US"),
            ("America/Toronto", "CA"),
            ("Europe/London", "GB"),
            ("Europe/Oslo", "NO"),
            ("Europe/Zurich", "CH"),
            ("Australia/Perth", "AU"),
        ):
            self.live_in(zone)
            assert self.country() == code, zone

    def test_follows_an_older_name_of_a_time_zone_too(self) -> None:
        for zone, code in (("Asia/Calcutta", "IN"), ("US/Eastern", "US"), ("America/Buenos_Aires", "AR")):
            self.live_in(zone)
            assert self.country() == code, zone

    def test_does_not_follow_a_time_zone_of_no_country_or_of_one_that_is_not_listed(self) -> None:
        for zone in ("UTC", "Etc/GMT+3", "Africa/Nairobi"):
            self.live_in(zone)
            assert self.country() == "", zone

    def test_follows_the_region_of_the_preferred_language(self) -> None:
        for language, code in (
            ("en-GB", "GB"),
            ("en-IE,en;q=0.8", "IE"),
            ("en;q=0.9,fr-CA;q=0.5,fr;q=0.4", "CA"),
            ("de-AT;q=0.4,it-CH;q=0.9", "CH"),
            ("sr-Latn-DE", "DE"),
            ("EN-us", "US"),
        ):
            assert self.country(language=language) == code, language

    def test_does_not_follow_a_language_without_a_region(self) -> None:
        for language in ("ar", "ca,en;q=0.5", "en", "*"):
            assert self.country(language=language) == "", language

    def test_follows_the_time_zone_rather_than_the_language(self) -> None:
        self.live_in("Europe/Madrid")
        assert self.country(language="en-US") == "ES"

        self.live_in("Africa/Nairobi")
        assert self.country(language="en-US") == "US"

    def test_is_the_one_that_was_asked_for_whatever_else_suggests(self) -> None:
        self.live_in("Europe/Madrid")

        assert self.country(language="en-US", country="NZ") == "NZ"

        self.client.logout()
        assert self.country(language="en-US", country="NZ") == "NZ"

    def test_an_unknown_one_asked_for_is_ignored(self) -> None:
        for code in ("XX", "", "nz", "\0", "<script>", "NZ" * 5000):
            assert self.country(language="en-US", country=code) == "US"
            assert self.country(country=code) == ""

    def test_damaged_languages_are_ignored(self) -> None:
        for language in ("-", "-GB-", ";q=1", "x" * 9000, "en-GB;q=2", "١-GB;q=x", ",,,"):
            assert self.country(language=language) in {"", "GB"}

    def test_without_one_the_best_known_emergency_numbers_are_shown(self) -> None:
        page = self.read()
        links = [str(link["href"]) for link in page.select(".numbers a[href^=tel]")]

        assert links == ["tel:112", "tel:911", "tel:999", "tel:000", "tel:111"]
        assert {str(card.select("a")[0]["href"]) for card in page.select(".topic")} == {"/help/#call"}

    def test_asking_stores_nothing_and_nothing_can_be_sent(self) -> None:
        response = self.client.get("/help/", {"country": "NZ"})

        assert not response.cookies
        assert self.client.post("/help/", {"country": "NZ"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED


class NumbersTests(HelpCase):
    def test_every_number_of_every_country_can_be_dialled(self) -> None:
        for country in helplines.countries():
            page = self.read(country=country.code)
            links = [str(link["href"]) for link in page.select(".numbers .card.number a[href^='tel:']")]

            emergency = [f"tel:{number}" for number in (country.emergency, country.ambulance) if number]
            assert links == [*emergency, *(f"tel:{line.tel}" for line in country.lines)]
            links += [str(link["href"]) for link in page.select(".topic a[href^='tel:']")]
            assert all(re.fullmatch(r"tel:\+?[0-9]{2,15}", link) for link in links)

    def test_the_number_shown_is_the_number_dialled(self) -> None:
        for country in helplines.countries():
            for line in country.lines:
                assert re.sub(r"[^0-9+]", "", line.number) == line.tel, (country.code, line.name)

    def test_every_country_is_offered_by_name(self) -> None:
        names = [option.get_text() for option in self.read().select("#country option")]

        assert names == sorted(names)
        assert len(names) == len(helplines.countries())

    def test_an_ambulance_stands_beside_the_police_where_it_has_a_number_of_its_own(self) -> None:
        for code, texts in (
            ("NO", ["Police, if someone’s in danger now 112", "Ambulance, if someone’s hurt or has taken something 113"]),
            ("DE", ["Police, if someone’s in danger now 110", "Ambulance, if someone’s hurt or has taken something 112"]),
            ("BE", ["Police, if someone’s in danger now 101", "Ambulance, if someone’s hurt or has taken something 112"]),
            ("FR", ["Police, if someone’s in danger now 17", "Ambulance, if someone’s hurt or has taken something 15"]),
            ("ES", ["If someone’s in danger now 112"]),
        ):
            cards = self.read(country=code).select("p.card.number")
            assert [" ".join(card.get_text().split()) for card in cards] == texts
        assert "From a mobile phone 112 reaches both." in self.read(country="ZA").get_text()
        assert "el 112 comunica con ambos" in self.read(language="es", country="ZA").get_text()

    def test_a_line_says_who_answers_when_and_that_it_was_not_checked(self) -> None:
        line = next(country for country in helplines.countries() if country.code == "NZ").lines[0]

        card = element(self.read(country="NZ"), ".numbers div.number")

        for words in (line.name, line.what, line.hours, line.number):
            assert words in card.get_text()
        assert "not checked yet; see their website" in card.get_text()
        assert card.select(f'a[href="{line.site}"][rel~=noreferrer]')

    def test_is_in_the_readers_language(self) -> None:
        page = self.read(language="es", country="JP")

        assert element(page, "#country option[value=JP]").get_text() == "Japón"
        assert "Día y noche" in self.read(language="es", country="AR").get_text()


class OperatorsFileTests(HelpCase):
    def setUp(self) -> None:
        super().setUp()
        self.file = Path(self.enterContext(tempfile.TemporaryDirectory())) / "lines.toml"
        self.enterContext(override_settings(HELPLINES=self.file))
        self.writes = 0

    def write(self, text: str) -> None:
        """Write this to the file, which is a second newer each time."""
        self.file.write_text(text, encoding="utf-8")
        self.writes += 1
        os.utime(self.file, (1_700_000_000 + self.writes,) * 2)

    def offered(self) -> list[str]:
        return [str(option["value"]) for option in self.read().select("#country option")]

    def test_replaces_the_one_that_ships(self) -> None:
        self.write(FILE)

        assert self.offered() == ["JP"]
        page = self.read(country="JP")
        assert [str(link["href"]) for link in page.select(".numbers .card.number a[href^='tel:']")] == ["tel:110", "tel:116123"]
        assert "Somebody who listens." in page.get_text()

    def test_a_line_says_what_was_checked_and_how(self) -> None:
        self.write(FILE)
        assert "number called on 1 February" in self.read(country="JP").get_text()

        self.write(FILE.replace('"called"', '"site"'))
        assert "number from their website, 1 February" in self.read(country="JP").get_text()

        for unchecked in (FILE.replace('how = "called"\n', ""), FILE.replace('checked = 2026-02-01\nhow = "called"\n', "")):
            self.write(unchecked)
            page = self.read(country="JP")
            assert "not checked yet; see their website" in page.get_text()
            assert "February" not in element(page, ".numbers").get_text()
            assert page.select("a[href='https://line.example/']")

    def test_is_read_anew_when_it_has_changed(self) -> None:
        self.write(FILE)
        assert self.offered() == ["JP"]

        self.write(FILE + FILE.replace('"JP"', '"KE"').replace("Japan", "Kenya"))

        assert self.offered() == ["JP", "KE"]

    def test_only_its_countries_follow_from_time_zone_and_language(self) -> None:
        self.write(FILE)

        self.live_in("Asia/Tokyo")
        assert self.country() == "JP"

        self.live_in("Europe/Madrid")
        assert self.country(language="en-JP") == "JP"
        assert self.country(language="en-US") == ""

    def test_texts_in_english_only_are_shown_in_english(self) -> None:
        self.write(FILE.replace(', es = "Alguien que escucha."', ""))

        assert "Somebody who listens." in self.read(language="es", country="JP").get_text()

    def test_its_texts_are_escaped(self) -> None:
        self.write(FILE.replace("Somebody who listens.", "<b id=x>Somebody</b>"))

        assert not self.read(country="JP").select("#x")

    def test_where_it_has_a_fault_the_page_is_shown_without_it(self) -> None:
        broken = {
            "no TOML": "[[country",
            "empty": "",
            "another table": FILE.replace("[[country", "[[land"),
            "a country without a line": COUNTRY,
            "a country without a code": FILE.replace('code = "JP"', ""),
            "a field too many": FILE.replace("[[country.line]]", "[[country.line]]\ncolour = 'red'"),
            "a number with letters": FILE.replace('"116123"', '"call us"'),
            "a number without quotes": FILE.replace('"116123"', "116123"),
            "a name in no language": FILE.replace('{ en = "Japan", es = "Japón" }', '"Japan"'),
            "a name in no language that holds these letters": FILE.replace('{ en = "Japan", es = "Japón" }', '"Sweden"'),
            "words in no language": FILE.replace('{ en = "Somebody who listens.", es = "Alguien que escucha." }', '"Somebody listens."'),
            "a date in quotes": FILE.replace("2026-02-01", '"2026-02-01"'),
            "no list of lines": COUNTRY + 'line = "116123"\n',
            "no list of countries": "country = 3",
        }
        for fault, text in broken.items():
            with self.subTest(fault):
                self.write(text)
                with self.assertLogs("nightlight.help", "ERROR"):
                    page = self.read(country="JP")
                assert page.select(".numbers a[href='tel:112']")
                assert "Finding a counselor" in page.get_text()

    def test_where_it_is_missing_or_unreadable_the_page_is_shown_without_it(self) -> None:
        unreadable = self.file.with_name("latin.toml")
        unreadable.write_bytes(b'name = "Jap\xf3n"')
        for path in (self.file, self.file.parent, unreadable):
            with self.settings(HELPLINES=path), self.assertLogs("nightlight.help", "ERROR"):
                assert self.read().select(".numbers a[href='tel:112']")

    def test_lines_that_nobody_checked_for_a_year_are_reported_as_stale(self) -> None:
        self.write(FILE)

        for today, names in ((dt.date(2027, 2, 1), []), (dt.date(2027, 2, 2), ["Evening line"])):
            assert [line.name for _country, line in helplines.stale(today)] == names


class TopicsTests(HelpCase):
    """What Help speaks of beside the numbers: each topic begins with whom to call."""

    def test_speaks_of_the_child_of_a_birth_and_of_drink(self) -> None:
        assert [str(card["id"]) for card in self.read().select(".topic")] == [
            "child-hurts-themselves",
            "child-talks-of-dying",
            "child-not-eating",
            "child-missing",
            "child-harmed",
            "hurt-or-afraid",
            "afraid-of-myself",
            "not-wanting-to-live",
            "after-a-birth",
            "drink-and-drugs",
        ]

    def test_each_can_be_jumped_to_and_each_begins_with_the_emergency_number(self) -> None:
        for country in helplines.countries():
            page = self.read(country=country.code)
            cards = page.select(".topic")
            assert [str(link["href"]) for link in page.select(".jump a")] == [f"#{card['id']}" for card in cards]
            for card, topic in zip(cards, topics.read().values(), strict=True):
                first = country.ambulance or country.emergency if topic.first == "ambulance" else country.emergency
                assert element(card, "a")["href"] == f"tel:{first}", (country.code, topic.slug)
                assert topic.say in card.get_text()
                numbers, text = card.get_text().index(first), card.get_text().index(topic.say)
                assert numbers < text, "a number to call comes first"

    def shown(self) -> Iterator[tuple[helplines.ShownCountry, helplines.ShownTopic]]:
        """Every topic in every country."""
        for country in helplines.countries():
            for topic in helplines.topics(country):
                yield country, topic

    def test_shows_the_lines_of_all_its_kinds_in_their_order_with_their_hours(self) -> None:
        def lines(country: str, topic: str) -> list[str]:
            return [str(link["href"]) for link in element(self.read(country=country), f"#{topic}").select("a.button")][1:]

        assert lines("AU", "after-a-birth") == ["tel:1300726306", "tel:131114"]
        assert lines("NL", "child-harmed") == ["tel:08002000", "tel:113", "tel:0880767000", "tel:08000432"]
        assert lines("NO", "afraid-of-myself") == ["tel:116123"], "a number of two kinds stands once"
        assert lines("ES", "child-missing") == []
        assert "Weekdays in the daytime" in element(self.read(country="DE"), "#afraid-of-myself").get_text()

    def test_shows_no_number_twice_and_no_list_too_long_to_be_read(self) -> None:
        for country, topic in self.shown():
            numbers = [line.tel for line in topic.lines]
            assert len(numbers) == len(set(numbers)) <= 10, (country.code, topic.slug)

    def test_adults_stand_before_lines_that_are_for_children_only(self) -> None:
        for country, topic in self.shown():
            only_children = [line.what.startswith("Only for children") for line in topic.lines]
            assert only_children == sorted(only_children), (country.code, topic.slug)
            if topic.slug == "child-harmed":
                assert not only_children[0], country.code
                protection = [line for line in country.lines if line.kind == "protection"]
                assert topic.lines[: len(protection)] == protection, country.code

    def test_mens_lines_stand_only_where_somebody_is_afraid_of_themselves(self) -> None:
        for country, topic in self.shown():
            men = [line.name for line in country.lines if line.kind == "men"]
            assert [line.name for line in topic.lines if line.kind == "men"] == (men if topic.slug == "afraid-of-myself" else [])
        for code, number in (("MX", "8009004321"), ("CO", "018000423614"), ("AT", "0800400777")):
            assert self.read(country=code).select(f".numbers .card.number a[href='tel:{number}']"), "it stays in the country's list"

    def test_somebody_answers_day_and_night_about_each(self) -> None:
        closed_at_night = {
            (country.code, topic.slug)
            for country, topic in self.shown()
            if topic.slug != "child-missing" and not any(line.hours.startswith("Day and night") for line in topic.lines)
        }

        talk = ("afraid-of-myself", "not-wanting-to-live", "after-a-birth", "drink-and-drugs")
        assert closed_at_night == {(code, slug) for code in ("DK", "IT") for slug in talk}, "no line of theirs is known to answer all night"
        assert all(topic.number for _country, topic in self.shown()), "the emergency number is always open"

    def test_says_today_and_not_next_week_after_a_birth(self) -> None:
        assert "Today, not next week" in element(self.read(), "#after-a-birth").get_text()

    def test_is_in_the_readers_language(self) -> None:
        spanish = topics.read("es")
        page = self.read(language="es", country="ES")

        assert [element(card, "h3").get_text() for card in page.select(".topic")] == [topic.name for topic in spanish.values()]
        assert not page.select(".topic [lang]")

    def test_stays_where_the_operators_file_cannot_be_read(self) -> None:
        with self.settings(HELPLINES=Path("/nowhere.toml")), self.assertLogs("nightlight.help", "ERROR"):
            assert len(self.read(country="ES").select(".topic")) == len(topics.read())


class SharedDeviceTests(TestCase):
    def test_begins_with_the_number_to_call(self) -> None:
        page = read(Client(headers={"accept-language": "sv-SE"}), "/help/shared-device/")

        assert element(page, "h1 + .call a")["href"] == "tel:112"

    def test_says_that_a_call_stays_in_the_phones_list_and_claims_no_empty_device(self) -> None:
        text = read(self.client, "/help/shared-device/").get_text()

        assert "A call stays in the phone’s call list" in text
        assert "016" in text
        assert "No text of yours stays" not in text


class LeavingQuicklyTests(TestCase):
    url = "/help/leaving-quickly/"
    next = "/prompts/hard-nights/was-i-really-there/"
    reader: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.reader = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.reader)

    def knows_and_shows(self) -> tuple[bool, bool]:
        reader = User.objects.get(pk=self.reader.pk)
        return reader.knows_leave, reader.shows_leave

    def read(self, **query: str) -> BeautifulSoup:
        return read(self.client, self.url, **query)

    def test_anybody_can_read_it_and_only_signed_in_people_can_answer(self) -> None:
        self.client.logout()

        assert not self.read(next=self.next).select("main form")
        assert self.client.post(self.url, {"next": self.next}).status_code == HTTPStatus.NOT_FOUND

    def test_reading_it_changes_nothing(self) -> None:
        self.read(next=self.next)

        assert self.knows_and_shows() == (False, True)

    def test_leads_back_to_where_its_reader_came_from(self) -> None:
        assert self.read(next=self.next).select(f'main form input[name=next][value="{self.next}"]')
        assert self.read().select('main form input[name=next][value="/help/"]')

    def test_the_number_to_call_stands_first(self) -> None:
        User.objects.update(time_zone="Europe/Stockholm")

        assert element(self.read(), "main article a")["href"] == "tel:112"

    def test_offers_only_what_is_still_to_be_answered(self) -> None:
        def buttons() -> list[str]:
            return [button.get_text() for button in self.read().select("main form button")]

        assert buttons() == ["Got it", "Hide the button"]
        self.client.post(self.url)
        assert buttons() == ["Hide the button"]
        self.client.post(self.url, {"hide": "yes"})
        assert buttons() == []
        assert element(self.read(), "main article").select('a[href="/accounts/settings/"]')

    def test_is_answered_once_and_leads_on(self) -> None:
        for _ in range(2):
            response = self.client.post(self.url, {"next": self.next})

            self.assertRedirects(response, self.next, fetch_redirect_response=False)
            assert self.knows_and_shows() == (True, True)

    def test_hides_the_button_where_it_is_not_needed(self) -> None:
        self.client.post(self.url, {"next": self.next, "hide": "yes"})

        assert self.knows_and_shows() == (True, False)
        assert not parsed(self.client.get(self.next)).select(".leave-button")

    def test_leads_only_to_pages_of_this_site(self) -> None:
        for elsewhere in (
            "https://elsewhere.example/",
            "//elsewhere.example/",
            "///elsewhere.example/",
            "/\\elsewhere.example/",
            "http:elsewhere.example",
            "javascript:alert(1)",
            "prompts/",
            " /\t/elsewhere.example",
            "",
        ):
            self.assertRedirects(self.client.post(self.url, {"next": elsewhere}), "/help/", fetch_redirect_response=False)
            assert form_fields(self.read(next=elsewhere))["next"] == ["/help/"]

    def test_changes_nobody_else(self) -> None:
        other = make_user(email="other@example.org")

        self.client.post(self.url, {"next": self.next, "hide": "yes"})

        other.refresh_from_db()
        assert (other.knows_leave, other.shows_leave) == (False, True)
