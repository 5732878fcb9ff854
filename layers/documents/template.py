"""Whether a file may be a template: a Word file without anything active in it, with known fields and little else. Pure.

What Jinja may do here is a short list (``_GRAMMAR``): print a field, ask whether it is there, go through a list once.
No call, no attribute but those of a line, no arithmetic and no loop in a loop, so a template can neither reach the
program nor run for long; it is rendered in Jinja's sandbox all the same.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import unescape

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gis.errors import ChengtuError
from layers.documents.fields import LOOP, Field, Form

__all__ = ["MOST_BYTES", "TemplateRefused", "check", "environment"]

MOST_BYTES = 5 << 20
_MOST_UNPACKED, _MOST_MEMBERS = 40 << 20, 400
_BODY = "word/document.xml"
_CONTENT_TYPE = b"wordprocessingml.document.main+xml"
_ACTIVE = re.compile(
    r"(vbaproject|vbadata|activex|embeddings/|oleobject|attachedtoolbars|afchunk|\.(exe|dll|js|vbs|html?|mht|rtf)$)",
    re.I,
)
_RUNNING = re.compile(rb"<w:(altChunk|object|control|subDoc|webHidden\b.*on)[ />]")
_CALLING = re.compile(
    rb"(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|\bDDE\b|HYPERLINK|MACROBUTTON|\bIMPORT\b|\bLINK\b|\bRD\b)"
)
_FIELD_CODES = re.compile(rb"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)\"")
_NUMBERED = re.compile(rb'<w:numId w:val="[1-9]')
_UNSHOWN = re.compile(rb"<(w:txbxContent|w:pict|wps:wsp|c:chart|dgm:relIds|m:oMath|wpg:wgp|wp:anchor)[ />]")
_EXTERNAL = re.compile(rb'TargetMode\s*=\s*"External"')
_TARGET = re.compile(
    rb'\bTarget\s*=\s*"([^"]*)"[^>]*TargetMode|TargetMode\s*=\s*"External"[^>]*\bTarget\s*=\s*"([^"]*)"'
)
_MARKS = re.compile(r"\{\{|\{%|\{#")
_GRAMMAR = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.For,
    nodes.Getattr, nodes.Const, nodes.Compare, nodes.Operand,
)  # fmt: skip


class TemplateRefused(ChengtuError):
    """A file that cannot be a template, and why."""

    code = "template_refused"
    zh = "模板未保存：{why_zh}"
    en = "The template was not kept: {why_en}"


def _refused(zh: str, en: str) -> TemplateRefused:
    return TemplateRefused(why_zh=zh, why_en=en)


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates are read and rendered: text is escaped, nothing is reachable from it."""
    made = ImmutableSandboxedEnvironment(autoescape=True)
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def check(content: bytes, fields: Mapping[str, Field]) -> frozenset[str]:
    """The fields that a template uses. Raises TemplateRefused, naming the part and what to do."""
    if len(content) > MOST_BYTES:
        raise _refused(
            f"文件大于 {MOST_BYTES >> 20} MB。请压缩其中的图片。",
            f"it is larger than {MOST_BYTES >> 20} MB. Make its pictures smaller.",
        )
    parts = _parts(content)
    _check_inert(parts)
    return frozenset(name for text in _texts(content) for name in _used(text, fields))


def _parts(content: bytes) -> dict[str, bytes]:
    not_word = _refused(
        "不是 Word 文档（.docx）。请在 Word 或 WPS 中另存为“Word 文档（*.docx）”再上传。",
        "it is no Word document (.docx). Save it as “Word document (*.docx)”, then upload it.",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(each.file_size for each in members) > _MOST_UNPACKED or len(members) > _MOST_MEMBERS:
                raise _refused("解开后过大。", "it is too large once unpacked.")
            parts = {each.filename: archive.read(each) for each in members}
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, ValueError, OSError):
        raise not_word from None
    types = parts.get("[Content_Types].xml", b"")
    if _BODY not in parts or (_CONTENT_TYPE not in types and b"macroEnabled" not in types):
        raise not_word
    return parts


def _check_inert(parts: Mapping[str, bytes]) -> None:
    """No macro, nothing embedded, nothing fetched from elsewhere, nothing that the PDF could not show."""
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        raise _refused(
            "含有宏。请另存为不含宏的“Word 文档（*.docx）”。",
            "it holds macros. Save it as a “Word document (*.docx)” without macros.",
        )
    for name, data in parts.items():
        if _ACTIVE.search(name):
            raise _refused(
                f"含有宏或嵌入的对象（{name}）。请删去后再上传。",
                f"it holds a macro or an embedded object ({name}). Remove it.",
            )
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
            raise _refused(f"{name} 不是 Word 写出的内容。", f"{name} was not written by Word.")
        if name.endswith(".rels") and _EXTERNAL.search(data):
            target = _TARGET.search(data)
            where = (target[1] or target[2]).decode("utf-8", "replace")[:80] if target else name
            raise _refused(
                f"含有指向外部的链接（{where}）。请删去超链接、链接的图片和附加模板。",
                f"it links to something outside ({where}). Remove hyperlinks, linked pictures and attached templates.",
            )
        if name.endswith(".xml") and name.startswith("word/"):
            _check_part(name, data)


def _check_part(name: str, data: bytes) -> None:
    codes = b" ".join(one or other for one, other in _FIELD_CODES.findall(data))
    if _RUNNING.search(data) or _CALLING.search(codes):
        raise _refused(
            f"{name} 中有域代码或对象会读取外部内容。请删去。", f"{name} has a field code or object that reads from outside. Remove it."
        )  # fmt: skip
    if name == _BODY and _NUMBERED.search(data):
        raise _refused(
            "含有自动编号，PDF 无法如实显示。请撤销自动编号，直接写出“一、”“1.”。",
            "it has automatic numbering, which the PDF cannot show truly. Undo it and write the numbers out.",
        )
    if found := _UNSHOWN.search(data):
        what = found[1].decode()
        raise _refused(
            f"含有文本框、图形、公式或浮动图片（{what}），PDF 无法如实显示。请改用普通段落、表格和“嵌入型”图片。",
            f"it holds a text box, shape, formula or floating picture ({what}), which the PDF cannot show truly. Use "
            "paragraphs, tables and pictures “in line with text”.",
        )


def _texts(content: bytes) -> Iterator[str]:
    """Every text that is rendered as a template, as docxtpl reads it."""
    template = DocxTemplate(io.BytesIO(content))
    try:
        template.init_docx()
        yield template.patch_xml(template.get_xml())
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            for _, part in template.get_headers_footers(uri):
                yield template.patch_xml(template.get_part_xml(part))
        for part in template.docx.part.package.parts:
            noted = str(part.partname).endswith(("/footnotes.xml", "/endnotes.xml", "/comments.xml"))
            if noted and _MARKS.search(part.blob.decode("utf-8", "replace")):
                raise _refused(
                    "脚注、尾注和批注中不能使用字段。", "fields cannot stand in notes and comments."
                )
        properties = template.docx.core_properties
        said = (
            getattr(properties, each)
            for each in ("author", "comments", "identifier", "language", "subject", "title")
        )
        if any(_MARKS.search(each or "") for each in said):
            raise _refused("文档属性中不能使用字段。", "fields cannot stand in the document's properties.")
    except (KeyError, ValueError, AttributeError) as error:
        raise _refused(f"Word 文档已损坏（{error}）。", f"the Word document is damaged ({error}).") from None


def _used(text: str, fields: Mapping[str, Field]) -> set[str]:
    if len(_MARKS.findall(text)) > 2000:
        raise _refused("字段过多。", "there are too many fields.")
    try:
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        said = _near(text, error.lineno)
        raise _refused(
            f"字段写法有误（{error.message}）：{said}。应写作 {{{{ 案号 }}}}、{{% if 罚款金额 %}}…{{% endif %}}。",
            f"a field is written wrongly ({error.message}): {said}. Write {{{{ 案号 }}}} or "
            "{% if 罚款金额 %}…{% endif %}.",
        ) from None
    return set(_walk(tree, fields, {}))


def _near(text: str, line: int) -> str:
    lines = text.splitlines()
    shown = re.sub(r"<[^>]+>", "", lines[line - 1] if 0 < line <= len(lines) else "")
    found = re.search(r"\{[{%][^}]{0,60}", shown)
    return unescape(found[0] if found else shown[:60]).strip()


def _walk(
    node: nodes.Node, fields: Mapping[str, Field], lines: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    """The fields below a node. ``lines``: the variables of the loop around it, with their members."""
    if not isinstance(node, _GRAMMAR):
        raise _too_much(node)
    if isinstance(node, nodes.For):
        yield from _loop(node, fields, lines)
        return
    if isinstance(node, nodes.Getattr):
        _check_member(node, lines)
        return
    if isinstance(node, nodes.Name):
        if node.name in lines:
            raise _refused(
                f"“{node.name}”后面应写明取哪一项，如 {node.name}.{next(iter(lines[node.name]))}。",
                f"say which part of “{node.name}” is meant, as {node.name}.{next(iter(lines[node.name]))}.",
            )
        yield _known(node.name, fields)
        return
    for child in node.iter_child_nodes():
        if isinstance(node, nodes.Output) and isinstance(child, nodes.Name) and child.name not in lines:
            _check_printed(child.name, fields)
        yield from _walk(child, fields, lines)


def _check_printed(name: str, fields: Mapping[str, Field]) -> None:
    field = fields[_known(name, fields)]
    if field.form is Form.LIST:
        member = next(iter(field.members))
        raise _refused(
            f"“{name}”是列表，应逐行列出：{{% for 行 in {name} %}}{{{{ 行.{member} }}}}{{% endfor %}}。",
            f"“{name}” is a list; go through it: {{% for 行 in {name} %}}{{{{ 行.{member} }}}}{{% endfor %}}.",
        )


def _loop(
    node: nodes.For, fields: Mapping[str, Field], lines: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    if (
        not isinstance(node.iter, nodes.Name)
        or not isinstance(node.target, nodes.Name)
        or node.test
        or node.recursive
    ):
        raise _too_much(node)
    if lines:
        raise _refused("循环里面不能再有循环。", "a loop cannot stand in a loop.")
    field = fields[_known(node.iter.name, fields)]
    if field.form is not Form.LIST:
        lists = "、".join(each.name for each in fields.values() if each.form is Form.LIST)
        raise _refused(
            f"“{field.name}”不是列表，不能循环；可以循环的是：{lists}。",
            f"“{field.name}” is no list; lists are: {lists}.",
        )
    yield field.name
    inside = {node.target.name: field.members, "loop": LOOP}
    for child in (*node.body, *node.else_):
        yield from _walk(child, fields, inside)


def _check_member(node: nodes.Getattr, lines: Mapping[str, Mapping[str, object]]) -> None:
    if not isinstance(node.node, nodes.Name) or node.node.name not in lines:
        raise _too_much(node)
    members = lines[node.node.name]
    if node.attr not in members:
        raise _refused(
            f"“{node.node.name}.{node.attr}”不存在；可用的是：{'、'.join(members)}。",
            f"there is no “{node.node.name}.{node.attr}”; there are: {', '.join(members)}.",
        )


def _known(name: str, fields: Mapping[str, Field]) -> str:
    if name in fields:
        return name
    near = (
        difflib.get_close_matches(name, fields, n=3, cutoff=0.4)
        or [each for each in fields if set(each) & set(name)][:3]
    )
    zh = f"最接近的有：{'、'.join(near)}。" if near else "请在字段清单中查找。"
    en = f"Nearest: {', '.join(near)}." if near else "See the list of fields."
    raise _refused(f"没有名为“{name}”的字段。{zh}", f"there is no field “{name}”. {en}")


def _too_much(node: nodes.Node) -> TemplateRefused:
    what = type(node).__name__
    return _refused(
        f"模板中只能填写字段、判断字段有无（if）和逐行列出（for），不能使用其他语句（{what}）。",
        f"a template may only print fields, ask whether they are there (if) and list lines (for); nothing else ({what}).",
    )
