"""Invented names. Places are those of the district; people, firms and telephone numbers are made up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["CITY_STREETS", "FIRMS", "VILLAGES", "compound", "person", "phone", "pick"]

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国文斌志红海燕春梅金凤家宝"
VILLAGES = [
    "新河",
    "双塘",
    "张大庄",
    "李楼",
    "王岗",
    "陈圩",
    "黄堰",
    "松林",
    "石桥",
    "龙井",
    "长塘",
    "大桥",
    "新建",
    "柳树",
    "凤凰",
    "红旗",
    "光明",
    "太平",
    "五里",
    "槐树",
    "高庙",
    "杨湾",
    "北塘",
    "南岗",
    "东湖",
    "西堰",
    "花园",
    "仓房",
    "土楼",
    "双墩",
    "洪山",
    "茶棚",
    "白塔",
    "清水",
    "月亮",
    "桃园",
    "竹园",
    "戴家",
    "罗圩",
    "周祠",
    "徐湾",
    "赵店",
]
CITY_STREETS = [
    "皖西大道",
    "人民路",
    "解放路",
    "梅山路",
    "佛子岭路",
    "大别山路",
    "磨子潭路",
    "龙河路",
    "长安路",
    "安丰路",
    "寿春路",
    "淠河路",
    "六舒路",
    "胜利路",
    "健康路",
    "光明路",
    "紫竹林路",
    "皋城路",
    "赤壁路",
    "迎宾大道",
    "文庙街",
    "云路街",
    "球拍路",
    "八公山路",
    "齐云路",
    "天堂寨路",
    "万佛路",
    "响洪甸路",
    "白塔路",
    "望江路",
]
FIRMS = ("皖西排水运维有限公司", "皋城管网养护有限公司", "淠河环境服务有限公司")
_COMPOUNDS = [
    "阳光",
    "锦绣",
    "和顺",
    "翡翠",
    "城南",
    "春天",
    "龙湖",
    "书香",
    "金色",
    "碧水",
    "盛世",
    "明珠",
    "桂花",
    "紫云",
    "世纪",
    "祥和",
    "东方",
    "滨河",
    "恒泰",
    "丽景",
]
_ENDINGS = ["花园", "家园", "名邸", "小区", "雅苑", "新村", "公寓", "湾"]


def pick(rng: np.random.Generator, of: Sequence[str]) -> str:
    """One of several."""
    return of[int(rng.integers(len(of)))]


def person(rng: np.random.Generator) -> str:
    """A name that belongs to nobody in particular."""
    given = "".join(pick(rng, _GIVEN) for _ in range(int(rng.integers(1, 3))))
    return pick(rng, _SURNAMES) + given


def phone(rng: np.random.Generator) -> str:
    """A number of a range that is not given out (170-0000)."""
    return f"1700000{int(rng.integers(10_000)):04d}"


def compound(rng: np.random.Generator) -> str:
    """The name of a residential compound."""
    return pick(rng, _COMPOUNDS) + pick(rng, _ENDINGS)
