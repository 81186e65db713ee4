"""The words of the field: signs and their look-alikes, units, comparators, fillers. Tables only, no logic.

A look-alike is added here, not in a pattern. NFKC is not used: it would turn ① into 1 and ㎡ into m2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.measure.reading import Comparator

_ALIKE = {
    ">=": "≥≧⩾≮",
    "<=": "≤≦⩽≯",
    ">": "﹥",
    "<": "﹤",
    "=": "═﹦",  # U+2550, a box-drawing sign typed for =
    "%": "﹪",
    "-": "−‐‑–",
    "~": "～〜∼—―─",  # a long dash is a range or a filler, never a minus
    "·": "*＊×・•∙⋅･",
    "/": "∕⁄",
    "…": "⋯",
    " ": "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
    "": "\u200b\u200c\u200d\u2060\ufeff\xad",
}
SIGNS: Mapping[int, str] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width ASCII
    **{ord(sign): plain for plain, signs in _ALIKE.items() for sign in signs},
}

COMPARATORS: Mapping[str, Comparator] = {
    **dict.fromkeys((">=", "=>"), ">="),
    **dict.fromkeys(("<=", "=<"), "<="),
    ">": ">",
    "<": "<",
    "=": "=",
    **dict.fromkeys(("大于等于", "大于或等于", "不少于", "不低于", "不小于", "不得低于", "不得少于"), ">="),
    **dict.fromkeys(("至少", "最少"), ">="),
    **dict.fromkeys(("小于等于", "小于或等于", "不超过", "不高于", "不大于", "不多于", "不得超过", "不得高于"), "<="),
    **dict.fromkeys(("至多", "最多", "不超"), "<="),
    **dict.fromkeys(("大于", "超过", "超出", "高于", "多于"), ">"),
    **dict.fromkeys(("小于", "低于", "少于", "不满", "不足", "不到"), "<"),
    "等于": "=",
}
"""Before the number. 超过, 不满 exclude it (民法典 第1259条)."""

SUFFIXES: Mapping[str, Comparator] = {
    "以上": ">=",
    **dict.fromkeys(("以下", "以内", "之内", "内"), "<="),
    **dict.fromkeys(("(不含)以上", "以外", "之外"), ">"),
    "(不含)以下": "<",
}
"""After the unit. 以上, 以下, 以内 include the number, 以外 does not (民法典 第1259条)."""

NO_COMPARATOR = frozenset({"定量指标", "定性指标", "定量", "定性", "正向指标", "反向指标"})
"""What 指标性质 also holds: no comparator, and no fault."""

HEADS = ("已完成", "实际完成", "完成", "达到", "达", "共计", "合计", "累计", "共", "实现", "控制在")
"""Words before a number that leave it as it is."""

SCALES: Mapping[str, int] = {"万亿": 12, "亿": 8, "千万": 7, "百万": 6, "万": 4, "千": 3}

SHARES: Mapping[str, int] = {"%": -2, "‰": -3}
"""Units that are a share of one, and the power of ten of each."""

SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(("百分比", "百分数", "个百分比"), "%"),
    **dict.fromkeys(("千分比", "千分之"), "‰"),
    "个百分点": "百分点",
    "日": "天",
    "星期": "周",
    "季": "季度",
    "个小时": "小时",
    "h": "小时",
    "个工作日": "工作日",
    "个月": "月",
    "千米": "公里",
    "km": "公里",
    "m": "米",
    "千克": "公斤",
    "kg": "公斤",
    "t": "吨",
    **dict.fromkeys(("㎡", "m²", "m2"), "平方米"),
    **dict.fromkeys(("m³", "m3", "㎥"), "立方米"),
    **dict.fromkeys(("km²", "km2", "㎢", "平方千米"), "平方公里"),
    **dict.fromkeys(("人民币元", "元整"), "元"),
    "kWh": "千瓦时",
}

PERIODS = ("工作日", "小时", "分钟", "季度", "学期", "星期", "天", "日", "周", "旬", "月", "季", "年", "秒")

_COUNTED = """
个 件 台 套 次 人 户 条 项 起 名 位 家 所 处 座 栋 幢 间 辆 艘 架 部 只 头 匹 羽 尾 株 棵 粒 枚 块 片 张 份 册 本
篇 页 幅 卷 宗 例 场 期 批 班 组 队 村 镇 乡 县 市 区 街道 社区 盏 支 根 面 门 口 眼 道 段 孔 盘 袋 箱 桶 瓶 包
人次 批次 场次 户次 车次 件次 家次 台次 班次 架次 艘次 频次 例次 张次 门次 人日 人天 周年 课时 学时 岁 倍 分 台套
单 票 笔 款 种 类 对 双 副 床 站 馆 厂 园 校 店 点位 站点 网点 路段 标段 案件 案卷 项目 工程 课题 专利 论文 样品
"""
_MEASURED = """
元 角 美元 欧元 元整 米 厘米 毫米 公里 里 海里 平方米 平方公里 立方米 亩 公顷 顷 吨 吨标准煤 公斤 克 毫克 微克 斤
升 毫升 度 千瓦 千瓦时 兆瓦 千伏安 分贝 百分点 ℃ 摄氏度 TB GB MB Mbps kW kWh MW L ml g mg μg cm mm
"""
UNITS = (*SHARES, *SYNONYMS, *PERIODS, *_COUNTED.split(), *_MEASURED.split())

EVERY = (*PERIODS, "人", "户", "次", "个", "台", "套", "村", "亩", "辆", "件", "场", "家")
"""What 每 may count by: 每人每月300元."""

NOT_UNITS = frozenset("级等档成折号点时版代前后")
"""Characters of what looks like a unit and is a rank, a time of day or a name: 3级, 8折, 9点."""

TAILS = ("完成", "覆盖", "达标", "合格", "到位", "全覆盖")
"""Words that follow a bare number and are no unit."""

APPROXIMATE = ("约", "近", "左右", "上下", "多", "余", "来", "几", "将近", "大概")

NONE_WRITTEN = frozenset({"无", "暂无"})
MISSING = frozenset({"空", "空白", "不适用", "N/A", "n/a", "NA", "na", "null", "NULL", "None", "none", "nan", "NaN"})
