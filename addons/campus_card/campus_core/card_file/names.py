"""Tells names from text that was decoded with a wrong encoding.

Chinese, Western, Cyrillic and Korean bytes are nearly all valid GB18030, so decoding does not fail when
the guess is wrong. Real names use everyday characters, and most begin with a known surname.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

#: The frequent surnames, in simplified and traditional writing, and first characters of double ones:
#: more than nine people in ten begin with one of them.
SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜"
    "戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶"
    "洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛"
    "童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑"
    "邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲"
    "乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺肖闫欧阳上官司马诸葛皇甫尉迟慕容令狐"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許傅呂蘇盧蔣賈葉閻鐘範譚鄒陸顧龍萬錢湯賀賴龔龐蘭顏嚴蘆魯韋畢聶叢齊莊塗時"
    "關費紀歐項陽衛鮑單寧閔華車邊饒滕鄔暢宮簡婁蓋黨談連欒鬱計竇遲鞏練樂應台諶銀揚"
)
#: If fewer than one name in three begins with a surname, these are no Chinese names.
SURNAME_SHARE: Final = 3
#: If more than one character in five is rare, the text has another encoding.
RARE_SHARE: Final = 5

_CHINESE: Final = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff·]{2,}$")
_LETTERS: Final = re.compile(r"[^\W\d_]")
#: Usual mistakes as (encoding the text was read as, true encoding).
_MISTAKES: Final = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1252", "gb2312"),
    ("latin-1", "gb2312"),
)


def can_be_names(names: Sequence[str], others: Sequence[str] = ()) -> bool:
    """Say whether text decoded as GB18030 can be names; ``others`` are further texts, such as departments."""
    foreign = [character for text in (*names, *others) for character in text if character > "\x7f"]
    if len(foreign) < RARE_SHARE * sum(map(is_rare, foreign)):
        return False
    chinese = [name for name in names if _CHINESE.match(name)]
    known = sum(name[0] in SURNAMES for name in chinese)
    return known * SURNAME_SHARE >= len(chinese)


def are_misread(names: Sequence[str]) -> bool:
    """Say whether most names beyond ASCII become Chinese when a usual mistake is undone."""
    foreign = [name for name in names if not name.isascii()]
    return sum(map(_is_misread, foreign)) * 2 > len(foreign)


def is_rare(character: str) -> bool:
    """Say whether the character is outside everyday Chinese (GB 2312)."""
    return not character.encode("gb2312", errors="ignore")


def _is_misread(name: str) -> bool:
    if not any(map(is_rare, name)):
        return False
    for taken_for, was in _MISTAKES:
        try:
            text = name.encode(taken_for).decode(was)
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if _CHINESE.match("".join(_LETTERS.findall(text))):
            return True
    return False
