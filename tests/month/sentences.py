"""Whether a refusal is a sentence that its reader understands, in Chinese and in English."""

import re

# Words of the machine that no sentence for people may contain.
MACHINE_WORDS = ("Traceback", "psycopg2", "PL/pgSQL", "null value", "KeyError", "odoo.exceptions", "CONTEXT:")
CHINESE = re.compile("[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{2,}")
ENGLISH_WORDS = 3
# How Odoo begins what a constraint of the database or a record rule says: in the language of the login, whatever is asked for.
OF_THE_LOGIN = ("操作无法完成：", "哦豁！")


def problem(text):
    """What is wrong with a sentence in whatever language; None if nothing is."""
    if not (text or "").strip():
        return "is empty"
    found = [word for word in MACHINE_WORDS if word in text]
    return f"has words of the machine: {found}" if found else None


def chinese_problem(text):
    """What is wrong with a sentence for a reader of Chinese."""
    return problem(text) or (None if CHINESE.search(text) else "is not Chinese")


def english_problem(text, chinese):
    """What is wrong with the English twin of ``chinese``; names of people may be Chinese in it too."""
    if found := problem(text):
        return found
    if text == chinese and text.startswith(OF_THE_LOGIN):
        return None
    return "is not English" if text == chinese or len(WORDS.findall(text)) < ENGLISH_WORDS else None


def check(chinese, english, what):
    """Sentence about a refusal that is not said well in both languages; None if it is."""
    if found := chinese_problem(chinese):
        return f"{what} {found} in Chinese: {chinese!r}"
    if found := english_problem(english, chinese):
        return f"{what} {found} in English: {english!r}"
    return None
