"""Constant examples of the gallery page."""

from __future__ import annotations

from typing import Any

OPTIONS = [("normal", "普通"), ("urgent", "紧急"), ("critical", "特急")]

STATS: list[dict[str, Any]] = [
    {
        "title": "待办",
        "value": "128",
        "trend": "比昨天 +12",
        "values": [88, 96, 91, 104, 110, 116, 128],
        "tone": "accent",
        "href": "#figures",
    },
    {
        "title": "按时率",
        "value": "98.4",
        "unit": "%",
        "trend": "目标 98%",
        "values": [97.1, 97.8, 98.0, 98.9, 98.2, 98.1, 98.4],
        "tone": "ok",
        "clause": "五.3",
    },
    {"title": "即将超时", "value": "7", "trend": "15 分钟内", "values": [3, 4, 2, 6, 5, 9, 7], "tone": "warn"},
    {"title": "已超时", "value": "2", "trend": "最久 1 小时 12 分", "values": [0, 1, 0, 0, 3, 1, 2], "tone": "bad"},
]

FACTS = [
    ("编号", "GD-250304-018"),
    ("联系人", "王示例"),
    ("电话", "010-5550 1234"),
    ("地址", "示例市示例区示例路 1 号示例大厦 12 层 1203 室"),
    ("备注", ""),
]

TREE: list[dict[str, Any]] = [
    {
        "title": "总部",
        "icon": "building",
        "open": True,
        "note": "42 人",
        "children": [
            {
                "title": "华北",
                "icon": "map-pin",
                "url": "#tree",
                "note": "12 人",
                "open": True,
                "children": [{"title": "一组", "url": "#tree", "active": True}, {"title": "二组", "url": "#tree"}],
            },
            {"title": "华东", "icon": "map-pin", "url": "#tree", "note": "18 人", "children": [{"title": "一组", "url": "#tree"}]},
            {"title": "客服中心", "icon": "headset", "url": "#tree", "note": "12 人"},
        ],
    }
]

CHART: dict[str, Any] = {
    "tooltip": {"trigger": "axis"},
    "legend": {"data": ["登记", "办结"]},
    "xAxis": {"type": "category", "data": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]},
    "yAxis": {"type": "value"},
    "series": [
        {"name": "登记", "type": "bar", "data": [120, 132, 101, 134, 90, 64, 58], "itemStyle": {"borderRadius": [3, 3, 0, 0]}},
        {"name": "办结", "type": "line", "smooth": True, "data": [110, 128, 111, 120, 102, 70, 61]},
    ],
}
