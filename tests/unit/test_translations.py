"""Every text of the addons is there in every language we ship, and says the same."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

from campus_cli import settings

ROOT = Path(__file__).resolve().parents[2]
# What cannot be installed in a database has no texts there.
ADDONS = sorted(
    path.parent.name
    for path in (ROOT / "addons").glob("*/__manifest__.py")
    if settings.manifest(path.parent.name).get("installable", True)
)
FILES = [(addon, language) for addon in ADDONS for language in settings.LANGUAGES]

# What a translation must hand on unchanged: arguments, markup, expressions of templates.
# Percent signs followed by a blank are text: "50 % of".
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif](?![a-z])|\{\{.*?\}\}|\$\{.*?\}|\{\w+\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# Attributes with words in them; all others belong to the markup.
WORDS = re.compile(r"\b(title|alt|placeholder|aria-label|string|help|confirm)=(\"[^\"]*\"|'[^']*')")

# Codes, keys and names, the same in every language.
NAMES = r"UID|ID|UUID|URL|PIN|CSV|XLSX|Excel|Esc|F\d+|UTF-\d+|GB\w+|\d+"
NO_WORDS = re.compile(rf"({NAMES}|</?span>|[\W_])*", re.IGNORECASE)
ASCII_PUNCTUATION = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!](?=[\u4e00-\u9fff])")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def terms(path):
    return {entry.msgid: entry for entry in polib.pofile(str(path))}


def fixed_parts(text):
    """Placeholders and tags of a text, whatever their order."""
    tags = (WORDS.sub("", tag) for tag in TAG.findall(text))
    squeezed = (re.sub(r"\s+", " ", tag).replace(" >", ">").replace(" />", "/>") for tag in tags)
    return Counter(squeezed) + Counter(PLACEHOLDER.findall(text))


@pytest.fixture(params=FILES, ids=lambda pair: "-".join(pair))
def translation(request):
    """The template of an addon and its file in one language."""
    addon, language = request.param
    folder = ROOT / "addons" / addon / "i18n"
    return terms(folder / f"{addon}.pot"), terms(folder / f"{language}.po")


def test_template_and_translation_have_the_same_terms(translation):
    template, translated = translation
    assert template.keys() == translated.keys()


def test_a_term_names_the_same_places_in_both(translation):
    template, translated = translation
    moved = [msgid for msgid in template if template[msgid].occurrences != translated[msgid].occurrences]
    assert moved == []


def test_every_term_is_translated(translation):
    _template, translated = translation
    assert [msgid for msgid, entry in translated.items() if not entry.translated() or entry.fuzzy] == []


def test_nothing_obsolete_is_kept(translation):
    _template, translated = translation
    assert [msgid for msgid, entry in translated.items() if entry.obsolete] == []


def test_placeholders_and_markup_are_handed_on(translation):
    _template, translated = translation
    broken = {
        msgid: entry.msgstr
        for msgid, entry in translated.items()
        if fixed_parts(msgid) != fixed_parts(entry.msgstr)
    }
    assert broken == {}


def test_a_translation_begins_and_ends_its_lines_like_its_source(translation):
    """Otherwise gettext refuses the file."""
    template, translated = translation
    assert translated or not template
    for msgid, entry in translated.items():
        assert msgid.startswith("\n") == entry.msgstr.startswith("\n"), msgid
        assert msgid.endswith("\n") == entry.msgstr.endswith("\n"), msgid


def test_no_sentence_is_left_in_english(translation):
    _template, translated = translation
    left = [
        msgid
        for msgid, entry in translated.items()
        if entry.msgid == entry.msgstr and not NO_WORDS.fullmatch(msgid)
    ]
    assert left == []


def test_chinese_is_written_in_chinese(translation, request):
    """Chinese characters, and full-width punctuation between them."""
    template, translated = translation
    assert translated or not template
    if request.node.callspec.params["translation"][1] != "zh_CN":
        return
    for msgid, entry in translated.items():
        assert CHINESE.search(entry.msgstr) or NO_WORDS.fullmatch(PLACEHOLDER.sub("", msgid)), msgid
        assert not ASCII_PUNCTUATION.search(PLACEHOLDER.sub("", TAG.sub("", entry.msgstr))), entry.msgstr


@pytest.mark.parametrize(
    ("source", "translated", "same"),
    [
        ("%(a)s of %(b)s", "%(b)s 之 %(a)s", True),
        ("%s of it", "其中 %s", True),
        ("%(a)s of it", "其中 %(b)s", False),
        ("<b>Stop.</b> Now", "<b>停。</b>立刻", True),
        ("<b>Stop.</b> Now", "停。立刻", False),
        ('<i class="fa" title="Lost"/>', '<i class="fa" title="挂失"/>', True),
        ('<i class="fa" title="Lost"/>', '<i class="fb" title="挂失"/>', False),
        ("Your card {{ object.number }}", "您的卡 {{ object.number }}", True),
        ("Your card {{ object.number }}", "您的卡 {{ object.name }}", False),
    ],
)
def test_fixed_parts_are_found(source, translated, same):
    assert (fixed_parts(source) == fixed_parts(translated)) is same
