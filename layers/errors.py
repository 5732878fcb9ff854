"""Every error of the bureau's rules; ``api/errors.py`` holds the one table of their HTTP statuses."""

from __future__ import annotations

from gis.errors import ChengtuError

__all__ = [
    "Conflict",
    "Held",
    "NotAllowed",
    "NotFound",
    "QueryRefused",
    "Refused",
    "SignInFailed",
    "SignInNeeded",
]


class NotFound(ChengtuError):
    """The thing asked for does not exist, or the person may not know that it does."""

    code = "not_found"
    zh = "找不到{what_zh}“{key}”。请检查编号，或刷新页面。"
    en = "There is no {what_en} “{key}”. Check the number, or reload the page."


class SignInNeeded(ChengtuError):
    """The act needs a signed-in person."""

    code = "sign_in_needed"
    zh = "请先登录。"
    en = "Please sign in first."


class SignInFailed(ChengtuError):
    """Name or password is wrong."""

    code = "sign_in_failed"
    zh = "用户名或密码不正确。连续失败多次将暂停登录 15 分钟。"
    en = "The name or the password is wrong. After several failures sign-in pauses for 15 minutes."


class NotAllowed(ChengtuError):
    """The signed-in person has no role that permits the act."""

    code = "not_allowed"
    zh = "您的账号没有“{act_zh}”的权限。需要的角色：{roles_zh}；请联系管理员授予。"
    en = "Your account may not {act_en}. It takes the role {roles_en}; an administrator can grant it."


class Conflict(ChengtuError):
    """Somebody else changed the thing in the meantime."""

    code = "conflict"
    zh = "{what_zh}已被他人修改，您的操作没有执行。请查看最新内容后重试。"
    en = "The {what_en} was changed by someone else; nothing of yours was done. Look at it again, then retry."


class Held(ChengtuError):
    """Another person is at work on the thing."""

    code = "held"
    zh = "{by}正在处理 {name}（至 {until}），您的操作没有执行。请处理其他图斑，或稍后再试。"
    en = "{by} is at work on {name} (until {until}); nothing of yours was done. Take another one, or try later."


class Refused(ChengtuError):
    """The input is well-formed but the bureau's rules refuse it."""

    code = "refused"
    zh = "{reason_zh}"
    en = "{reason_en}"


class QueryRefused(Refused):
    """A question that cannot be answered as it is put: an unknown field, a filter that does not parse."""

    code = "query_refused"
