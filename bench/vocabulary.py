"""What customers say: Chinese text with some words in every tenth request and some in one of thousands, as in life."""

from __future__ import annotations

from random import Random

THINGS = (
    "打印机 密码键盘 触摸屏 扫码头 电源适配器 电池 网络 流动网卡 磁条卡读头 芯片读头 非接读头 打印纸 机身外壳 显示屏 按键 充电底座 通讯模块 主板 喇叭 摄像头 "
    "签购单 结算单 商户名称 结算账户 营业执照 开户许可 门头照片 租赁合同 押金收据 对账文件 手续费 退货款 预授权 分期付款 扫码付款 云闪付 数字人民币 会员积分 优惠券 收银软件"
).split()
FAULTS = (
    "不出纸 卡纸 黑屏 死机 无法开机 自动重启 没有信号 连接超时 反复提示签到 提示余额不足 提示交易拒绝 读不出卡 按了没反应 声音太小 充不进电 发热 有异味 进水 摔坏 "
    "打印模糊 时间不对 程序版本过低 密钥丢失 参数错误 显示终端未登记 重复扣款 未到账 少到账 到账延迟 金额不符 找不到记录 需要更换 需要上门检查 需要重新培训 需要补寄 需要升级"
).split()
SITUATIONS = (
    "客人排队等候,请尽快 昨天晚上开始 今天早上开门后发现 连续三天都是这样 换过纸卷仍然如此 重启两次没有用 店员交班时发现 下雨以后出现 搬到新柜台后 更换宽带以后 "
    "周末营业高峰时 银行客户经理让我们报修 上次师傅来过又坏了 只有这一台有问题 两台机器都这样 已经电话指导过 老板不在,请先联系收银员 请下午两点以后上门 商场十点才开门"
).split()
RARE = (
    "蓝牙小票分离 冷链仓库 夜市摊位 景区缆车 加油站岛机 学校食堂窗口 医院挂号处 地铁便民点 高速服务区 渔港码头 殡仪服务 古玩市场 婚纱影楼 宠物诊所 汗蒸会馆 陶艺工坊 "
    "剧本杀门店 滑雪场雪具 水族馆售票 无人售货柜 房车营地 马术俱乐部 皮划艇码头 乐器维修铺 裁缝铺子 花鸟市场 豆腐作坊 爆米花车 糖画摊子 修表店面"
).split()
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = "伟芳娜敏静磊洋艳勇杰娟涛明霞平刚桂英兰玉华建国志强秀珍海燕雪梅春晓东升文斌丽萍婷婷宇航子涵"
ROADS = "五一路 中山路 解放路 人民路 建设街 文化路 滨江大道 和平街 新华路 长江路 湘江中路 韶山北路 青年路 育才巷 团结村 工农里 光明坡 七里庙 望岳街 书院路".split()
CITIES = "长沙 岳阳 贵阳 遵义 广州 深圳 成都 绵阳 杭州 宁波 济南 青岛".split()
# Asked for in the search: from a word that a third of all tickets hold to one in some thousands.
SEARCHED = "打印 网络 上门 主板 发热 电池 账户 进水 摔坏 参数 渔港 缆车 古玩 滑雪 糖画 陶艺 裁缝 码头".split()


def problem(random: Random) -> str:
    """Return the description of a request, 20 to 200 characters."""
    parts = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
        parts.append(f"{_frequent(random, THINGS)}{_frequent(random, FAULTS)}")
    parts.append(random.choice(SITUATIONS))
    if random.random() < 0.03:
        parts.append(f"地点是{random.choice(RARE)}")
    if random.random() < 0.3:
        parts.append(f"型号 S{random.randrange(60, 999)}-{random.choice('ABCDEFGH')}{random.randrange(10, 99)}")
    return ",".join(parts) + "。"


def person(random: Random) -> str:
    """Return a name."""
    return random.choice(SURNAMES) + "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))


def address(random: Random) -> str:
    """Return a street and a number in one of the cities."""
    return f"{random.choice(CITIES)}市{random.choice(ROADS)}{random.randrange(1, 900)}号"


def phone(random: Random) -> str:
    """Return a mobile number."""
    return f"1{random.choice('3578')}{random.randrange(10**9):09d}"


def _frequent(random: Random, words: list[str]) -> str:
    """Return a word; the first ones much more often than the last."""
    return words[min(int(random.paretovariate(0.9)) - 1, len(words) - 1) if random.random() < 0.6 else random.randrange(len(words))]
