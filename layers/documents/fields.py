"""The fields that a template may use: by Chinese names, so that a clerk reads what will stand there. Pure.

``FIELDS`` is the one list: templates are checked against it, the doors show it, and ``facts.py`` fills it (a test
holds both together). A text that is not known yet is a blank line, and false in ``{% if … %}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from layers.documents.kinds import Kind
from layers.layer import Text

__all__ = ["FIELDS", "LOOP", "Field", "Form", "of_kind"]

_ALL = frozenset(Kind)
_NOTIFIED = _ALL - {Kind.STOP_ORDER, Kind.FILING_FORM}
_DECIDED = _NOTIFIED - {Kind.PRIOR_NOTICE}
_FORCED = frozenset(
    {
        Kind.ANNOUNCEMENT,
        Kind.DEMAND,
        Kind.ENFORCEMENT,
        Kind.SERVICE_RECEIPT,
        Kind.CLOSING_FORM,
        Kind.SITE_RECORD,
    }
)


class Form(StrEnum):
    """What stands in a field."""

    TEXT = "text"
    PICTURE = "picture"
    LIST = "list"


@dataclass(frozen=True)
class Field:
    """One field. ``members``: of a list, what each line has; ``example``: what trial renderings show."""

    name: str
    about: Text
    example: str = ""
    kinds: frozenset[Kind] = _ALL
    form: Form = Form.TEXT
    members: Mapping[str, Text] = field(default_factory=dict)


def _text(name: str, en: str, example: str, kinds: frozenset[Kind] = _ALL, *, zh: str | None = None) -> Field:
    return Field(name, Text(zh or name, en), example, kinds)


LOOP = {"index": Text("序号", "number from 1"), "first": Text("是否首行", "whether first"), "last": Text("是否末行", "whether last")}  # fmt: skip

_LIST = (
    _text("文号", "number of this document", "金城管〔2026〕罚告第7号", zh="本文书的文号"),
    _text("文书名称", "title of this document", "行政处罚事先告知书", zh="本文书的名称；决定为限期拆除时是“限期拆除决定书”，否则是“行政处罚决定书”"),
    _text("单位", "name of the bureau", "六安市金安区城市管理局", zh="作出文书的单位全称（在文书设置中填写）"),
    _text("成文日期", "day the document is made, 2026年11月26日", "2026年11月26日", zh="成文日期，如 2026年11月26日"),
    _text("成文日期汉字", "the same in words, 二〇二六年十一月二十六日", "二〇二六年十一月二十六日", zh="成文日期，如 二〇二六年十一月二十六日"),
    _text("更正说明", "in a corrected version: which number it corrects and why", "更正第1版：面积笔误", zh="更正版才有：更正哪一版、为什么"),
    _text("案号", "case number", "AJ-2026-001"),
    _text("案由", "subject of the case", "涉嫌未经许可建设"),
    _text("当事人", "party", "张三（示例）"),
    _text("立案日期", "day of the filing", "2026年10月8日"),
    _text("承办单位", "handling organisation", "望城大队"),
    _text("承办人", "officer who filed the case", "李四（示例）"),
    _text("适用条款", "article that the case rests on", "《中华人民共和国城乡规划法》第六十四条"),
    _text("违反条款", "article that was broken", "《中华人民共和国城乡规划法》第四十条", zh="被违反的条款；市容案件为空白，由人填写"),
    _text("复议机关", "where a review is asked for", "六安市金安区人民政府", zh="行政复议机关（在文书设置中填写）"),
    _text("违法建设编号", "code of the illegal building", "WJ-2026-001"),
    _text("地点", "township, where the structure lies", "三十铺镇"),
    _text("经纬度", "position, CGCS2000", "东经116°31′12.0″，北纬31°45′00.0″", zh="位置（CGCS2000 经纬度）"),
    _text("平面坐标", "position, EPSG:4548", "X 3514232.0 m，Y 454520.0 m", zh="位置（CGCS2000 三度带，中央经线117°，X 北 Y 东）"),
    _text("核查时间", "when the site was checked", "2026年10月7日9时30分", zh="现场核查的时间（勘验笔录和结案审批表取最近一次，其余取立案所据的一次）"),
    _text("核查人", "who checked", "王五（示例）"),
    _text("核查结论", "what the check found", "属于违法"),
    _text("核查情况", "note of the check", "现场为一处砖混结构一层建筑，正在施工。", zh="核查说明"),
    _text("面积", "measured area in m²", "126.50", zh="核查量得的面积（平方米）；未量得时取违法建设档案的面积"),
    _text("责令日期", "day of the stop order", "2026年10月9日"),
    _text("告知日期", "day of the prior notice", "2026年10月12日", _NOTIFIED | {Kind.PRIOR_NOTICE}),
    _text("告知文号", "number of the prior notice", "金城管〔2026〕罚告第7号", _DECIDED),
    _text("告知送达日期", "when the notice was served", "2026年10月12日", _DECIDED),
    _text("陈述申辩", "what the party said, hearing", "当事人未提出陈述、申辩，未申请听证。", _DECIDED),
    _text("法制审核日期", "day of the legal review", "2026年10月25日", _DECIDED),
    _text("法制审核意见", "opinion of the legal review", "事实清楚，证据充分，同意。", _DECIDED),
    _text("决定日期", "day of the decision", "2026年10月28日", _DECIDED),
    _text("决定文号", "number of the decision", "金城管〔2026〕罚决第3号", _DECIDED),
    _text("决定种类", "what was decided", "限期拆除", _DECIDED),
    _text("履行期限", "time to perform, in days", "15", _DECIDED, zh="自行履行的期限（日数）"),
    _text("罚款金额", "fine in yuan, figures", "12,000.00", _DECIDED, zh="罚款（元，数字）；没有罚款时为空"),
    _text("罚款大写", "fine in Chinese capitals", "壹万贰仟元整", _DECIDED, zh="罚款（人民币大写）；没有罚款时为空"),
    _text("工程造价", "cost of the works, yuan", "120,000.00", _DECIDED, zh="工程造价（元，数字）"),
    _text("造价大写", "cost of the works in capitals", "壹拾贰万元整", _DECIDED, zh="工程造价（人民币大写）"),
    _text("起诉期限", "time to sue: 六个月, or 十五日 under 土地管理法83", "六个月", _DECIDED, zh="起诉期限：六个月；土地管理法第八十三条为十五日"),
    _text("决定送达日期", "when the decision was served", "2026年10月29日", _FORCED),
    _text("履行届满日期", "end of the time to perform", "2026年11月13日", _FORCED),
    _text("复议届满日期", "end of the time for a review", "2026年12月28日", _FORCED),
    _text("诉讼届满日期", "end of the time for a suit", "2027年4月29日", _FORCED),
    _text("公告日期", "day of the announcement", "2026年10月30日", _FORCED),
    _text("公告期限", "time of the announcement, in days", "15", _FORCED, zh="公告限期自行拆除的期限（日数）"),
    _text("公告届满日期", "end of the announcement", "2026年11月14日", _FORCED),
    _text("催告日期", "day of the demand", "2026年11月15日", _FORCED),
    _text("催告文号", "number of the demand", "金城管〔2026〕催告第1号", _FORCED),
    _text("催告期限", "time of the demand, in days", "10", _FORCED, zh="催告履行的期限（日数）"),
    _text("催告送达日期", "when the demand was served", "2026年11月15日", _FORCED),
    _text("责成文号", "number of the government's order", "金政责〔2026〕5号", _FORCED, zh="人民政府责成强制拆除的文号"),
    _text("强制执行日期", "day of the enforcement decision", "2027年5月6日", _FORCED),
    _text("送达文书", "which document is served", "行政处罚事先告知书", frozenset({Kind.SERVICE_RECEIPT})),
    _text("送达文书文号", "its number", "金城管〔2026〕罚告第7号", frozenset({Kind.SERVICE_RECEIPT})),
    _text("送达方式", "manner of service", "直接送达", frozenset({Kind.SERVICE_RECEIPT})),
    _text("送达日期", "day of service", "2026年10月12日", frozenset({Kind.SERVICE_RECEIPT})),
    _text("受送达人", "receiver", "张三（示例）", frozenset({Kind.SERVICE_RECEIPT})),
    _text("履行日期", "day the performance was confirmed", "2026年11月12日", frozenset({Kind.CLOSING_FORM})),
    _text("履行情况", "note of the performance", "当事人已自行拆除，现场核验无残留。", frozenset({Kind.CLOSING_FORM})),
    _text("结案日期", "day of the closing", "2026年11月20日", frozenset({Kind.CLOSING_FORM})),
    Field("位置图", Text("位置图：轮廓、比例尺、指北针", "map: outline, scale bar, north"), form=Form.PICTURE),
    Field("前期影像", Text("变化前的航飞影像（有航飞时）", "the earlier flight, where there is one"), form=Form.PICTURE),
    Field("后期影像", Text("变化后的航飞影像（有航飞时）", "the later flight, where there is one"), form=Form.PICTURE),
    Field("照片", Text("现场照片", "photographs"), form=Form.LIST,
          members={"图": Text("照片", "picture"), "说明": Text("说明", "caption"), "时间": Text("拍摄时间", "taken at")}),
    Field("办理过程", Text("已办理的各步骤", "steps so far"), form=Form.LIST,
          members={"日期": Text("日期", "day"), "事项": Text("步骤", "step"), "经办人": Text("经办人", "by"), "依据": Text("法律依据", "basis")}),
)  # fmt: skip

FIELDS: dict[str, Field] = {each.name: each for each in _LIST}


def of_kind(kind: Kind) -> dict[str, Field]:
    """The fields of one kind of document by name."""
    return {name: each for name, each in FIELDS.items() if kind in each.kinds}
