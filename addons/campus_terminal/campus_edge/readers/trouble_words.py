"""Sentences about faults of an edge, for the staff beside it; each says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campus_core.devices import reader_trouble

#: Sentences for readers by their code; the server's pages say the same.
READERS: Final[Mapping[str, str]] = {
    reader_trouble.NOT_THERE: "The reader is not plugged in. Check its cable, and plug it in again.",
    reader_trouble.NO_RIGHT: "The edge program may not use the reader. Ask whoever set up this machine.",
    reader_trouble.IN_USE: "Another program uses the reader. Close it, or restart this machine.",
    reader_trouble.NO_CONNECTION: "The reader's network adapter cannot be reached. Check its power and its cable.",
    reader_trouble.NO_ANSWER: "The reader does not answer. Check its power and its cable.",
    reader_trouble.KEY_REFUSED: "The reader does not accept the key of this edge. Ask whoever set up the reader.",
    reader_trouble.OTHER_DEVICE: "Another kind of reader answers than the one set up here. Check which one is plugged in.",
    reader_trouble.NO_SERVICE: "The card reader service of this machine does not run. Restart the machine.",
    reader_trouble.NOT_INSTALLED: "A part of the edge program is not installed. Ask whoever set up this machine.",
    reader_trouble.JOURNAL: "Taps cannot be written down, so nobody is served. Make room on the disk of this machine.",
    reader_trouble.OTHER: "The reader has a fault. Plug it in again; if it stays, ask whoever set up this machine.",
}
#: Sentences for the problems in ``Edge.status``, by the words before the colon.
PROBLEMS: Final[Mapping[str, str]] = {
    "the journal cannot be written": READERS[reader_trouble.JOURNAL],
    "switched off by the server": "This edge is switched off in the campus card system. Ask a device manager.",
    "taps are not sent": "Taps are kept here and sent when the server answers. Check the network.",
    "lockdowns cannot be stored": "A lockdown is obeyed but lost at a restart: the disk cannot be written.",
    "the card list is not fresh": "New and frozen cards are not heard of. Check the network.",
    "freezes are asked for, not pushed": "A frozen card is heard of some seconds late. Taps go on.",
    "the time is doubtful": "The time of this machine is not sure. Check the network.",
    "a damaged journal was put aside": "Taps were put aside after a damage. Ask whoever set up this machine.",
    "taps that the server did not take": "The server did not take some taps. A device manager decides about them.",
}
OTHER_PROBLEM: Final = (
    "The adapters of the readers are not as they were set up. Ask whoever set up this machine."
)
KEYPAD: Final = "Keypad: %s"

CHINESE: Final[Mapping[str, str]] = {
    READERS[reader_trouble.NOT_THERE]: "读卡器未插好。请检查连接线，重新插上。",
    READERS[reader_trouble.NO_RIGHT]: "边缘程序无权使用该读卡器。请联系安装本机的人员。",
    READERS[reader_trouble.IN_USE]: "读卡器被其他程序占用。请关闭该程序，或重启本机。",
    READERS[reader_trouble.NO_CONNECTION]: "连接不上读卡器的网络适配器。请检查其电源和网线。",
    READERS[reader_trouble.NO_ANSWER]: "读卡器没有应答。请检查其电源和连接线。",
    READERS[reader_trouble.KEY_REFUSED]: "读卡器不接受本边缘机的密钥。请联系安装读卡器的人员。",
    READERS[reader_trouble.OTHER_DEVICE]: "应答的读卡器与此处设置的型号不符。请检查插的是哪一个。",
    READERS[reader_trouble.NO_SERVICE]: "本机的读卡器服务没有运行。请重启本机。",
    READERS[reader_trouble.NOT_INSTALLED]: "边缘程序缺少组件。请联系安装本机的人员。",
    READERS[reader_trouble.JOURNAL]: "刷卡记录无法写入，因此暂停服务。请清理本机磁盘空间。",
    READERS[reader_trouble.OTHER]: "读卡器出现故障。请重新插拔；仍不恢复时，请联系安装本机的人员。",
    PROBLEMS["switched off by the server"]: "此边缘机已在校园卡系统中停用。请联系设备管理员。",
    PROBLEMS["taps are not sent"]: "刷卡记录保存在本机，服务器恢复后自动上传。请检查网络。",
    PROBLEMS["lockdowns cannot be stored"]: "封控已执行，但无法写入磁盘，重启后会丢失。请清理本机磁盘空间。",
    PROBLEMS["the card list is not fresh"]: "收不到新卡和冻结卡的消息。请检查网络。",
    PROBLEMS["freezes are asked for, not pushed"]: "卡片冻结会晚几秒生效，刷卡照常。",
    PROBLEMS["the time is doubtful"]: "本机时间不可靠。请检查网络。",
    PROBLEMS["a damaged journal was put aside"]: "记录损坏后，部分刷卡记录已另存。请联系安装本机的人员。",
    PROBLEMS["taps that the server did not take"]: "服务器未接收部分刷卡记录，由设备管理员处理。",
    OTHER_PROBLEM: "读卡器的接口与安装时不一致。请联系安装本机的人员。",
    KEYPAD: "小键盘：%s",
}
