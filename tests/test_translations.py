"""Every word on screen exists in every language, and fits its placeholders."""

import re

import pytest

from tools import words

PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_nothing_is_untranslated_or_guessed(language):
    assert not list(words.unfinished(language))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_translations_keep_the_placeholders(language):
    wrong = []
    for message in words.catalogue(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACE.findall(ids[-1]))
        wrong += [str(message.id) for text in texts if text and set(PLACE.findall(text)) != wanted]
    assert not wrong


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_source(language):
    assert words.source(language).with_suffix(".mo").read_bytes() == words.compiled(language)
