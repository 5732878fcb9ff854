"""Code lists of enforcement cases."""

from __future__ import annotations

from layers.layer import codes

__all__ = [
    "CASE_STATUSES",
    "CONCLUSIONS",
    "DAY_KINDS",
    "DECISIONS",
    "DOCUMENTS",
    "HEARD",
    "MEANS",
    "OUTCOMES",
    "PERIODS",
    "REMEDIES",
    "ROUTES",
    "SERVICE_METHODS",
    "UNITS",
    "USES",
]

CASE_STATUSES = codes(
    ("filed", "已立案", "filed"),
    ("notified", "已告知", "notice given"),
    ("reviewed", "法制审核", "legal review"),
    ("decided", "已决定", "decided"),
    ("demanded", "已催告", "performance demanded"),
    ("enforcing", "强制执行中", "being enforced"),
    ("court", "申请法院执行", "before the court for enforcement"),
    ("performed", "已履行", "performed"),
    ("suspended", "挂账", "put on hold"),
    ("closed", "已结案", "closed"),
    ("revoked", "已撤销", "revoked"),
)
ROUTES = codes(
    ("planning_64", "城乡规划法第六十四条", "planning act, article 64"),
    ("planning_65", "城乡规划法第六十五条", "planning act, article 65"),
    ("planning_66", "城乡规划法第六十六条", "planning act, article 66"),
    ("land_77", "土地管理法第七十七条", "land act, article 77"),
    ("land_78", "土地管理法第七十八条", "land act, article 78"),
    ("appearance", "市容管理规定", "street order rules"),
)
CONCLUSIONS = codes(
    ("violation", "属于违法", "a violation"),
    ("no_violation", "不属于违法", "no violation"),
    ("standing", "尚未拆除", "still standing"),
    ("demolished", "已拆除", "demolished"),
)
USES = codes(
    ("dwelling", "居住", "dwelling"),
    ("shop", "经营", "shop or trade"),
    ("factory", "生产加工", "factory or workshop"),
    ("storage", "仓储", "storage"),
    ("parking", "停车棚", "parking shed"),
    ("farming", "种植养殖", "farming"),
    ("vacant", "空置在建", "empty or being built"),
    ("other", "其他", "other"),
)
DECISIONS = codes(
    ("demolish", "限期拆除", "demolish within a time limit"),
    ("correct", "限期改正", "correct within a time limit"),
    ("confiscate", "没收", "confiscate"),
    ("fine", "罚款", "fine"),
)
DOCUMENTS = codes(
    ("stop_order", "责令停止建设通知书", "stop order"),
    ("notice", "行政处罚事先告知书", "prior notice"),
    ("decision", "处罚（限期拆除）决定书", "decision"),
    ("demand", "履行催告书", "demand to perform"),
    ("enforcement", "强制执行决定书", "enforcement decision"),
)
SERVICE_METHODS = codes(
    ("direct", "直接送达", "in person"),
    ("left", "留置送达", "left at the place"),
    ("mail", "邮寄送达", "by mail"),
    ("electronic", "电子送达", "electronically"),
    ("public", "公告送达", "by public notice"),
)
PERIODS = codes(
    ("decision", "作出决定期限", "to decide"),
    ("hearing", "申请听证期限", "to ask for a hearing"),
    ("service", "决定书送达期限", "to serve the decision"),
    ("perform", "自行履行期限", "to perform"),
    ("review", "行政复议期限", "for administrative review"),
    ("suit", "行政诉讼期限", "for an administrative suit"),
    ("announcement", "公告自行拆除期限", "of the announcement"),
    ("demand", "催告履行期限", "of the demand"),
    ("court", "申请法院执行期限", "to apply to the court"),
)
UNITS = codes(
    ("days", "日", "days"),
    ("working_days", "工作日", "working days"),
    ("months", "月", "months"),
)
DAY_KINDS = codes(("holiday", "放假", "day off"), ("workday", "调休上班", "make-up working day"))
HEARD = codes(
    ("statement", "陈述申辩", "statement and defence"),
    ("hearing_asked", "申请听证", "a hearing was asked for"),
    ("hearing_held", "已举行听证", "a hearing was held"),
)
MEANS = codes(("manual", "人工", "by hand"), ("machinery", "机械", "by machine"))
REMEDIES = codes(("review", "行政复议", "administrative review"), ("suit", "行政诉讼", "administrative suit"))
OUTCOMES = codes(
    ("upheld", "维持", "upheld"), ("annulled", "撤销", "annulled"), ("withdrawn", "撤回", "withdrawn")
)
