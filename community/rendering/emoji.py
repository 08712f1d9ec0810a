"""Emoji by their names: `:fire:` in a text is 🔥.

The English names are the short names of GitHub and Slack, where there is one; a text may use these. Those in Chinese
are for what is typed after `:` in the editor, which writes the character itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from markdown.inlinepatterns import InlineProcessor

# The character, its names in English and in Chinese, the usual one first.
TABLE = """
😀|grinning|微笑 咧嘴笑
😄|smile happy|开心 笑脸
😂|joy laughing tears_of_joy|笑哭 喜极而泣
😅|sweat_smile|苦笑 流汗
🙂|slightly_smiling_face|浅笑
😉|wink|眨眼
😊|blush|害羞 脸红
😍|heart_eyes|花痴 喜欢
😎|sunglasses cool|墨镜 酷
🤔|thinking|思考 想一想
🤨|raised_eyebrow|怀疑 挑眉
😐|neutral_face|面无表情
🙄|roll_eyes|白眼 翻白眼
😴|sleeping|睡觉 困
😕|confused|困惑 疑惑
😞|disappointed|失望
😢|cry sad|哭 难过
😭|sob|大哭
😱|scream|惊恐 尖叫
😡|rage angry|生气 愤怒
😮|open_mouth surprised|惊讶 吃惊
🤯|exploding_head mind_blown|震惊 脑洞大开
🥳|partying_face|庆祝 派对
🤓|nerd_face|书呆子 学霸
🤖|robot|机器人
🤷|shrug|耸肩 摊手
🤦|facepalm|捂脸
🙏|pray please thanks|拜托 感谢 合十
👍|+1 thumbsup like|赞 点赞 同意
👎|-1 thumbsdown|踩 反对
👏|clap applause|鼓掌
🙌|raised_hands hooray|举双手 欢呼
👋|wave hello|挥手 你好
🤝|handshake|握手 合作
👌|ok_hand|好的 没问题
✌️|v victory|胜利 耶
💪|muscle strong|加油 肌肉
👀|eyes look|眼睛 围观
👉|point_right|右指 看右边
👈|point_left|左指 看左边
👆|point_up|上指 看上面
👇|point_down|下指 看下面
✍️|writing_hand|写字 动笔
❤️|heart love|爱心 红心
💙|blue_heart|蓝心
💔|broken_heart|心碎
💯|100 hundred|满分 一百分
✨|sparkles|闪亮 星光
⭐|star|星星 五角星
🔥|fire hot|火 火焰
💥|boom collision explosion|爆炸 爆了
💡|bulb idea|灯泡 主意 想法
💬|speech_balloon comment|评论 对话
💤|zzz|打呼 睡着
🎉|tada congratulations|撒花 恭喜
🎊|confetti_ball|彩球
🎁|gift present|礼物
🎯|dart target bullseye|靶心 目标
🎲|game_die dice random|骰子 随机
🏆|trophy|奖杯 冠军
🥇|first_place_medal gold|金牌 第一名
🏁|checkered_flag finish|终点 格子旗
🚀|rocket ship_it launch|火箭 发射
✈️|airplane|飞机
🐛|bug|虫子 缺陷
🐢|turtle slow|乌龟 慢
🐇|rabbit fast|兔子 快
🐍|snake python|蛇
🐧|penguin linux|企鹅
🦉|owl|猫头鹰
🧠|brain|大脑 脑
🧪|test_tube experiment|试管 实验
🔬|microscope|显微镜
🔭|telescope|望远镜
🧮|abacus|算盘
📈|chart_with_upwards_trend increase|上升 上涨 曲线上升
📉|chart_with_downwards_trend decrease loss_curve|下降 下跌 曲线下降
📊|bar_chart|柱状图 图表
📐|triangular_ruler|三角尺
📏|straight_ruler|直尺
📚|books|书 书籍
📖|book|读书 打开的书
📝|memo note pencil|笔记 备忘
📌|pushpin|图钉 置顶
📎|paperclip|回形针 附件
🔗|link chain|链接 链条
🔍|mag search|放大镜 搜索
🔒|lock|锁 锁定
🔓|unlock|开锁 解锁
🔑|key|钥匙
🔧|wrench fix|扳手 修理
🔨|hammer|锤子
⚙️|gear settings|齿轮 设置
🧩|jigsaw puzzle|拼图
🧱|bricks|砖
💻|computer laptop|电脑 笔记本电脑
🖥️|desktop_computer|台式机
💾|floppy_disk save|软盘 保存
📦|package|包裹 包
🗑️|wastebasket trash|垃圾桶 删除
⏳|hourglass wait|沙漏 等待
⏰|alarm_clock|闹钟
⏱️|stopwatch|秒表
📅|date calendar|日历 日期
✅|white_check_mark done|完成 打勾 正确
✔️|heavy_check_mark|对勾
❌|x cross_mark|错误 打叉
❗|exclamation|感叹号 重要
❓|question|问号 问题
⚠️|warning|警告 注意
🚧|construction wip|施工 进行中
🛑|stop_sign|停止
♻️|recycle|回收 循环
🔁|repeat loop|重复
➡️|arrow_right|右箭头
⬅️|arrow_left|左箭头
⬆️|arrow_up|上箭头
⬇️|arrow_down|下箭头
🔴|red_circle|红圆 红点
🟢|green_circle|绿圆 绿点
🔵|blue_circle|蓝圆 蓝点
ℹ️|information_source info|信息
♾️|infinity|无穷 无限
⛰️|mountain peak|山 山峰
🏔️|snow_capped_mountain|雪山
🌊|ocean|海浪
🌱|seedling seed|幼苗 种子
🌳|tree|树
☕|coffee|咖啡
🍵|tea|茶
🍺|beer|啤酒
🍰|cake|蛋糕
☀️|sunny sun|太阳 晴天
🌙|moon|月亮
🌈|rainbow|彩虹
⚡|zap lightning|闪电
❄️|snowflake frozen|雪花 冻结
💧|droplet|水滴
🌍|earth world|地球 世界
👶|baby|婴儿
👩‍🏫|woman_teacher teacher|老师 教师
🧑‍🎓|student|学生
🧑‍💻|technologist programmer|程序员
🙋|raising_hand|举手 提问
🏃|running run|跑步
"""


class Emoji(NamedTuple):
    character: str
    names: tuple[str, ...]
    chinese: tuple[str, ...]


@cache
def emoji() -> tuple[Emoji, ...]:
    return tuple(_read(line) for line in TABLE.strip().splitlines())


def _read(line: str) -> Emoji:
    character, names, chinese = line.split("|")
    return Emoji(character, tuple(names.split()), tuple(chinese.split()))


@cache
def _characters() -> dict[str, str]:
    return {name: each.character for each in emoji() for name in each.names}


class EmojiName(InlineProcessor):
    """`:fire:`, by an English name that the editor offers. Other words between colons stay, and so does `a[:x:]`."""

    def __init__(self) -> None:
        names = "|".join(map(re.escape, _characters()))
        super().__init__(rf"(?<![A-Za-z0-9_:\[\]]):({names}):(?![A-Za-z0-9_:\]])")

    def handleMatch(self, match: re.Match[str], text: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        return _characters()[match[1]], match.start(), match.end()
