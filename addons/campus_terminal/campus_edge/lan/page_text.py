"""The texts of the status page in English and Chinese, and the choice of the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from campus_core.devices import reader_trouble

from ..readers import code_words, trouble_words

ENGLISH, CHINESE = "en", "zh"

_CHINESE: Final = {
    "Edge": "边缘机",
    "All well": "一切正常",
    "Working without the server": "服务器暂不可达，离线工作中",
    "Needs attention": "需要处理",
    "Lockdown in force": "封控中",
    "Who is where": "人员清点",
    "News of all edges": "数据实时",
    "Last news of other edges %s ago": "其他边缘机的数据为%s前",
    "As of %s. The page renews itself every five seconds.": "截至 %s。页面每五秒自动刷新。",
    "State of the edge": "边缘机状态",
    "Nobody": "无人",
    "Server": "服务器",
    "connected": "已连接",
    "away": "无法连接",
    "refused": "被拒绝",
    "unpaired": "未配对",
    "unknown": "未知",
    "last answer %s ago": "%s前有应答",
    "Waiting to be sent": "待上传",
    "Snapshot": "卡名单",
    "version %s": "版本 %s",
    "%s old": "%s前",
    "Clock against the server": "与服务器时钟偏差",
    "Running for": "已运行",
    "Readers": "读卡器",
    "No reader is set up.": "尚未设置读卡器。",
    "opening": "正在打开",
    "ready": "就绪",
    "lost": "未连接",
    "sick": "异常",
    "stopped": "已停止",
    "Tills": "收银台",
    "No terminal serves a till.": "没有终端连接收银台。",
    "till is listening": "收银台在线",
    "no till is listening": "没有收银台在线",
    "%s handed over, %s not fetched": "已送达 %s 次，未取走 %s 次",
    "Last taps": "最近刷卡",
    "No card has been shown yet.": "还没有人刷卡。",
    "granted": "通过",
    "asking": "询问中",
    "pay": "消费",
    "door": "门禁",
    "attend": "考勤",
    "gate": "闸机",
    "balance": "余额",
    "%s s": "%s 秒",
    "%s min": "%s 分钟",
    "%s h": "%s 小时",
    "%s d": "%s 天",
    "The page renews itself every five seconds. The same as JSON:": "页面每五秒自动刷新。JSON 数据：",
}
# Outcomes whose English word has another Chinese translation elsewhere.
_CHINESE_OUTCOMES: Final = {"refused": "拒绝"}
_RANGE: Final = re.compile(r"\s*([A-Za-z*-]{1,20})(?:;\s*q=([01](?:\.\d{0,3})?))?\s*\Z")
_STEPS: Final = ((86_400, "%s d"), (3_600, "%s h"), (60, "%s min"), (1, "%s s"))

Say = Callable[..., str]


def language(accept: str) -> str:
    """Return the language for a browser that sent ``accept`` (Accept-Language): English unless asked."""
    best, best_quality = ENGLISH, 0.0
    for item in accept[:200].split(","):
        found = _RANGE.match(item)
        if not found:
            continue
        name, quality = found[1].lower().partition("-")[0], float(found[2] or 1)
        if name in (ENGLISH, CHINESE) and quality > best_quality:
            best, best_quality = name, quality
    return best


def speaker(lang: str) -> Say:
    """Return ``say(english, *values)`` for a language."""

    def say(english: str, *values: object) -> str:
        text = english
        if lang == CHINESE:
            text = _CHINESE.get(english) or trouble_words.CHINESE.get(english, english)
        return text % values if values else text

    return say


def outcome(say: Say, lang: str, word: str) -> str:
    """Return the word for the outcome of a tap."""
    return _CHINESE_OUTCOMES.get(word, say(word)) if lang == CHINESE else word


def refusal(lang: str, code: str) -> str:
    """Return why a tap was refused, for people; an unknown code is returned unchanged."""
    text = code_words.words(code, lang == CHINESE) or code.replace("_", " ")
    return text.replace("\n", " ")


def trouble(say: Say, detail: str) -> str:
    """Return what is wrong with a reader, and what to do, for people."""
    text = say(trouble_words.READERS[reader_trouble.code_of(detail)])
    return say(trouble_words.KEYPAD, text) if reader_trouble.is_keypad(detail) else text


def problems(say: Say, names: Iterable[str]) -> str:
    """Return what is wrong with the edge, and what to do, for people."""
    sentences = [say(trouble_words.PROBLEMS.get(name, trouble_words.OTHER_PROBLEM)) for name in names]
    return " ".join(dict.fromkeys(sentences))


def duration(say: Say, seconds: int) -> str:
    """Return a span of time in its largest unit, rounded down."""
    size, unit = next((step for step in _STEPS if seconds >= step[0]), _STEPS[-1])
    return say(unit, max(seconds, 0) // size)
