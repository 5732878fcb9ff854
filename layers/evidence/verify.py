"""Whether an evidence file is as it was made: the archive by itself, and its line in a register.

The archive alone tells that nothing in it was changed, left out or added by somebody who did not compute all digests
anew. That somebody did, only the register tells: the line there has the digest of the manifest that was handed out.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layers.evidence.bag import DECLARATION, MANIFEST, TAG_MANIFEST
from layers.evidence.chain import START, Break, breaks, whole
from layers.evidence.document import FORMAT

__all__ = ["EVIDENCE", "EXPORT", "Fault", "Verdict", "check_register", "examine"]

EVIDENCE = "data/evidence.json"
EXPORT = "export.json"

_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)\n")
_READ = {"bagit.txt", MANIFEST, TAG_MANIFEST, EVIDENCE, EXPORT}
_LARGEST = 64 << 20  # bytes of a text that is read as a whole
_BLOCK = 1 << 20
_ESCAPES = {"%0A": "\n", "%0D": "\r", "%25": "%"}  # RFC 8493, 2.1.3
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with which file or entry, in both languages."""

    where: str
    zh: str
    en: str


@dataclass
class Verdict:
    """What was found; ``faults`` is empty where all is well.

    ``line``: the export's own line as the archive has it; ``manifest_sha256``: of its manifest.
    """

    faults: list[Fault] = field(default_factory=list)
    files: int = 0
    entries: int = 0
    subject: tuple[Any, Any] = (None, None)
    manifest_sha256: str = ""
    line: dict[str, Any] | None = None

    def add(self, where: str, zh: str, en: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(where, zh, en))


@dataclass(frozen=True)
class _Members:
    """The files of the bag by their path in it: SHA-256 (None: cannot be read), and the content of ``_READ``."""

    digests: Mapping[str, str | None]
    texts: Mapping[str, bytes]

    def text(self, name: str, verdict: Verdict) -> bytes | None:
        """The content of a file that must be there; None where it is not, which is then a fault."""
        if name not in self.digests:
            verdict.add(name, "缺失", "is missing")
        elif name not in self.texts and self.digests[name] is not None:
            verdict.add(name, "过大，无法读取", "is too large to be read")
        return self.texts.get(name)


def examine(path: Path) -> Verdict:
    """Check an archive by itself. Nothing is unpacked to disk."""
    verdict = Verdict()
    members = _read(path, verdict)
    if members is None:
        return verdict
    verdict.files = len(members.digests)
    if members.texts.get("bagit.txt") != DECLARATION:
        verdict.add("bagit.txt", "不是 BagIt 1.0 的声明", "is not the declaration of BagIt 1.0")
    payload = {each for each in members.digests if each.startswith("data/")}
    _check_manifest(members, MANIFEST, payload, verdict)
    _check_manifest(members, TAG_MANIFEST, set(members.digests) - payload - {TAG_MANIFEST}, verdict)
    verdict.manifest_sha256 = members.digests.get(MANIFEST) or ""
    head = _check_chain(members, verdict)
    _check_line(members, head, verdict)
    return verdict


def check_register(lines: Iterable[Mapping[str, Any]], verdict: Verdict) -> None:
    """Check the archive's line against a register, and that register from its first line to its last."""
    kept: Mapping[str, Any] | None = None
    previous = START
    number = 0
    wanted = (verdict.line or {}).get("number")
    for number, line in enumerate(lines, start=1):
        if line["number"] != number or line["previous"] != previous or not whole(line):
            verdict.add(
                f"register {line['number']}", "登记链在此处断开", "the chain of the register is broken here"
            )
        previous = line["sha256"]
        if line["number"] == wanted:
            kept = line
    if verdict.line is None:
        return
    if kept is None:
        verdict.add(
            EXPORT,
            f"登记中没有第 {wanted} 号（共 {number} 号）；若由别处的平台导出，请加 --archive-only 或到该处核对",
            f"the register has no number {wanted} (it has {number}); if another installation made the file, check it "
            "there or use --archive-only",
        )
        return
    told = {**verdict.line, "manifest_sha256": verdict.manifest_sha256}
    for name in kept:
        if kept[name] != told.get(name):
            verdict.add(
                EXPORT,
                f"第 {wanted} 号登记的 {name} 是 {kept[name]}，档案里是 {told.get(name)}",
                f"the register says of number {wanted}: {name} {kept[name]}; the archive: {told.get(name)}",
            )


def _read(path: Path, verdict: Verdict) -> _Members | None:
    """All members of the archive by their path below the folder that holds bagit.txt."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = [each for each in archive.infolist() if not each.is_dir()]
            base = _base([each.filename for each in files])
            digests: dict[str, str | None] = {}
            texts: dict[str, bytes] = {}
            for each in files:
                inside = each.filename.startswith(base)
                name = each.filename[len(base) :] if inside else each.filename
                if not inside or name in digests:
                    why = (
                        ("档案袋之外的文件", "lies outside the bag")
                        if not inside
                        else ("出现两次", "is there twice")
                    )
                    verdict.add(name, *why)
                    continue
                digests[name], content = _digest(archive, each, keep=name in _READ)
                if digests[name] is None:
                    verdict.add(name, "已损坏，无法读取", "is damaged and cannot be read")
                elif content is not None:
                    texts[name] = content
            return _Members(digests, texts)
    except _DAMAGED as error:
        verdict.add(path.name, f"无法作为 ZIP 打开（{error}）", f"cannot be opened as a ZIP file ({error})")
        return None


def _base(names: list[str]) -> str:
    """The folder of the bag: where bagit.txt lies, the outermost of several; that of the manifest where it is gone."""
    for mark in ("bagit.txt", MANIFEST, TAG_MANIFEST):
        found = [each for each in names if each == mark or each.endswith(f"/{mark}")]
        if found:
            return min(found, key=lambda each: (each.count("/"), each)).removesuffix(mark)
    return ""


def _digest(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, keep: bool
) -> tuple[str | None, bytes | None]:
    """SHA-256 and, where it is to be kept and not too long, the content; None where it does not decode."""
    sum_, content = hashlib.sha256(), bytearray()
    try:
        with archive.open(member) as source:
            while block := source.read(_BLOCK):
                sum_.update(block)
                if keep and len(content) <= _LARGEST:
                    content += block
    except _DAMAGED:
        return None, None
    return sum_.hexdigest(), bytes(content) if keep and len(content) <= _LARGEST else None


def _check_manifest(members: _Members, name: str, there: set[str], verdict: Verdict) -> None:
    """A manifest against the files it speaks of: changed, missing, extra."""
    said = _said(members, name, verdict)
    if said is None:
        return
    for path, sha256 in said.items():
        if path not in there:
            verdict.add(path, f"缺失（{name} 中有）", f"is missing ({name} names it)")
        elif members.digests[path] not in {sha256, None}:
            verdict.add(path, f"内容已改动，与 {name} 不符", f"was changed: it does not match {name}")
    for path in sorted(there - set(said)):
        verdict.add(path, f"多出的文件（{name} 中没有）", f"is extra ({name} does not name it)")


def _said(members: _Members, name: str, verdict: Verdict) -> dict[str, str] | None:
    text = members.text(name, verdict)
    if text is None:
        return None
    said: dict[str, str] = {}
    place = 0
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines(keepends=True), start=1):
        found = _LINE.fullmatch(line)
        path = (
            re.sub("%0[AD]|%25", lambda each: _ESCAPES[each[0].upper()], found[2], flags=re.I)
            if found
            else ""
        )
        if not found or path in said:
            verdict.add(name, f"第 {number} 行不合格式", f"line {number} is not in the format")
            continue
        said[path] = found[1]
        place = number
    if not place:
        verdict.add(name, "是空的", "is empty")
    return said


def _check_chain(members: _Members, verdict: Verdict) -> str | None:
    """The entries of evidence.json, and the files they name; the digest of the last entry."""
    document = _json(members, EVIDENCE, verdict)
    if document is None:
        return None
    entries = document.get("entries")
    if document.get("format") != FORMAT or not isinstance(entries, list) or not entries:
        verdict.add(EVIDENCE, f"不是 {FORMAT} 格式", f"is not in the format {FORMAT}")
        return None
    verdict.entries = len(entries)
    subject = document.get("subject")
    if isinstance(subject, dict):
        verdict.subject = (subject.get("code"), subject.get("version"))
    for each in breaks(entries):
        zh, en = _WHY[each.why]
        verdict.add(
            _entry(each), f"链在第 {each.place} 条断开：{zh}", f"chain broken at entry {each.place}: {en}"
        )
    last = entries[-1].get("sha256") if isinstance(entries[-1], dict) else None
    if document.get("head_sha256") != last:
        place = len(entries) + 1
        verdict.add(
            f"{EVIDENCE} #{place}",
            f"链在第 {place} 条断开：末尾的条目被删去或被替换",
            f"chain broken at entry {place}: what was the last entry is gone or another",
        )
    _check_items(entries, members, verdict)
    return last


_WHY = {
    "no_entry": ("不是条目", "it is no entry"),
    "number": ("编号不连续，有条目被删去、插入或调换", "its number is not the next one; an entry was removed, added or moved"),
    "previous": ("与前一条对不上", "it does not follow the entry before it"),
    "changed": ("内容已改动", "it was changed"),
}  # fmt: skip


def _entry(each: Break) -> str:
    return f"{EVIDENCE} #{each.place}"


def _check_items(entries: list[Any], members: _Members, verdict: Verdict) -> None:
    known = {each.where for each in verdict.faults}
    for place, entry in enumerate(entries, start=1):
        facts = entry.get("facts") if isinstance(entry, dict) and entry.get("kind") == "item" else None
        if not isinstance(facts, dict) or str(facts.get("path")) in known:
            continue
        path = str(facts.get("path"))
        if path in members.digests and members.digests[path] not in {facts.get("sha256"), None}:
            verdict.add(
                path, f"与 evidence.json 第 {place} 条不符", f"does not match entry {place} of evidence.json"
            )
        elif path not in members.digests:
            verdict.add(
                path, f"缺失（evidence.json 第 {place} 条）", f"is missing (entry {place} of evidence.json)"
            )


def _check_line(members: _Members, head: str | None, verdict: Verdict) -> None:
    """The export's own line: whole in itself, and about this manifest and this chain."""
    line = _json(members, EXPORT, verdict)
    if line is None:
        return
    verdict.line = line
    if not whole(line):
        verdict.add(EXPORT, "登记行内容已改动", "the line of the register was changed")
    if verdict.manifest_sha256 and line.get("manifest_sha256") != verdict.manifest_sha256:
        verdict.add(EXPORT, f"登记的不是这份 {MANIFEST}", f"speaks of another {MANIFEST}")
    if head is not None and (line.get("code"), line.get("version")) != verdict.subject:
        verdict.add(EXPORT, "登记的是另一图斑或另一版本", "speaks of another subject or version")
    if head is not None and line.get("head_sha256") != head:
        verdict.add(EXPORT, "登记的不是这条证据链", "speaks of another chain of entries")


def _json(members: _Members, name: str, verdict: Verdict) -> dict[str, Any] | None:
    text = members.text(name, verdict)
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        verdict.add(name, "不是 JSON 对象", "is no JSON object")
        return None
    return found
