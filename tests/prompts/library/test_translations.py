"""`prompts.library.translations` and its checks: what Spanish has, which faults are named, and what is shown where texts are missing."""

from dataclasses import asdict
from pathlib import Path

import pytest
from django.utils import translation

from prompts import questions
from prompts.library import first_nights, guides, paths, prompts, quiz, sets, translations, welcome
from prompts.library.checks import translations as checks
from prompts.library.files import LibraryError
from tests.factories import make_question

COMPLETE = [
    "themes",
    "repair",
    "presence",
    "letting-go",
    "path mending",
    "path present-not-perfect",
    "guides",
    "quiz",
    "letters",
]


class SpanishTests:
    def test_fits_the_english_library(self) -> None:
        assert list(checks.check("es")) == []

    def test_is_the_only_language_besides_english(self) -> None:
        assert translations.languages() == ["es"]

    @pytest.mark.parametrize("part", COMPLETE)
    def test_is_complete_where_it_is_promised(self, part: str) -> None:
        report = {each.part: each for each in checks.coverage("es")}

        assert report[part].translated == report[part].total > 0

    def test_reports_every_theme_path_and_set(self) -> None:
        parts = [each.part for each in checks.coverage("es")]

        themes = [theme.slug for theme in prompts.read().themes]
        assert parts == [
            "themes",
            *themes,
            *(f"path {slug}" for slug in paths.read()),
            *(f"set {slug}" for slug in sets.read()),
            "guides",
            "quiz",
            "welcome",
            "first nights",
            "help",
            "letters",
        ]

    def test_has_no_prompt_in_the_words_of_the_english_one(self) -> None:
        english = {prompt.slug: prompt.question for prompt in prompts.read().prompts}

        assert [slug for slug, words in translations.read("es").prompts.items() if words.question == english[slug]] == []
        assert [slug for slug, words in translations.read("es").prompts.items() if "¿" not in words.question] == []

    def test_is_set_with_its_own_quotation_marks_and_raises_no_voice(self) -> None:
        several = [asdict(path) for path in paths.read("es").values() if path.language == "es"]
        several += [asdict(one) for one in sets.read("es").values() if one.language == "es"]
        several += [asdict(guide) for guide in guides.read("es").values()]
        several += [
            asdict(quiz.read("es")),
            asdict(welcome.read("es")),
            asdict(first_nights.read("es")),
            *map(asdict, translations.read("es").themes.values()),
        ]

        texts = [text for each in several for text in strings(each)]

        assert len(texts) > 100
        assert [text for text in texts if set("!¡\"'") & set(text) or "  " in text or text != text.strip()] == []


def strings(value: object) -> list[str]:
    """Every string in it, however deeply nested."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for each in inner for text in strings(each)]


ENGLISH = {
    "themes.toml": """
        [[theme]]
        slug = "calm"
        name = "Calm words"
        line = "Saying it early."
        [[theme]]
        slug = "grace"
        name = "Grace"
        line = "For parents who pray."
    """,
    "calm.toml": """
        [[prompt]]
        slug = "at-the-door"
        question = "What was at the door tonight?"
        if_stuck = ["Shoes count."]
        tomorrow = "Look up."
        depth = "light"
        [[prompt]]
        slug = "over-soup"
        question = "Who sat longest over the soup?"
        depth = "light"
    """,
    "grace.toml": """
        [[prompt]]
        slug = "before-sleep"
        question = "What did you pray for tonight?"
        depth = "light"
    """,
    "paths/two-nights.toml": """
        name = "Two nights"
        line = "By the door."
        introduction = "It goes slowly."
        closing = "Here they are."
        caution = "It may touch old harm."
        instead = ["one-night"]
        opt_in = true
        [[part]]
        name = "Coming"
        line = "First the door."
        [[part.step]]
        prompt = "at-the-door"
        note = "Begin here."
        [[part.step]]
        prompt = "on-the-stairs"
        note = "Then here."
        [[prompt]]
        slug = "on-the-stairs"
        theme = "calm"
        question = "What was on the stairs tonight?"
        depth = "light"
    """,
    "paths/one-night.toml": """
        name = "One night"
        line = "By the stove."
        introduction = "It goes slowly."
        closing = "Here it is."
        [[part]]
        name = ""
        [[part.step]]
        prompt = "over-soup"
    """,
    "sets/one-evening.toml": """
        name = "One evening"
        line = "Outside."
        group = "families"
        for_whom = "Parents."
        not_for_whom = "Others."
        introduction = "It goes slowly."
        caution = "It may be dark."
        [[step]]
        prompt = "at-the-door"
        note = "Look first."
        [[step]]
        prompt = "on-the-bench"
        [[prompt]]
        slug = "on-the-bench"
        theme = "calm"
        depth = "light"
        question = "Who sat on the bench tonight?"
    """,
    "guides/after-the-door.toml": """
        name = "After the door"
        line = "For evenings when it slammed."
        opening = "Sit down."
        closing = "That is all."
        [[part]]
        ask = "What can you hear?"
        [[part]]
        ask = "Who is up?"
    """,
    "where-to-start.toml": """
        introduction = "Begin."
        help_words = "Call."
        [[question]]
        slug = "where"
        ask = "Where are you?"
        [[question.answer]]
        slug = "here"
        says = "Here."
        [[result]]
        path = "two-nights"
        why = "Since you are here."
    """,
    "help.toml": """
        [[topic]]
        slug = "a-fall"
        name = "A fall"
        first = "ambulance"
        kinds = ["talk"]
        now = "If they cannot stand"
        say = "Sit with them."
    """,
    "welcome.toml": """
        introduction = "Come in."
        ages = "How old?"
        asks = "What brings you?"
        [[reason]]
        slug = "quiet"
        says = "Quiet."
        themes = ["calm"]
    """,
    "first-nights.toml": """
        [[list]]
        ages = "none"
        prompts = ["at-the-door"]
        [[hint]]
        night = 2
        says = "A line will do."
    """,
    "letters.toml": """
        [[letter]]
        number = 1
        title = "A towel"
        text = "It lies there."
        question = "What lies there?"
    """,
}
FRENCH = {
    "themes.toml": """
        [[theme]]
        slug = "calm"
        name = "Paroles calmes"
        line = "Le dire tôt."
    """,
    "calm.toml": """
        [[prompt]]
        slug = "at-the-door"
        question = "Qu’y avait-il à la porte ce soir ?"
        if_stuck = ["Les chaussures comptent."]
        tomorrow = "Lève les yeux."
    """,
    "paths/two-nights.toml": """
        name = "Deux soirs"
        line = "À la porte."
        introduction = "Doucement."
        closing = "Les voici."
        caution = "Cela peut toucher un mal ancien."
        instead = ["one-night"]
        opt_in = true
        [[part]]
        name = "Venir"
        line = "D’abord la porte."
        [[part.step]]
        prompt = "at-the-door"
        note = "Commence ici."
        [[part.step]]
        prompt = "on-the-stairs"
        note = "Puis ici."
        [[prompt]]
        slug = "on-the-stairs"
        question = "Qu’y avait-il sur l’escalier ?"
    """,
    "sets/one-evening.toml": """
        name = "Un soir"
        line = "Dehors."
        for_whom = "Parents."
        not_for_whom = "Les autres."
        introduction = "Doucement."
        caution = "Il peut faire noir."
        [[step]]
        prompt = "at-the-door"
        note = "Regarde d’abord."
        [[step]]
        prompt = "on-the-bench"
        [[prompt]]
        slug = "on-the-bench"
        question = "Qui était sur le banc ce soir ?"
    """,
    "guides/after-the-door.toml": """
        name = "Après la porte"
        line = "Pour les soirs où elle a claqué."
        opening = "Assieds-toi."
        closing = "C’est tout."
        [[part]]
        ask = "Qu’entends-tu ?"
        [[part]]
        ask = "Qui est debout ?"
    """,
    "where-to-start.toml": """
        introduction = "Début."
        help_words = "Appelle."
        [[question]]
        slug = "where"
        ask = "Où es-tu ?"
        [[question.answer]]
        slug = "here"
        says = "Ici."
        [[result]]
        path = "two-nights"
        why = "Puisque tu es ici."
    """,
    "help.toml": """
        [[topic]]
        slug = "a-fall"
        name = "Une chute"
        now = "Si l’enfant ne tient pas debout"
        say = "Assieds-toi à côté."
    """,
    "welcome.toml": """
        introduction = "Entre."
        ages = "Quel âge ?"
        asks = "Qu’est-ce qui t’amène ?"
        [[reason]]
        slug = "quiet"
        says = "Le calme."
    """,
    "first-nights.toml": """
        [[hint]]
        night = 2
        says = "Une ligne suffit."
    """,
    "letters.toml": """
        [[letter]]
        number = 1
        title = "Une serviette"
        text = "Elle est là."
        question = "Qu’est-ce qui est là ?"
    """,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small library, and a part of it in French."""
    for language, texts in (("en", ENGLISH), ("fr", FRENCH)):
        for name, text in texts.items():
            path = tmp_path / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    (tmp_path / "order.toml").write_text(
        'paths = ["two-nights", "one-night"]\nguides = ["after-the-door"]\nsets = ["one-evening"]\n', encoding="utf-8"
    )
    return tmp_path


def change(folder: Path, name: str, original: str, replacement: str) -> None:
    """Replace words in one of the French files, which has them once."""
    text = FRENCH[name]
    assert text.count(original) == 1
    (folder / "fr" / name).write_text(text.replace(original, replacement), encoding="utf-8")


class FaultsTests:
    def test_a_language_that_fits_has_none(self, folder: Path) -> None:
        assert list(checks.check("fr", folder)) == []

    def test_a_language_without_files_has_none(self, folder: Path) -> None:
        assert list(checks.check("xx", folder)) == []

    @pytest.mark.parametrize(
        ("name", "original", "replacement", "slug"),
        [
            ("calm.toml", 'slug = "at-the-door"', 'slug = "at-the-gate"', "at-the-gate"),
            ("paths/two-nights.toml", 'slug = "on-the-stairs"', 'slug = "on-the-roof"', "on-the-roof"),
        ],
    )
    def test_a_prompt_that_is_not_in_english(self, folder: Path, name: str, original: str, replacement: str, slug: str) -> None:
        change(folder, name, original, replacement)

        assert list(checks.check("fr", folder)) == [f"fr/{slug}: there is no such prompt in English"]

    def test_a_theme_that_is_not_in_english(self, folder: Path) -> None:
        change(folder, "themes.toml", 'slug = "calm"', 'slug = "calme"')

        problems = list(checks.check("fr", folder))

        assert len(problems) == 1
        assert "calme" in problems[0]

    @pytest.mark.parametrize(
        ("original", "replacement", "message"),
        [
            ("Qu’y avait-il à la porte ce soir ?", "Qu’y avait-il à la porte ce soir.", "asks one thing"),
            ("Qu’y avait-il à la porte ce soir ?", "Qu’y avait-il ? Et à la porte ?", "asks one thing"),
            ("Qu’y avait-il à la porte ce soir ?", "Qu’y avait-il ? Dis-le.", "asks one thing"),
            ("Qu’y avait-il à la porte ce soir ?", "Et la porte ?", "15 to 179 characters"),
            ("Qu’y avait-il à la porte ce soir ?", "x" * 179 + "?", "15 to 179 characters"),
            ('if_stuck = ["Les chaussures comptent."]', "", "has other fields than the English one"),
            ('if_stuck = ["Les chaussures comptent."]', 'if_stuck = ["Une.", "Deux."]', "has other fields than the English one"),
            ('tomorrow = "Lève les yeux."', "", "has other fields than the English one"),
            ("Qu’y avait-il à", "Qu'y avait-il à", "stray space, straight quotation mark or exclamation mark"),
            ("Les chaussures comptent.", "Les chaussures  comptent.", "stray space, straight quotation mark or exclamation mark"),
            ("Lève les yeux.", "Lève les yeux !", "stray space, straight quotation mark or exclamation mark"),
            ("Lève les yeux.", "Lève les yeux. ", "stray space, straight quotation mark or exclamation mark"),
        ],
    )
    def test_a_prompt_that_does_not_fit(self, folder: Path, original: str, replacement: str, message: str) -> None:
        change(folder, "calm.toml", original, replacement)

        problems = list(checks.check("fr", folder))

        assert len(problems) == 1
        assert problems[0].startswith("fr/at-the-door: ")
        assert message in problems[0]

    def test_something_for_tomorrow_that_is_not_in_english(self, folder: Path) -> None:
        change(
            folder, "paths/two-nights.toml", "Qu’y avait-il sur l’escalier ?", 'Qu’y avait-il sur l’escalier ?"\ntomorrow = "Assieds-toi.'
        )

        assert list(checks.check("fr", folder)) == ["fr/on-the-stairs: has other fields than the English one"]

    @pytest.mark.parametrize(
        ("original", "replacement"),
        [
            ('prompt = "at-the-door"', 'prompt = "over-soup"'),
            ('[[part.step]]\n        prompt = "at-the-door"\n        note = "Commence ici."\n', ""),
            ('note = "Puis ici."', 'note = "Puis ici."\n[[part]]\nname = "Encore"\n[[part.step]]\nprompt = "over-soup"'),
            ('line = "D’abord la porte."', ""),
            ('note = "Commence ici."', ""),
            ('caution = "Cela peut toucher un mal ancien."', ""),
            ('instead = ["one-night"]', ""),
            ("opt_in = true", ""),
        ],
        ids=["another step", "a step fewer", "a part more", "no line", "nothing above a step", "no caution", "no other way", "not opt-in"],
    )
    def test_a_path_that_does_not_fit(self, folder: Path, original: str, replacement: str) -> None:
        change(folder, "paths/two-nights.toml", original, replacement)

        problems = list(checks.check("fr", folder))

        assert [problem.split(": ")[0] for problem in problems] == ["fr/paths/two-nights"]

    @pytest.mark.parametrize(
        ("original", "replacement", "message"),
        [
            ('[[step]]\n        prompt = "on-the-bench"', "", "its steps or notes are not those of the English one"),
            ('note = "Regarde d’abord."', "", "its steps or notes are not those of the English one"),
            ('line = "Dehors."', 'line = "Dehors"', "its line is one sentence of at most 120 characters"),
        ],
        ids=["a step fewer", "nothing below a step", "a line that does not end"],
    )
    def test_a_set_that_does_not_fit(self, folder: Path, original: str, replacement: str, message: str) -> None:
        change(folder, "sets/one-evening.toml", original, replacement)

        assert list(checks.check("fr", folder)) == [f"fr/sets/one-evening: {message}"]

    def test_a_guide_that_asks_fewer_questions(self, folder: Path) -> None:
        change(folder, "guides/after-the-door.toml", '[[part]]\n        ask = "Qui est debout ?"', "")

        assert list(checks.check("fr", folder)) == ["fr/guides/after-the-door: its questions are not those of the English one"]

    def test_a_quiz_with_something_left_in_english(self, folder: Path) -> None:
        change(folder, "where-to-start.toml", 'help_words = "Appelle."', "")

        assert list(checks.check("fr", folder)) == ["fr/where-to-start.toml: help_words is not translated"]

    def test_a_welcome_with_something_left_in_english(self, folder: Path) -> None:
        change(folder, "welcome.toml", 'slug = "quiet"', 'slug = "calm"')

        assert list(checks.check("fr", folder)) == ["fr/welcome.toml: quiet is not translated"]

    def test_a_hint_for_another_night(self, folder: Path) -> None:
        change(folder, "first-nights.toml", "night = 2", "night = 3")

        assert list(checks.check("fr", folder)) == ["fr/first-nights.toml: its hints are not for the nights of the English ones"]

    def test_a_letter_that_english_lacks(self, folder: Path) -> None:
        change(folder, "letters.toml", "number = 1", "number = 2")

        assert list(checks.check("fr", folder)) == ["fr/letters.toml: there is no letter 2 in English"]

    def test_each_has_a_line_of_its_own(self, folder: Path) -> None:
        change(folder, "calm.toml", "Lève les yeux.", "Lève les yeux !")
        change(folder, "paths/two-nights.toml", 'prompt = "at-the-door"', 'prompt = "over-soup"')
        change(folder, "where-to-start.toml", 'ask = "Où es-tu ?"', "")

        problems = [problem.split(": ")[0] for problem in checks.check("fr", folder)]

        assert problems == ["fr/at-the-door", "fr/paths/two-nights", "fr/where-to-start.toml"]


class ReadingTests:
    @pytest.mark.parametrize(
        ("name", "original", "replacement", "message"),
        [
            ("calm.toml", "tomorrow =", "demain =", "calm.toml: at-the-door has unknown fields: demain"),
            ("calm.toml", "tomorrow =", 'depth = "deep"\ntomorrow =', "calm.toml: at-the-door has unknown fields: depth"),
            ("calm.toml", 'slug = "at-the-door"', "", "calm.toml: an entry: "),
            ("calm.toml", "[[prompt]]", "[[question]]", "calm.toml: holds question; only [[prompt]] is known"),
            ("calm.toml", "[[prompt]]", "[[prompt]", "calm.toml: "),
            ("themes.toml", 'name = "Paroles calmes"', 'title = "Paroles calmes"', "themes.toml: calm has unknown fields: title"),
            ("themes.toml", 'line = "Le dire tôt."', "", "missing 1 required keyword-only argument: 'line'"),
            ("themes.toml", 'slug = "calm"', "", "themes.toml: "),
            ("paths/two-nights.toml", "[[prompt]]", "[[prompt]]\nmood = 3", "two-nights.toml: on-the-stairs has unknown fields: mood"),
        ],
    )
    def test_names_the_file_and_what_is_wrong(self, folder: Path, name: str, original: str, replacement: str, message: str) -> None:
        change(folder, name, original, replacement)

        with pytest.raises(LibraryError, match=rf"^{Path(name).name}: ") as raised:
            translations.read("fr", folder)

        assert message in str(raised.value)

    def test_has_the_words_of_themes_daily_prompts_and_those_of_paths_and_sets(self, folder: Path) -> None:
        french = translations.read("fr", folder)

        assert [(theme.slug, theme.name, theme.line) for theme in french.themes.values()] == [("calm", "Paroles calmes", "Le dire tôt.")]
        assert [(words.slug, words.if_stuck, words.tomorrow) for words in french.prompts.values()] == [
            ("at-the-door", ("Les chaussures comptent.",), "Lève les yeux."),
            ("on-the-stairs", (), ""),
            ("on-the-bench", (), ""),
        ]

    def test_has_nothing_for_english_or_a_language_without_files(self, folder: Path) -> None:
        assert translations.read("en", folder) == translations.read("xx", folder) == translations.EMPTY

    def test_knows_the_languages_by_their_folders(self, folder: Path) -> None:
        (folder / "de").mkdir()

        assert translations.languages(folder) == ["de", "fr"]

    def test_counts_what_is_translated_of_each_part(self, folder: Path) -> None:
        report = [(each.part, each.translated, each.total) for each in checks.coverage("fr", folder)]

        assert report == [
            ("themes", 1, 2),
            ("calm", 1, 2),
            ("grace", 0, 1),
            ("path two-nights", 2, 2),
            ("path one-night", 0, 1),
            ("set one-evening", 2, 2),
            ("guides", 1, 1),
            ("quiz", 1, 1),
            ("welcome", 1, 1),
            ("first nights", 1, 1),
            ("help", 1, 1),
            ("letters", 1, 1),
        ]

    def test_does_not_count_a_path_whose_steps_alone_are_translated(self, folder: Path) -> None:
        change(folder, "calm.toml", 'slug = "at-the-door"', 'slug = "over-soup"')

        report = {each.part: each.translated for each in checks.coverage("fr", folder)}

        assert (report["path two-nights"], report["path one-night"]) == (1, 0)

    def test_counts_nothing_of_a_language_without_files(self, folder: Path) -> None:
        assert [each.translated for each in checks.coverage("xx", folder)] == [0] * 12


class FallbackTests:
    """What a reader of another language is shown of a question."""

    translated = make_question(slug="the-seconds-before", theme="repair", theme_name="Repair", if_stuck=("Which room?",), tomorrow="")
    untranslated = make_question(slug="no-such-prompt", theme="repair", theme_name="Repair", tomorrow="Look up.")

    @pytest.mark.parametrize("language", ["es", "es-mx"])
    def test_is_shown_in_their_language_where_it_is_translated(self, language: str) -> None:
        words = translations.read("es").prompts["the-seconds-before"]

        with translation.override(language):
            shown = questions.translated(self.translated)

        assert (shown.text, shown.if_stuck, shown.tomorrow, shown.language) == (words.question, words.if_stuck, words.tomorrow, "es")
        assert shown.theme_name == translations.read("es").themes["repair"].name != "Repair"
        assert (shown.slug, shown.theme, shown.depth) == ("the-seconds-before", "repair", self.translated.depth)

    def test_is_shown_in_english_and_marked_so_where_it_is_not(self) -> None:
        with translation.override("es"):
            shown = questions.translated(self.untranslated)

        assert (shown.text, shown.tomorrow, shown.language) == (self.untranslated.text, "Look up.", "en")
        assert shown.theme_name == translations.read("es").themes["repair"].name

    @pytest.mark.parametrize("language", ["en", "en-gb", "fr", None])
    def test_is_unchanged_for_readers_of_english_and_of_languages_without_translation(self, language: str | None) -> None:
        with translation.override(language):
            assert questions.translated(self.translated) == self.translated

    def test_a_parent_s_own_question_stays_as_they_wrote_it(self) -> None:
        mine = make_question(slug="the-seconds-before", theme="repair", own=True)

        with translation.override("es"):
            assert questions.translated(mine) == mine
