"""What the database forbids, said to people: its constraints by the name the models give them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from layers.layer import Field, Layer, Text

__all__ = ["RULES", "Broken", "said_of", "sentence"]

RULES: dict[str, Text] = {
    "area_m2_positive": Text("面积必须大于 0", "the area must be greater than 0"),
    "capacity_not_negative": Text("数量不能为负", "the number cannot be negative"),
    "capacity_m3_d_positive": Text("处理能力必须大于 0", "the capacity must be greater than 0"),
    "capacity_m3_h_positive": Text("提升能力必须大于 0", "the capacity must be greater than 0"),
    "closed_after_filed": Text("结案日期早于立案日期", "it is closed before it was filed"),
    "closed_after_opening": Text("撤销日期早于设置日期", "it is closed before it was opened"),
    "closed_has_day": Text(
        "结案日期与状态不符：已结案须有日期，未结案不能有",
        "a closed case has a closing day, an open one has none",
    ),
    "code_format": Text(
        "编号格式不符：应为大写字母、数字和连字符，2–32 位",
        "the code takes 2 to 32 capital letters, digits and hyphens",
    ),
    "code_of_level": Text("区划代码的位数与级别不符", "the division code does not fit its level"),
    "decided_after_review": Text("决定日期早于法制审核日期", "it is decided before its legal review"),
    "demolished_after_found": Text("拆除日期早于发现日期", "it is demolished before it was found"),
    "demolished_has_day": Text(
        "拆除日期与状态不符：已拆除须有日期，其他状态不能有",
        "a demolished building has a day, any other has none",
    ),
    "diameter_sensible": Text("管径应在 50–5000 mm", "the diameter lies between 50 and 5000 mm"),
    "fine_not_negative": Text("罚款不能为负", "a fine cannot be negative"),
    "geom_valid": Text("图形无效或为空", "the geometry is invalid or empty"),
    "begun_elsewhere": Text(
        "已立案的案件须填写城市管理平台案卷号；在本平台新建的案件从“已受理”开始",
        "an incident past “accepted” needs its number on the city platform; a new one begins as accepted",
    ),
    "closed_after_handled": Text("结案时间早于处置时间", "it is closed before it was handled"),
    "closed_has_time": Text(
        "结案时间与状态不符：已结案须有时间，未结案不能有",
        "a closed incident has a closing time, an open one has none",
    ),
    "filed_after_accepted": Text("立案时间早于受理时间", "it is filed before it was accepted"),
    "filed_has_time": Text("已立案的案件须有立案时间", "a filed incident has a filing time"),
    "handled_after_accepted": Text("处置时间早于受理时间", "it is handled before it was accepted"),
    "handled_has_time": Text(
        "处置时间与状态不符：已处置须有时间，未处置不能有",
        "a handled incident has a time, an open one has none",
    ),
    "households_not_negative": Text("户数不能为负", "the number of households cannot be negative"),
    "time_in_the_future": Text("时间晚于现在", "a time lies in the future"),
    "invert_below_ground": Text("井底高程应低于地面高程", "the invert lies below the ground"),
    "length_m_positive": Text("长度必须大于 0", "the length must be greater than 0"),
    "lift_m_positive": Text("扬程必须大于 0", "the lift must be greater than 0"),
    "number_positive": Text("摊位号必须大于 0", "the number must be greater than 0"),
    "one_downstream_node": Text("下游节点须且只能填一个", "name exactly one downstream node"),
    "one_upstream_node": Text("上游节点须且只能填一个", "name exactly one upstream node"),
    "parent": Text(
        "上级区划与级别不符：县区级没有上级，其他级别必须有",
        "a district has no parent, any other division has one",
    ),
    "review_before_decision": Text(
        "有决定日期但没有法制审核日期", "a decision needs a legal review before it"
    ),
    "reviewed_after_filed": Text("法制审核日期早于立案日期", "it is reviewed before it was filed"),
    "sequence": Text("网格编码的末三位不能为 000", "the last three digits of a grid code cannot be 000"),
    "storeys_sensible": Text("层数应在 1–99", "the storeys lie between 1 and 99"),
    "two_nodes": Text("上、下游检查井相同", "both manholes are the same"),
    "two_pumps": Text("上、下游泵站相同", "both pump stations are the same"),
    "validity": Text("失效日期早于生效日期", "it ends before it begins"),
    "width_m_positive": Text("宽度必须大于 0", "the width must be greater than 0"),
}
_CODES = {
    "divisions": Text("区划代码应为 12 位数字", "a division code has 12 digits"),
    "grids": Text("网格编码应为 15 位数字", "a grid code has 15 digits"),
}
_STATES = {
    "23502": Text("不能为空", "it must not be empty"),
    "22003": Text("数值超出允许范围", "the number is out of range"),
    "22001": Text("文字过长", "the text is too long"),
}


class Broken(NamedTuple):
    """What the database has against a row: SQLSTATE, name of the constraint, column, its own words."""

    state: str
    name: str = ""
    column: str = ""
    said: str = ""


def sentence(error: DBAPIError, layer: Layer) -> tuple[Field | None, Text]:
    """The field, where one is meant, and what the database said against a row."""
    told = getattr(error.orig, "diag", None)
    broken = Broken(
        getattr(error.orig, "sqlstate", None) or "",
        getattr(told, "constraint_name", None) or "",
        getattr(told, "column_name", None) or "",
        str(getattr(told, "message_primary", None) or error.orig),
    )
    return said_of(broken, layer)


def said_of(broken: Broken, layer: Layer) -> tuple[Field | None, Text]:
    """The same for what is known of the refusal."""
    state, name, column, said = broken
    if state == "23505":
        return None, _duplicate(name, layer)
    if state == "23503":
        return None, Text("与所引用的记录不一致", "it does not agree with the row it refers to")
    rule = name.removeprefix(f"ck_{layer.table}_")
    if rule == "code_format":
        return _field(layer, "code"), _CODES.get(layer.table, RULES[rule])
    if rule in RULES:
        return None, RULES[rule]
    field = _field(layer, column or rule)
    if state in _STATES:
        return field, _STATES[state]
    return field, Text(f"数据库拒绝：{said or name}", f"the database refuses it: {said or name}")


def _duplicate(constraint: str, layer: Layer) -> Text:
    """The columns of a unique constraint stand in its name."""
    titles = [each.title for each in layer.fields if (each.column or each.name) in constraint]
    zh, en = "、".join(each.zh for each in titles), " and ".join(each.en for each in titles)
    return Text(f"与另一条记录重复（{zh}）", f"another row has the same ({en})")


def _field(layer: Layer, column: str) -> Field | None:
    return next((each for each in layer.fields if column in {each.column, each.name}), None)
