"""Personal data out of a text that is to be published. Pure, rule-based: it rather takes away too much.

个人信息保护法 27, 28 and 政府信息公开条例 15: what is published of a case names nobody and tells no number, no plate and
no dwelling. A name becomes the surname with 某; numbers and dwellings become what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["found_in", "scrub"]

_FULL = str.maketrans("０１２３４５６７８９Ｘｘ－＋", "0123456789Xx-+")
_GAP = r"[ \t\u3000\-–—‐.·]?"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白"
    "孟秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_CUES = "当事人|违建人|违法人|行为人|户主|业主|房主|所有人|联系人|负责人|法定代表人|经营者|投诉人|举报人|居民|村民|姓名|电话机主"
_STOP = r"(?=$|[^\u4e00-\u9fff]|[在于为的与和及等因未已将拒系所自承擅经])"
_HAN = r"[\u4e00-\u9fff]"
_COUNT = r"(?:\d+|[A-Za-z]\d*|[一二三四五六七八九十百〇零]+)"

_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("［邮箱］", re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}")),
    ("［证件号码］", re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{13,}}(?:{_GAP}[0-9Xx])(?![0-9])")),
    ("［电话］", re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")),
    ("［电话］", re.compile(rf"(?<!\d)0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)")),
    ("［车牌］", re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. \-]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
    )),
)  # fmt: skip
_DWELLING = re.compile(rf"(?:{_COUNT}(?:号楼|号院|单元|楼层|栋|幢|座|室|户|楼|层|组)[ ,，、\-]?)+(?:{_COUNT}号)?|"
                       rf"(?<=[路街巷弄道村组里园区城苑])\s*{_COUNT}号(?![文令])")  # fmt: skip
_CUED = re.compile(rf"({_CUES})([：:（( ]?\s?)([{_SURNAMES}])(?:{_HAN}{{1,2}}?{_STOP}|{_HAN}{{1,2}})")


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """The text without numbers of persons, plates, dwellings and names; ``names`` are those that are known.

    Unknown names are found behind a word such as 当事人. Doing it twice changes nothing more.
    """
    text = text.translate(_FULL)
    for mark, pattern in _NUMBERS:
        text = pattern.sub(mark, text)
    text = _DWELLING.sub("某处", text)
    for name in sorted({each.strip() for each in names if len(each.strip()) > 1}, key=len, reverse=True):
        spaced = r"[ \u3000·]?".join(map(re.escape, name))
        text = re.sub(spaced, _short(name), text)
    return _CUED.sub(lambda match: f"{match[1]}{match[2]}{match[3]}某", text)


def found_in(text: str, names: Iterable[str] = ()) -> bool:
    """Whether a text still holds what ``scrub`` would take away."""
    return scrub(text, names) != text.translate(_FULL)


def _short(name: str) -> str:
    return f"{name[0]}某" if re.fullmatch(_HAN, name[0]) else "某人"
