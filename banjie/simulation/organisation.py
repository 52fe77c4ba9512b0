"""The demonstration's organisation: headquarters, six branches, 32 people, 2 000 merchants. Made through the ordinary verbs."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from random import Random

from banjie.customers.importing.table import columns
from banjie.customers.verbs.import_table import import_table
from banjie.kernel.excel import Sheet, write_workbook
from banjie.people.actor import Actor
from banjie.people.checks import MemberDraft, UnitDraft
from banjie.people.models import Member, Role, Unit
from banjie.people.roles import install_shipped_roles
from banjie.people.verbs.members import create_member
from banjie.people.verbs.posts import assign_post
from banjie.people.verbs.units import create_unit

FOUNDER = Actor.system("demo")
MERCHANTS = 2000
# Branch code, name, region; its two districts; second-level agent, manager and two inspectors.
BRANCHES = (
    ("HN", "湖南分公司", "湖南", ("长沙片区", "岳阳片区"), ("陈静", "周建国", "赵强", "刘伟")),
    ("GZ", "贵州分公司", "贵州", ("贵阳片区", "遵义片区"), ("顾燕", "杨成", "孙磊", "吴涛")),
    ("GD", "广东分公司", "广东", ("广州片区", "深圳片区"), ("何倩", "梁伟", "黄俊", "罗杰")),
    ("SC", "四川分公司", "四川", ("成都片区", "绵阳片区"), ("唐雨", "谢军", "蒋鹏", "曹阳")),
    ("ZJ", "浙江分公司", "浙江", ("杭州片区", "宁波片区"), ("沈悦", "朱明", "徐亮", "金波")),
    ("SD", "山东分公司", "山东", ("济南片区", "青岛片区"), ("孔雪", "马超", "鲁斌", "宋凯")),
)
HEADQUARTERS = (
    ("admin", "何管理", "admin"),
    ("audit", "梁审计", "auditor"),
    ("approver", "田总监", "director"),
    ("li", "李娜", "hq_agent"),
    ("zhang", "张敏", "hq_agent"),
    ("qian", "钱丽", "hq_agent"),
    ("feng", "冯晓", "hq_agent"),
    ("wang", "王芳", "hq_supervisor"),
)
_SHOPS = ("便利店", "火锅店", "药房", "超市", "烘焙坊", "服装店", "五金店", "茶餐厅", "宾馆", "眼镜店", "水果店", "汽修厂")
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_GIVEN = (
    *("伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "霞", "平", "建国", "晓燕", "志强", "丽华", "海波"),
    *("文斌", "秀英", "国庆", "玉兰", "晓东", "秋月", "建军", "雪梅", "永康", "春燕", "少华", "雅琴", "振宇", "佳怡", "立新", "慧敏"),
)
_BRAND = (
    "老王",
    "好邻居",
    "福满",
    "天天",
    "新世纪",
    "阿香",
    "华联",
    "鑫源",
    "同心",
    "百姓",
    "绿叶",
    "金辉",
    "悦来",
    "锦绣",
    "顺达",
    "大众",
)
_ROADS = ("五一路", "中山路", "解放路", "人民路", "建设街", "文化路", "滨江大道", "和平街", "新华路", "长江路")


def build(random: Random, password: str, *, at: datetime) -> None:
    """Create units, people with one shared demonstration password, and merchants with their terminals."""
    roles = install_shipped_roles(by=FOUNDER, at=at)
    root = create_unit(UnitDraft("HQ", "总部", Unit.Kind.HEADQUARTERS), parent=None, by=FOUNDER, at=at)
    hashed = hashed_password(password)
    for username, name, role in HEADQUARTERS:
        _person(username, name, roles[role], root, hashed, at=at)
    rows: list[tuple[object, ...]] = []
    for code, name, region, districts, people in BRANCHES:
        branch = create_unit(UnitDraft(code, name, Unit.Kind.BRANCH, region), parent=root, by=FOUNDER, at=at)
        _person(f"kf_{code.lower()}", people[0], roles["second_level"], branch, hashed, at=at)
        _person(f"jl_{code.lower()}", people[1], roles["branch_manager"], branch, hashed, at=at)
        for number, district in enumerate(districts, start=1):
            unit = create_unit(UnitDraft(f"{code}-{number}", district, Unit.Kind.DISTRICT, district[:2]), parent=branch, by=FOUNDER, at=at)
            engineer = f"xj_{code.lower()}{number}"
            _person(engineer, people[1 + number], roles["engineer"], unit, hashed, at=at)
            rows += _merchants(random, unit, district[:2], engineer, len(rows), MERCHANTS // (2 * len(BRANCHES)) + 1)
    sheet = write_workbook([Sheet("商户", columns(), rows[:MERCHANTS])])
    import_table(io.BytesIO(sheet), "merchants.xlsx", by=FOUNDER, at=at)


@lru_cache(maxsize=1)
def hashed_password(password: str) -> str:
    """Return a password as accounts hold it; made once, since that is slow on purpose."""
    member = Member()
    member.set_password(password)
    return member.password


def _person(username: str, name: str, role: Role, unit: Unit, hashed: str, *, at: datetime) -> None:
    """Create an account that may sign in at once: the demonstration's password is printed, so none need be replaced first."""
    member, _one_time = create_member(MemberDraft(username=username, name=name), by=FOUNDER, at=at)
    Member.objects.filter(pk=member.pk).update(password=hashed, must_change_password=False)
    assign_post(member, role=role, unit=unit, by=FOUNDER, at=at)


def named_person(username: str, random: Random, hashed: str, *, at: datetime) -> Member:
    """Return an account with a name drawn from usual ones and the demonstration's password, `hashed`; it has no post yet."""
    name = random.choice(_NAMES) + random.choice(_GIVEN)
    member, _one_time = create_member(MemberDraft(username=username.replace("_", "-"), name=name), by=FOUNDER, at=at)
    Member.objects.filter(pk=member.pk).update(password=hashed, must_change_password=False)
    return member


def _merchants(random: Random, unit: Unit, city: str, engineer: str, first: int, count: int) -> list[tuple[object, ...]]:
    """Return rows of the customer table. One terminal in twelve has no inspector of its own: its tickets are relayed."""
    rows: list[tuple[object, ...]] = []
    for number in range(first + 1, first + count + 1):
        owner = random.choice(_NAMES) + random.choice(_GIVEN)
        address = f"{city}市{random.choice(_ROADS)}{random.randrange(1, 400)}号"
        shop = f"{random.choice(_BRAND)}{random.choice(_SHOPS)}({city}{number}店)"
        phone = f"13{random.randrange(10**8, 10**9)}"
        keys = (f"T{88000000 + number}", f"89843{number:010d}", f"PS{number:08d}")
        rows.append(
            (f"KH{number:05d}", shop, "商户", "普通", unit.code, owner, phone, address, *keys, address, engineer if number % 12 else "")
        )
    return rows
