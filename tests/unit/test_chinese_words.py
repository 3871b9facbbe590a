"""One thing has one Chinese word: the glossary of ARCHITECTURE.md holds in every addon and at the edge."""

import polib
import pytest

from campus_cli import paths

#: Other words for a thing of the glossary, each with the word that is used.
OTHER_WORDS = {
    "快照": "卡名单",
    "卡片名单": "卡名单",
    "资金变动": "交易",
    "边缘网关": "边缘机",
    "本网关": "本边缘机",
    "此网关": "此边缘机",
}
#: Terms of the glossary that several addons show alone, as a label, a tab or a button.
LABELS = (
    "Approve", "Approved", "Correction", "Debt", "Edge", "Edges", "Holder", "Holders", "Merchant", "Movement",
    "Movements", "Pocket", "Pockets", "Refund", "Refunds", "Transfer", "Transfers", "Wallet", "Wallets",
)  # fmt: skip
CATALOGUES = sorted(paths.ADDONS.glob("*/i18n/zh_CN.po"))


@pytest.fixture(scope="module")
def translated():
    """``[(addon, English, Chinese)]`` of all addons."""
    return [
        (path.parent.parent.name, entry.msgid, entry.msgstr)
        for path in CATALOGUES
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    ]


def test_no_screen_has_another_word_for_a_thing(translated):
    wrong = [
        f"{addon}: {english!r} -> {chinese!r}, say {right}"
        for addon, english, chinese in translated
        for word, right in OTHER_WORDS.items()
        if word in chinese
    ]
    assert not wrong


def test_the_edge_uses_the_same_words():
    edge = paths.ADDONS / "campus_terminal" / "campus_edge"
    files = [path for path in edge.rglob("*.py") if path.stem.endswith(("text", "texts", "words"))]
    assert len(files) > 2
    wrong = [
        f"{path.name}: {word}" for path in files for word in OTHER_WORDS if word in path.read_text("utf-8")
    ]
    assert not wrong


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_the_same_word_in_every_addon(label, translated):
    words = {chinese: addon for addon, english, chinese in translated if english == label}
    assert len(words) < 2, words
