"""Chinese names by generation: people born in 2005 have other given names than people born in 1970."""

from __future__ import annotations

from itertools import accumulate
from random import Random

#: Share of the population in per mille, from the household registers.
SURNAMES = {
    "王": 72, "李": 72, "张": 68, "刘": 54, "陈": 45, "杨": 31, "黄": 22, "赵": 21, "吴": 20,
    "周": 19, "徐": 17, "孙": 15, "马": 13, "朱": 13, "胡": 12, "郭": 12, "何": 11, "林": 11,
    "高": 10, "罗": 9, "郑": 9, "梁": 9, "谢": 8, "宋": 7, "唐": 7, "许": 6, "邓": 6, "冯": 6,
    "韩": 6, "曹": 6, "曾": 6, "彭": 6, "萧": 5, "蔡": 5, "潘": 5, "田": 5, "董": 5, "袁": 5,
    "于": 5, "余": 5, "叶": 5, "蒋": 5, "杜": 4, "苏": 4, "魏": 4, "程": 4, "吕": 4, "丁": 4,
    "沈": 4, "任": 4, "姚": 4, "卢": 4, "傅": 3, "钟": 3, "姜": 3, "崔": 3, "谭": 3, "廖": 3,
    "范": 3, "汪": 3, "陆": 3, "金": 3, "石": 3, "戴": 3, "贾": 3, "韦": 3, "夏": 3, "邱": 3,
    "方": 3, "侯": 3, "邹": 3, "熊": 3, "孟": 3, "秦": 3, "白": 3, "江": 3, "阎": 3, "薛": 3,
    "尹": 2, "段": 2, "雷": 2, "黎": 2, "史": 2, "龙": 2, "陶": 2, "贺": 2, "顾": 2, "毛": 2,
    "郝": 2, "龚": 2, "邵": 2, "万": 2, "钱": 2, "严": 2, "覃": 2, "武": 2, "温": 1, "欧阳": 1,
    "上官": 1, "司徒": 1, "诸葛": 1,
}  # fmt: skip
#: Surnames that are frequent among the Hui. These people eat at the halal counter.
HUI_SURNAMES = ("马", "白", "丁", "沙", "哈", "海", "金", "穆")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


YOUNG_MALE = _words(
    "子轩 浩然 宇轩 浩宇 子涵 俊杰 梓豪 博文 宇航 天佑 思远 皓轩 一鸣 嘉豪 "
    "文博 俊熙 奕辰 泽宇 明轩 睿 晨曦 志远 家豪 承泽 书豪 景行 昊天 煜 铭泽 "
    "鑫磊 子墨 逸飞 翔宇 佳乐 星宇 凯 瑞 毅 启航 立诚 子昂 弘毅 哲瀚 天翊 "
    "若愚 云帆 知行 乐天 晓东 少聪"
)
YOUNG_FEMALE = _words(
    "雨桐 欣怡 梓涵 诗涵 可欣 佳怡 语嫣 思琪 雨萱 若曦 子萱 梦琪 晓彤 一诺 "
    "静怡 嘉怡 雪儿 艺涵 心怡 婉婷 紫涵 佳琪 梦瑶 雅琪 晨希 思颖 雨欣 钰涵 "
    "怡然 诗琪 悦 婷 楚涵 芷若 念慈 清扬 可馨 语桐 慧敏 安然 如意 书瑶 知夏 "
    "映雪 文萱 乐瑶 舒雅 依诺 晓雨 佳宁"
)
OLD_MALE = _words(
    "建国 建华 志强 志刚 国强 伟 军 勇 明 建军 永强 海涛 文斌 卫东 晓明 立新 "
    "国平 宏伟 学军 振华 春生 新民 德胜 长江 世杰 正华 兴国 培林 家栋 光明"
)
OLD_FEMALE = _words(
    "秀英 丽华 敏 静 丽 艳 芳 娟 玉兰 桂英 秀兰 红梅 淑芬 玉梅 晓红 雪梅 "
    "海燕 丽萍 春梅 慧 凤英 美玲 文娟 爱华 素珍 小燕 亚男 金凤 月华 惠芳"
)

_SURNAMES = tuple(SURNAMES)
_CUMULATED = tuple(accumulate(SURNAMES.values()))


def surname(rng: Random) -> str:
    """A surname; frequent ones are chosen more often."""
    return rng.choices(_SURNAMES, cum_weights=_CUMULATED)[0]


def given_name(rng: Random, female: bool, young: bool) -> str:
    """A given name for the sex and generation."""
    if young:
        return rng.choice(YOUNG_FEMALE if female else YOUNG_MALE)
    return rng.choice(OLD_FEMALE if female else OLD_MALE)


def full_name(rng: Random, female: bool, young: bool, taken: set[str]) -> str:
    """A full name that few others have. It is added to ``taken``."""
    for _attempt in range(6):
        name = surname(rng) + given_name(rng, female, young)
        if name not in taken:
            break
    taken.add(name)
    return name
