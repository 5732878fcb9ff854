"""Evidence files for tests, small and made without a database; and what somebody may do to one."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from layers.evidence.bag import MANIFEST, TAG_MANIFEST, Bag, manifest
from layers.evidence.chain import chained, digest
from layers.evidence.document import FORMAT
from layers.evidence.verify import EVIDENCE, EXPORT

NAME = "evidence-C20230618-001-0001-v2"
PICTURE = b"\x89PNG" + bytes(range(200))


def make(folder: Path) -> Path:
    """An archive of four entries, number 1 of its register."""
    (folder / "bag" / "data").mkdir(parents=True)
    (folder / "bag" / "data" / "after.png").write_bytes(PICTURE)
    facts = {"path": "data/after.png", "sha256": hashlib.sha256(PICTURE).hexdigest()}
    links: list[dict[str, Any]] = [
        {"kind": "structure", "facts": {"code": "C20230618-001-0001", "area_m2": 160.25}},
        {"kind": "review", "facts": {"verdict": "accept", "by": "安娜"}},
        {"kind": "review", "facts": {"verdict": "undo", "by": "安娜"}},
        {"kind": "item", "facts": facts},
    ]
    entries = chained(links)
    document = {
        "format": FORMAT,
        "subject": {"kind": "candidate", "code": "C20230618-001-0001", "version": 2},
        "entries": entries,
        "head_sha256": entries[-1]["sha256"],
    }
    (folder / "bag" / EVIDENCE).write_bytes(written(document))
    bag = Bag(folder / "bag", NAME, {"External-Identifier": "C20230618-001-0001"})
    [line] = chained([{**about(document), "manifest_sha256": bag.manifest_sha256}])
    target = folder / f"{NAME}.zip"
    bag.pack(target, {EXPORT: written(line)})
    return target


def about(document: dict[str, Any]) -> dict[str, Any]:
    """What a line of the register says of a document."""
    subject = document["subject"]
    return {
        "at": "2026-11-26T08:00:00.000000+00:00", "made_by": "anna", "subject": subject["kind"], "code": subject["code"],
        "version": subject["version"], "head_sha256": document["head_sha256"],
    }  # fmt: skip


def written(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def members(archive: Path) -> dict[str, bytes]:
    """The files by their path in the bag."""
    with zipfile.ZipFile(archive) as opened:
        return {each.partition("/")[2]: opened.read(each) for each in opened.namelist()}


def packed(files: dict[str, bytes], target: Path, how: int = zipfile.ZIP_STORED) -> Path:
    """Files as an archive, in this order."""
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(f"{NAME}/{name}", content)
    return target


def forged(files: dict[str, bytes], document: dict[str, Any]) -> dict[str, bytes]:
    """The files with another document, every digest computed anew by somebody who knows how."""
    files = {**files, EVIDENCE: written(document)}
    payload = {name: files[name] for name in files if name.startswith("data/")}
    files[MANIFEST] = manifest({name: hashlib.sha256(payload[name]).hexdigest() for name in payload})
    line = json.loads(files[EXPORT])
    line |= {
        "manifest_sha256": hashlib.sha256(files[MANIFEST]).hexdigest(),
        "head_sha256": document["head_sha256"],
    }
    line["sha256"] = digest(line)
    files[EXPORT] = written(line)
    tags = {name: files[name] for name in files if name not in {*payload, TAG_MANIFEST}}
    files[TAG_MANIFEST] = manifest({name: hashlib.sha256(tags[name]).hexdigest() for name in tags})
    return files
