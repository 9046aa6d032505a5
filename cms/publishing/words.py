"""Problems of a build in the editors' language.

`site_builder` says them in English, exactly, for whoever runs it. An editor who reads Chinese is told what
that means and what to do, by the problem's code; the exact words stay at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as translate

from cms.accounts.language import screen_language
from cms.unions.templatetags.unions import one_language


@dataclass(frozen=True)
class Words:
    what: str
    action: str
    original: str = ""
    """The problem's own words, where `what` is only their gist."""


def doing_words(doing: str) -> str:
    """What a worker says it is doing (`PublishingWorker`): export, build, build 3/40, build pingdu."""
    what, _, rest = doing.partition(" ")
    if what == "export":
        return translate("正在导出改动")
    done, parted, total = rest.partition("/")
    if parted:
        return translate("正在构建网站：%(done)s / %(total)s") % {"done": done, "total": total}
    return translate("正在构建网站")


def problem_words(problem: Any) -> Words:
    """`problem`: a `records.Problem`, or one as a request keeps it."""
    code, message, action = (_of(problem, name) for name in ("code", "message", "action"))
    chinese = screen_language() == "zh-Hans"
    if chinese and not _is_chinese(message):
        gist, todo = _GIST.get(code, ("这里有一个问题", "请把原文告诉管理员。"))
        return Words(gist, todo, f"{message}. {action}" if action else message)
    return Words(one_language(message), one_language(action))


def _of(problem: Any, name: str) -> str:
    found = problem.get(name) if isinstance(problem, dict) else getattr(problem, name)
    return str(found or "")


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


_AGAIN = "改好后重新发布。"
_STAFF = "网站保持原样。请管理员对本工会运行 unionpress build --full。"
_FILES = "请管理员更正这个文件。"
_GIST = {
    "adoption-twice": ("同一篇内容有两条采用决定，只算第一条", "在“共享内容”里删去一条。"),
    "adoption-not-shared": (
        "采用了没有转给本工会的内容，不起作用",
        "删去这一条，或请发布者转给本工会。",
    ),
    "adoption-own": ("对本工会自己的内容只能置顶", "直接改那一篇。"),
    "adoption-hides-required": (
        "必转的内容不能不采用，网站照样显示",
        "删去这一条；要改写就写本地版。",
    ),
    "slot-not-offered": ("填了发布者没有留给各地的一项，没有用上", "删去这一项。"),
    "slot-without-field": ("填了这类内容没有的一项，没有用上", "删去这一项。"),
    "edition-cycle": ("几篇本地版互相指着，都没有上网", "让其中一篇不再是本地版。"),
    "edition-source-missing": (
        "本地版的原文没有了或没有发布，这一篇没有上网",
        "改“是哪一篇的本地版”，或补齐内容后清空它。",
    ),
    "edition-kind": ("本地版和原文不是同一类内容，没有上网", "选同一类的原文。"),
    "edition-not-shared": (
        "原文没有转给本工会，本地版没有上网",
        "请原文的发布者转给本工会，或清空“是哪一篇的本地版”。",
    ),
    "edition-twice": ("同一篇原文有两篇本地版，只显示一篇", "撤下不要的一篇。"),
    "edition-not-nearest": ("更近的工会也有本地版，这里显示它的", "不要的话，撤下其中一篇。"),
    "edition-source-withdrawn": ("原文已撤回，本地版随之撤下", "需要保留就补齐内容，不再作本地版。"),
    "edition-source-expired": ("原文已到下线时间，本地版随之下线", "需要保留就补齐内容，不再作本地版。"),
    "share-not-above": (
        "必转只对下级有效；对别的工会只是可选用",
        "改成“可选用”，或请共同的上级来转。",
    ),
    "source-missing": ("专题要求每篇写明来源，有的没有写", "给那几篇补上来源。"),
    "collection-empty": (
        "专题里还没有能显示的内容，所以没有页面",
        "选入已发布的内容，或填要汇集的主题；有了第一篇，页面就会出现。",
    ),
    "path-taken": ("两篇内容的网址相同，只显示一篇", "改其中一篇的网址代号。"),
    "former-path-taken": ("旧网址已被别的内容占用，不再转到新网址", "不要紧；需要时改那一篇的网址代号。"),
    "link": ("网页上有一个链接打不开", "打开这一篇，改正或删去链接。"),
    "media-missing": ("图片或附件找不到", "重新上传，或换一张，再发布。"),
    "media-picture": ("图片文件损坏，或格式不认识，网页上没有显示", "另存为 PNG、JPEG 或 WebP 再上传。"),
    "media-svg": ("矢量图用不了", "换成 PNG 图片。"),
    "share-picture": ("标题里有的字画不出来，没有做分享图", "不要紧；配一张题图就用题图。"),
    "union-address": ("两家工会的网站地址相同", "改正其中写错的一个。"),
    "colour": ("主色和底色太接近，看不清", "在工会的“外观”里换一个颜色。"),
    "page-invalid": ("这一篇有不合规定的地方，没有导出", _AGAIN),
    "not-exported": ("有内容没有导出", _AGAIN),
    "held": ("网站已回滚，保持在较早的一版", "要上线最新内容，点“解除保持”。"),
    "theme-missing": ("没有这个主题样式", "在工会的“外观”里换一个主题样式。"),
    "theme-broken": ("主题样式有错", "网站保持原样。请管理员检查主题。"),
    "record-left-out": (
        "这一篇做不成网页，网站先不登它，别的照常",
        "看看这一篇有什么特别的地方，改过再发布；还不行，请把原文告诉管理员。",
    ),
    "record-failed": ("有一篇做不成网页", "网站保持原样。请把原文告诉管理员。"),
    "template-failed": ("有一页没有做成", "网站保持原样。请把原文告诉管理员。"),
    "disk": ("存不下了", "网站保持原样。请管理员清理磁盘后重建。"),
    "disk-refused": ("没有权限读写网站的文件夹", "网站保持原样。请管理员按原文改正权限后重建。"),
    "content-changed": (
        "构建时，内容文件夹里有文件不见了",
        "网站保持原样，会自动再试；一直这样请管理员看看内容文件夹是不是被移走了。",
    ),
    "build-unnoted": ("网站已更新，构建的记录没有存下", "请管理员清理磁盘或改正权限；会自动再试。"),
    "damaged": ("版本里有文件损坏", _STAFF),
    "manifest-unreadable": ("版本的清单读不出来", _STAFF),
    "page-lost": ("版本里少了一页", _STAFF),
    "process-died": ("构建中途断了", "会自动再试；一直这样请告诉管理员。"),
    "internal-error": ("程序出错，没有构建成功", "网站保持原样，会自动再试。请把原文告诉管理员。"),
    "deploy-failed": ("没有部署成功", "会自动再试；一直这样请管理员检查服务器。"),
    "deploy-refused": ("服务器不让部署", "请管理员按原文检查服务器和钥匙；会自动再试。"),
    "deploy-cut": ("和服务器的连接断了", "会自动再试，接着没传完的传；一直这样请管理员检查网络。"),
    "deploy-held": ("另一个进程正在部署这个网站", "等它做完；会自动再试。"),
    "not-built": ("网站还没有构建过", "点“立即重建”。"),
    "field-value": ("文件里有一项填得不对", _FILES),
    "field-unknown": ("文件里有不认识的一项", _FILES),
    "file-unreadable": ("文件读不出来", _FILES),
    "yaml": ("文件的格式不对", _FILES),
    # What is wrong between files: the last four are an editor's to mend, by the link that stands beside.
    "file-name": ("文件名不合规定，没有读", _FILES),
    "file-link": ("文件是指到别处的链接，没有读", _FILES),
    "file-size": ("文件太大，没有读", _FILES),
    "file-stray": ("多出来的文件，没有读", _FILES),
    "union-level": ("上级工会的层级不在本工会之上", "在工会资料里改层级或上级工会。"),
    "union-cycle": ("上下级成了一个圈", "在工会资料里改上级工会。"),
    "union-parent": ("上级工会不在这个网络里", "在工会资料里另选上级工会。"),
    "union-successor": ("写的接替工会不在这个网络里", "在工会资料里改接替的工会。"),
    "union-region": (
        "行政区划代码不在上级工会的范围里",
        "在工会资料里核对两家的代码；确实跨区域的，不必理会。",
    ),
    "union-line": ("写的产业工会不在这个网络里，或不是产业工会", "在工会资料里另选产业工会。"),
    "media-file": ("有说明，没有图片或附件本身", "重新上传，或删去这一份说明。"),
    "media-type": ("图片或附件的格式用不了", "换一种格式再上传。"),
    "media-vector": ("矢量图和它的图片对不上", "重新上传矢量图，或删去。"),
    "media-undescribed": ("图片或附件没有标题、作者等说明，没有用", _FILES),
    "record-id": ("两篇内容的编号相同，只算一篇", _FILES),
    "record-slug": ("两篇内容的网址代号相同，只算一篇", "改其中一篇的网址代号。"),
    "record-folder": ("文件放错了文件夹，没有读", _FILES),
    "record-union": ("这一篇的工会不在这个网络里", _FILES),
    "adoptions-union": ("采用决定的工会不在这个网络里", _FILES),
    "adoption-record": ("采用的那一篇已经没有了，不起作用", "在“共享内容”里删去这一条决定。"),
    "edition-source": ("原文已经没有了，本地版没有上网", "另选原文，或补齐内容，不再作本地版。"),
    "reference-union": ("提到的工会不在这个网络里，那一处没有显示", "打开这一篇，改正或删去。"),
    "reference-kind": (
        "有一处选的内容不是那一类（要选阵地的选了别的，要选名单的选了别的），那一处没有显示",
        "打开这一篇，改选对的，或清空那一项。",
    ),
    "reference-record": (
        "有一处指到的内容已经撤下或删去了，那一处没有显示链接",
        "打开这一篇，改指到别的一篇，或删去那个链接。",
    ),
}
