"""Neutral examples for the gallery page; no text here is a real person's or organisation's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from banjie.ui.examples import CHART, FACTS, OPTIONS, STATS, TREE


def context(*, now: datetime) -> dict[str, Any]:
    """Return what the gallery page shows, with times around `now`."""
    return {
        "now": now,
        "clocks": clocks(now),
        "columns": [
            {"title": "编号", "width": "narrow", "sort_url": "?sort=number", "sorted": "descending"},
            {"title": "事项", "main": True},
            {"title": "状态", "width": "narrow"},
            {"title": "时限", "width": "narrow"},
            {"title": "负责人", "width": "narrow", "sort_url": "?sort=owner"},
            {"title": "数量", "align": "end", "width": "narrow"},
        ],
        "rows": rows(now),
        "entries": entries(now),
        "chart": CHART,
        "facts": FACTS,
        "options": OPTIONS,
        "stats": STATS,
        "tree": TREE,
        "errors": [("phone", "请填写 11 位手机号，或带区号的固定电话。"), ("description", "请写明问题，至少 5 个字。")],
    }


def clocks(now: datetime) -> list[dict[str, Any]]:
    """Return one clock of each state."""
    return [
        {"title": "派发", "due_at": _in(now, 142), "warn_at": _in(now, 60), "clause": "五.3"},
        {"title": "处理", "due_at": _in(now, 9), "warn_at": _in(now, -3), "clause": "五.4"},
        {"title": "回访", "due_at": _in(now, -17), "warn_at": _in(now, -40), "clause": "五.6"},
        {"title": "归档", "due_at": now + timedelta(days=3, hours=5), "warn_at": None, "clause": "七.1"},
        {"title": "受理", "due_at": _in(now, -90), "state": "met", "clause": "五.1"},
        {"title": "首次回复", "due_at": _in(now, -90), "state": "missed", "clause": "五.2"},
        {"title": "处理", "due_at": _in(now, 60), "state": "paused", "seconds": 5400, "clause": "五.4"},
        {"title": "复核", "due_at": None, "state": "unset", "clause": "六.2"},
    ]


def _in(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


def rows(now: datetime) -> list[dict[str, Any]]:
    """Return the example rows; cells that need markup are drawn by the page."""
    subjects = [
        ("GD-250304-018", "设备无法开机，指示灯不亮", ("处理中", "info"), 0, "王示例", 3, ""),
        ("GD-250304-017", "更换耗材，请提前一天电话预约上门时间，并确认联系人在场", ("待派发", "warn"), 1, "李示例", 12, "warn"),
        ("GD-250303-102", "Display shows an error after the update", ("超时", "bad"), 2, "陈示例", 1, "bad"),
        ("GD-250303-098", "资料更正：营业地址变更", ("已办结", "ok"), 4, "赵示例", 1, ""),
        ("GD-250303-097", "咨询收费标准", ("已关闭", "neutral"), 4, "王示例", 0, ""),
    ]
    marks = clocks(now)
    return [
        {"number": number, "subject": subject, "state": state, "clock": marks[mark], "owner": owner, "count": count, "tone": tone}
        for number, subject, state, mark, owner, count, tone in subjects
    ]


def entries(now: datetime) -> list[dict[str, Any]]:
    """Return an example history, newest first."""
    return [
        {
            "at": now - timedelta(minutes=4),
            "actor": "王示例",
            "title": "补充说明",
            "icon": "message-circle",
            "body": "对方下午三点后在场，\n请先打电话。",
        },
        {"at": now - timedelta(minutes=17), "title": "时限已过", "icon": "clock-exclamation", "tone": "bad", "clause": "五.6"},
        {
            "at": now - timedelta(hours=3),
            "actor": "李示例",
            "title": "变更负责人",
            "icon": "arrows-exchange",
            "tone": "info",
            "changes": [("负责人", "赵示例", "王示例"), ("紧急程度", "", "紧急")],
        },
        {"at": now - timedelta(days=1, hours=2), "actor": "赵示例", "title": "办结", "icon": "circle-check", "tone": "ok"},
        {"at": now - timedelta(days=400), "title": "登记", "icon": "plus"},
    ]
