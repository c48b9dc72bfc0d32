"""The words that offices use for the parts of their tables; texts are matched without spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from allocator.core.totals import is_total

_PLACE = (
    "区县市|区市县|县市区|市县区|市区县|县区市|区县|县区|市县|县市|市区|区市|市州|州市|地市|地州|盟市|旗县|"
    "乡镇街道|乡镇|镇街道|镇街|镇乡|街镇|街道|村社区|社区|开发区|园区|功能区|片区|辖区|区域|地区|地方|地名|"
    "行政区划|行政区域|行政区|属地|所属区县|省份|省市|省区市|省|市|州|县|区|镇|乡|村|旗|盟"
)
_BODY = (
    "单位|部门|机构|学校|医院|企业|公司|对象|受助对象|分配对象|补助对象|资金使用单位|使用单位|用款单位|预算单位|"
    "项目单位|申报单位|实施单位|承担单位|主管部门|责任单位|补助单位|受补助单位|接收单位|下达单位"
)
_RECIPIENT = re.compile(
    rf"(各|所在|所属|涉及)?(({_PLACE}|{_BODY})([、/和及或与·]?|\(?)){{1,4}}\)?(名称|名单|名|别)?|名称|"
    r"recipients?|districts?|count(y|ies)|municipalit(y|ies)|regions?|cit(y|ies)|states?|towns?|areas?|"
    r"provinces?|boroughs?|councils?|localgovernments?|units?|names?|entit(y|ies)|beneficiar(y|ies)|"
    r"(recipient|district|county|region|city|state|area|park)s?(/(recipient|district|county|region|city|state|"
    r"area|park)s?|\((recipient|district|county|region|city|state|area|park)s?\))*(name)?"
)
_NUMBERING = re.compile(
    r"序号?|编号|行次|栏次|行号|项次|次序|序列号?|顺序号?|no\.?|n[º°o]\.?|#|№|index|s/?n|id"
)
_CODE = re.compile(r".*(代码|编码|区划码|邮编|code|fips)")
_REMARK = re.compile(
    r"备注|附注|注|说明|备考|情况说明|其他说明|备注说明|.*备注|依据|文号|数据来源|来源|联系人|联系方式|联系电话|电话|"
    r"填报人|经办人|负责人|审核人|提供单位|remarks?|notes?|comments?|sources?|contact|phone"
)
_RESULT = re.compile(
    r"(综合|加权|测算|最终|折算|因素|量化|合计|标准化|归一化|总)?(得分|评分|分值|总分)(情况|合计)?|总得分|综合分|"
    r"(.*)(占比|占全市比重|占全市比例|占全市%|占全市|份额)|比重|比例|百分比|分配比例|分配系数|综合系数|分配因子|占比.*|"
    r"排名|排序|位次|名次|.*(排名|位次|名次)|(同比)?(增长|增幅|增减|增长率|增减额|增减数)|"
    r"scores?|totalscores?|shares?|rank(ing)?|percent(age)?|.*share|.*rank"
)
_YEAR = r"((19|20)\d\d([-–/]\d{2,4})?)"
_AMOUNT = re.compile(
    r"(.*)(分配|下达|安排|补助|奖补|拨付|补贴|奖励|支持|测算|拟分|应分配|拟下达|建议)(资金|经费)?"
    r"(总)?(金额|数额|额度|额|数|资金|经费|结果|方案|建议)(\(.*\))?|金额|资金|资金额度?|分配结果|"
    r"(拟|建议|本次|此次|已|实际|提前|上年|去年|本年)+(下达|分配|安排|拨付|补助|拨款).*|上年数|上年金额|基数|"
    r"((19|20)\d\d年(度)?)?(拨款|补助|奖补)(额|数|金额|资金)?|"
    rf"{_YEAR}?(published|issued|previous|lastyear'?s?|allocated|proposed|awarded|final|total)?"
    rf"(allocations?|grants?|amounts?|awards?|funding|published|issued|previous){_YEAR}?(\(.*\))?"
)
_AVERAGE = re.compile(
    r"(全市|总体|各.*)?(平均|平均数|平均值|均值|中位数|最大值|最小值|最高值|最低值|极差|标准差|方差|增幅|同比)|"
    r"占.*(比|比重|比例|百分比|%|份额)|比重|占比|(比|较)?(上年|去年|同期|同比)?(增长|增减|增幅|增速).*|上年(同期)?(数|合计)?|"
    r"average|mean|median|max(imum)?|min(imum)?|range|standarddeviation"
)
_NUMERAL = re.compile(r"[(（]?([一二三四五六七八九十]{1,3}|[ivx]{1,4}|[0-9]{1,3})[)）、.．]?")
_NUMBERED = re.compile(r"([(（][一二三四五六七八九十百]+[)）]|[一二三四五六七八九十百]+[、.．]).+")
_WEIGHTS = re.compile(
    r"(因素|指标|分配|测算)?(权重|权数|权重系数|占权重|所占权重)(\(?%\)?)?|weights?(\(%\))?"
)
_NOTE = re.compile(
    r"[*＊#]?(注释?|备注|说明|填表说明|填报说明|数据来源|资料来源|来源|制表人?|填表人?|审核人?|复核人?|经办人?|"
    r"单位负责人|负责人|联系人|联系电话|填报日期|填报单位|编制单位|日期|附|notes?|sources?|remarks?|preparedby)"
    r"(\d|[一二三四五六七八九十])*[:：.．、].*|注\d*|[(（]?(注|说明|备注)[)）]?|[①-⑳].*|"
    r"[*＊※].+"
)
_SECTION = re.compile(
    r"[(（]?[一二三四五六七八九十百]+[)）、.．].*|第[一二三四五六七八九十]+[类批组档].*|.*[:：]|"
    r"(市辖)?区|县|县市|县\(市\)|市|(市辖区|主城区|中心城区|郊区|园区|开发区|功能区|扩权县|非扩权县|贫困县|直管县|"
    r"县级市|民族县|城区|主城|其他县|其他区)(部分|类)?|districts|counties|parks"
)
_OWN = re.compile(
    r"(省|市|州|县|区|地区|地)?(本级|直属?|级)(单位|部门|机关|小计|支出|项目)?|市(直|级)(部门|单位|机关)(小计)?|"
    r".*[省市州](本级|直属?单位|级部门|直部门|级单位)|本级|本部|机关|预留|预留资金|机动|待分配|未分配"
)
_PART = re.compile(r"(其中|其中之|包括|包含|含|#|of which|including|incl\.?)[:：、,，]?(.+)", re.I)
_UNIT_ROW = re.compile(r".*?(?:(?:金额|计量|货币|数据)?单位|unit)s?[:：]([^\s)）\]】；;。]+)", re.I)
_PREAMBLE = re.compile(
    r"(附件|附表|表)\d*([:：-].*)?|.*(单位|日期|时间|制表|编制|填报|部门|年度|截止|截至|unit|date)[^:：]{0,6}[:：].*|"
    r"\d{4}年(\d+月)?(\d+日)?|\d{4}-\d+-\d+|.*(明细表|测算表|分配表|汇总表|统计表|情况表|一览表|计算表|基础数据表?)"
)
UNIT = (
    r"(?:[十百千万亿]{0,2}(?:元|美元|人|人次|人民币|户|个|家|件|项|分|公顷|亩|吨|辆|所|座|床|张|台|套|次|名|岁|倍|公里|"
    r"平方公里|平方千米|平方米|立方米|千瓦时|度|千克|公斤|户次|学时|课时|例|条|处|宗|笔|批|天|月|年|株|头|只|本|册|"
    r"标准煤|吨标准煤)(?:/[^\d/]{1,4})?|[十百千万亿]{1,2}|%|％|‰|百分比|百分点|分值|10kyuan|yuan|rmb|cny|usd|"
    r"people|persons?|jobs?|points?|km2|km²|ha|hectares?|kwh|million|thousand)"
)
_IS_UNIT = re.compile(UNIT)
_WEIGHT = re.compile(
    r"(?:权重|占比?|比重|weight)?[:：为]?(\d{1,3}(?:\.\d+)?)[%％](?:权重)?|(?:权重|weight)[:：为]?(\d{1,3}(?:\.\d+)?)"
)
_BRACKETS = re.compile(r"[(（\[【〔]([^()（）\[\]【】〔〕]*)[)）\]】〕]")
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")


def closed(text: str) -> str:
    """A text without spaces, line breaks and invisible characters, in half width and lower case.

    >>> closed("泸　县\\u200b"), closed("区县\\n（园区）")
    ('泸县', '区县(园区)')
    """
    return _closed(text if len(text) <= 300 else text[:300])


@lru_cache(50_000)
def _closed(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text.casefold()
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc", "Mn"))


def tidy(text: str) -> str:
    """A text as it is shown: no line breaks, no invisible characters, and no spaces within Chinese.

    >>> tidy("泸  县\\n"), tidy(" Lu   County ")
    ('泸县', 'Lu County')
    """
    text = " ".join(_UNSEEN.sub("", text).split())
    return re.sub(r"(?<=[\u2e80-\uffef]) | (?=[\u2e80-\uffef])", "", text)


class Heading(NamedTuple):
    """A heading taken apart: its name, its unit and its weight in percent, "" where it has none."""

    name: str
    unit: str
    weight: str


@lru_cache(5_000)
def heading_of(text: str) -> Heading:
    """Takes a heading apart.

    >>> heading_of("投资贡献值（万元）（40%）"), heading_of("区县（园区）")
    (Heading(name='投资贡献值', unit='万元', weight='40'), Heading(name='区县（园区）', unit='', weight=''))
    """
    name = tidy(text[:300])
    unit = weight = ""
    for bracket in list(_BRACKETS.finditer(name))[::-1]:
        for part in re.split("[,，;；、]", closed(bracket[1])):
            plain = part.removeprefix("单位:").removeprefix("单位：")
            found = _WEIGHT.fullmatch(part)
            if found is not None and not weight:
                weight = found[1] or found[2]
            elif _IS_UNIT.fullmatch(plain) and not unit:
                unit = plain
            else:
                break
        else:
            name = (name[: bracket.start()] + name[bracket.end() :]).strip()
    if (found := re.fullmatch(r"(.*?[^\d.%])[:：]?\s*(\d{1,3}(?:\.\d+)?)[%％]", name)) and not weight:
        name, weight = re.sub("(权重|占)$", "", found[1]).strip(" :：,，-—"), found[2]
    if (found := re.fullmatch(rf"(.+?)[/／,，]\s*({UNIT})", name)) and not unit:
        name, unit = found[1], found[2]
    return Heading(name, unit, weight)


def _asks(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lru_cache(20_000)(lambda text: pattern.fullmatch(closed(text)) is not None)


is_recipient_heading = _asks(_RECIPIENT)
is_numbering = _asks(_NUMBERING)
is_code = _asks(_CODE)
is_remark = _asks(_REMARK)
is_result = _asks(_RESULT)
is_amount = _asks(_AMOUNT)
is_numeral = _asks(_NUMERAL)
is_average = _asks(_AVERAGE)
is_weights = _asks(_WEIGHTS)
is_note = _asks(_NOTE)
is_section = _asks(_SECTION)
is_numbered = _asks(_NUMBERED)
is_own_level = _asks(_OWN)
is_preamble = _asks(_PREAMBLE)
is_unit = _asks(_IS_UNIT)


def part_of(text: str) -> str | None:
    """The name after 其中： and the like; None where there is no such word.

    >>> part_of("其中：高新区"), part_of("高新区")
    ('高新区', None)
    """
    found = _PART.fullmatch(tidy(text)) if len(text) < 200 else None
    return found[2].strip() if found else None


def unit_in(text: str) -> str | None:
    """The unit that a line above a table states; None where it states none or several.

    >>> unit_in("单位：万元"), unit_in("（金额单位：元）"), unit_in("单位：万元、人")
    ('万元', '元', None)
    """
    found = _UNIT_ROW.fullmatch(closed(text)) or _UNIT_ROW.match(closed(text))
    if found is None:
        return None
    return found[1] if _IS_UNIT.fullmatch(found[1]) else None


def is_total_row(text: str) -> bool:
    """True if a row has the name of a total."""
    return bool(text) and len(text) < 100 and is_total(text)


_PLACE_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,12}(区|县|市|州|旗|盟|镇|乡|街道|街道办|园|管委会|人民政府)|"
    r".+ (county|district|city|zone)"
)


def place_like(text: str) -> bool:
    """True if a text ends like the name of a place.

    >>> place_like("泸县"), place_like("投资贡献值")
    (True, False)
    """
    return len(text) < 60 and _PLACE_NAME.fullmatch(text.strip().casefold()) is not None
