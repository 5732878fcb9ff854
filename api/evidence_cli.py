"""The commands of evidence files: take one, and check one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from layers.settings import Settings, settings

__all__ = ["COMMANDS"]

ACTOR = "command line"

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def evidence(
    code: Annotated[str | None, typer.Argument(help="疑似图斑编号 · code of the candidate")] = None,
    case: Annotated[str | None, typer.Option("--case", help="案号：导出整个案件 · number of a case")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="输出 .zip，默认在当前文件夹 · default: here")
    ] = None,
) -> None:
    """导出疑似图斑或案件的证据档案（BagIt，可用 sha256sum 核对） · take the evidence file of a candidate or a case.

    例 example:  ./chengtu evidence C20230618-001-0001 -o evidence.zip

    例 example:  ./chengtu evidence --case AJ-2023-001
    """
    if (code is None) == (case is None):
        errors.print(
            "请给出图斑编号，或 --case 案号（二者之一）。Give the code of a candidate or --case, one of the two."
        )
        raise typer.Exit(2)
    from api import serve as serve_room
    from layers.evidence import actions
    from layers.people.rules import Role

    own = settings()
    folder = (output or Path.cwd() / "-").absolute().parent
    folder.mkdir(parents=True, exist_ok=True)
    with serve_room.migrated(own) as url, TemporaryDirectory(prefix=".evidence-", dir=folder) as working:
        export = actions.export_by_code if case is None else actions.export_case_by_code
        made, line = export(
            url, own, case or code or "", Path(working), by=ACTOR, roles=frozenset({Role.ADMINISTRATOR})
        )
        target = output or folder / made.name
        made.replace(target)
    console.print(
        f"已导出到 {escape(str(target))}，登记第 {line['number']} 号。"
        f"Written to {escape(str(target))}, number {line['number']} of the register.\n"
        f"manifest SHA-256 {line['manifest_sha256']}"
    )


def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    archive_only: Annotated[
        bool, typer.Option("--archive-only", help="只核对档案本身，不查登记簿 · leave the register out")
    ] = False,
) -> None:
    """核对证据档案：指出改动、缺失、多出的文件和断开的条目（不需要数据库） · check an evidence file; needs no database.

    例 example:  ./chengtu verify evidence-C20230618-001-0001-v2.zip
    """
    from layers.evidence.verify import examine

    verdict = examine(file)
    checked = not archive_only and verdict.line is not None and _check_register(settings(), verdict)
    for fault in verdict.faults:
        errors.print(f"[red]✗[/red] {escape(fault.where)}：{escape(fault.zh)} · {escape(fault.en)}")
    if verdict.line is not None:
        line = {name: escape(str(value)) for name, value in verdict.line.items()}
        told = (line.get(name, "?") for name in ("code", "version", "number", "made_by"))
        console.print(
            "{} v{} · 登记第 {} 号 number · {} · {}".format(*told, _in_beijing(line.get("at", "?")))
        )
        console.print(f"manifest SHA-256 {verdict.manifest_sha256}")
    console.print(
        "已核对档案与登记簿。Archive and register were checked."
        if checked
        else "只核对了档案本身，未查登记簿：请向出具单位核对上面的编号与数值。\n"
        "Only the archive itself was checked, not the register: ask the office that issued it for number and figure above."
    )
    if verdict.faults:
        errors.print(
            f"[red]✗[/red] 有 {len(verdict.faults)} 处不符，不能采信。{len(verdict.faults)} faults: do not rely on it."
        )
        raise typer.Exit(1)
    console.print(
        f"[green]✓[/green] {verdict.files} 个文件、{verdict.entries} 条记录，全部一致。"
        f"{verdict.files} files and {verdict.entries} entries, all as they were made."
    )


def _in_beijing(at: str) -> str:
    """A moment as a person reads it; what is none stays what it is."""
    from datetime import datetime

    from layers.imports.values import BEIJING

    try:
        return f"{datetime.fromisoformat(at).astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间 Beijing）"
    except (ValueError, OverflowError):
        return at


def _check_register(own: Settings, verdict: Any) -> bool:
    """Check the register where a database is at hand: the one named, or the private one of this installation."""
    from sqlalchemy.exc import OperationalError

    from api import serve as serve_room
    from layers import cluster, database
    from layers.evidence import store
    from layers.evidence.verify import check_register

    if not own.database_url and not (cluster.private_cluster(own.home).data / "PG_VERSION").exists():
        return False
    try:
        with serve_room.database(own) as url, database.session(url) as session:
            if not store.kept(session):
                return False
            check_register(store.lines(session), verdict)
    except OperationalError:  # a database that is away is none at hand; the reader is told so
        return False
    return True


COMMANDS: dict[str, Callable[..., None]] = {"evidence": evidence, "verify": verify}
