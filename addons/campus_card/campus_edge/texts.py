"""What a reader's display says when the edge answers alone, in Chinese and English.

Answers of the server carry their own text. Short: a display may have two lines of sixteen letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campus_core import errors

LANGUAGES: Final = ("zh_CN", "en_US")

_CHINESE: Final[Mapping[str, str]] = {
    "ok": "通过",
    "offline": "离线",
    errors.UNKNOWN_CARD: "卡片未登记",
    errors.CARD_NOT_ACTIVE: "卡片未启用",
    errors.CARD_FROZEN: "卡片已冻结",
    errors.CARD_LOST: "卡片已挂失",
    errors.CARD_EXPIRED: "卡片已过期",
    errors.WALLET_FROZEN: "账户已冻结",
    errors.INSUFFICIENT: "余额不足",
    errors.AMOUNT_INVALID: "请先输入金额",
    errors.TERMINAL_UNKNOWN: "终端未登记",
    errors.TERMINAL_DISABLED: "终端已停用",
    errors.EDGE_DISABLED: "设备已停用",
    errors.DUPLICATE_TAP: "已刷过,请勿重复",
    errors.OFFLINE_CAP_TAP: "离线:超单笔限额",
    errors.OFFLINE_CAP_CARD: "离线:超卡片限额",
    errors.OFFLINE_CAP_EDGE: "离线:超本点限额",
    errors.SNAPSHOT_TOO_OLD: "离线过久,不能消费",
    errors.SNAPSHOT_MISSING: "名单未就绪",
    errors.CREDENTIAL_MALFORMED: "请重新刷卡",
    errors.SUN_FORGED: "卡片无效",
    errors.SUN_REPLAYED: "请重新刷卡",
    errors.CODE_FORGED: "二维码无效",
    errors.CODE_STALE: "二维码已过期",
    errors.CODE_REPLAYED: "二维码已使用",
    errors.PHONE_REVOKED: "手机卡已停用",
    errors.CERTIFICATE_EXPIRED: "请联网更新手机卡",
    errors.KEY_UNKNOWN: "密钥不明",
    errors.TRY_AGAIN: "请稍后再试",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "ok": "OK",
    "offline": "offline",
    errors.UNKNOWN_CARD: "Unknown card",
    errors.CARD_NOT_ACTIVE: "Card not active",
    errors.CARD_FROZEN: "Card frozen",
    errors.CARD_LOST: "Card lost",
    errors.CARD_EXPIRED: "Card expired",
    errors.WALLET_FROZEN: "Account frozen",
    errors.INSUFFICIENT: "Not enough money",
    errors.AMOUNT_INVALID: "Key the amount",
    errors.TERMINAL_UNKNOWN: "Unknown terminal",
    errors.TERMINAL_DISABLED: "Terminal off",
    errors.EDGE_DISABLED: "Device off",
    errors.DUPLICATE_TAP: "Already tapped",
    errors.OFFLINE_CAP_TAP: "Offline: too much",
    errors.OFFLINE_CAP_CARD: "Offline: card cap",
    errors.OFFLINE_CAP_EDGE: "Offline: place cap",
    errors.SNAPSHOT_TOO_OLD: "Offline too long",
    errors.SNAPSHOT_MISSING: "Not ready",
    errors.CREDENTIAL_MALFORMED: "Hold card again",
    errors.SUN_FORGED: "Invalid card",
    errors.SUN_REPLAYED: "Hold card again",
    errors.CODE_FORGED: "Invalid code",
    errors.CODE_STALE: "Code too old",
    errors.CODE_REPLAYED: "Code used",
    errors.PHONE_REVOKED: "Phone revoked",
    errors.CERTIFICATE_EXPIRED: "Go online once",
    errors.KEY_UNKNOWN: "Unknown key",
    errors.TRY_AGAIN: "Try again later",
}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {"zh_CN": _CHINESE, "en_US": _ENGLISH}


def amount(amount_minor: int) -> str:
    """Return cents as people read them: ``3.50``."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def text_of(code: str, language: str, amount_minor: int | None = None, name: str = "") -> str:
    """Return the display's text for an answer of the edge alone."""
    words = _TEXTS[language]
    if code == "ok" and amount_minor is not None:
        return f"{amount(amount_minor)}  {words['offline']}"
    if code == "ok":
        return f"{words['ok']}\n{name}" if name else words["ok"]
    return words.get(code) or errors.CODES.get(code, code)
