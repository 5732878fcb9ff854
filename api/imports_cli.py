"""The commands of imports: bring a file in (or rehearse it), list what came in, take an import back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layers.settings import settings

__all__ = ["COMMANDS"]

ACTOR = "import"
FIRST = 20  # faults that the screen shows

console = Console()
errors = Console(stderr=True)


def import_layer(
    layer: Annotated[str, typer.Argument(help="图层 · layer id")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不入库 · check everything, store nothing")
    ] = False,
    sound_rows: Annotated[
        bool, typer.Option("--sound-rows", help="有错的行除外，其余入库 · store the rows without a fault")
    ] = False,
    faults: Annotated[
        Path | None,
        typer.Option(help="错误清单 .csv 或 .xlsx · where all faults are listed; beside the file by default"),
    ] = None,
) -> None:
    """把文件导入图层，全部成功或全部不变 · import a file into a layer, all or nothing.

    例 example:  ./chengtu import stall_clusters clusters.gpkg --dry-run
    """
    from api import serve as serve_room
    from layers import database, imports

    listed = faults or file.with_name(f"{file.name}.faults.csv")
    with serve_room.migrated(settings()) as url:
        with database.session(url, actor=ACTOR) as session:
            outcome = imports.perform(
                session, layer, file, ACTOR, rehearse=dry_run, sound_rows=sound_rows, faults=listed
            )
        report = outcome.report
        if dry_run:
            console.print(f"已检查 {report.rows} 行，未入库。{report.rows} rows checked, nothing stored.")
        elif outcome.import_id is not None:
            console.print(
                f"已导入 {report.imported} 条（导入编号 {outcome.import_id}）。"
                f"{report.imported} rows imported as import {outcome.import_id}."
            )
        for note in report.notes:
            console.print(f"  {note.zh}  [dim]{note.en}[/dim]", highlight=False)
        if report.count:
            _tell_faults(report, listed)
        if report.count and not (outcome.import_id is not None or dry_run):
            errors.print(
                "[red]✗[/red] 未导入，没有任何数据被改动。可改正后重试，或用 --sound-rows 导入其余各行。\n"
                "  Not imported, nothing was changed. Mend the rows, or bring in the others with --sound-rows."
            )
            raise typer.Exit(1)


def list_imports() -> None:
    """列出导入记录 · list what was imported.

    例 example:  ./chengtu imports
    """
    from api import serve as serve_room
    from layers import database
    from layers.imports import store

    table = Table("编号 id", "图层 layer", "文件 file", "入库 stored", "时间 when", "人员 who", "状态 state")
    with serve_room.migrated(settings()) as url, database.session(url) as session:
        for each in store.listed(session):
            when = (each.finished_at or each.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
            undone = f"{each.status} ({each.undone_by})" if each.undone_by else each.status
            table.add_row(
                str(each.id),
                each.layer,
                escape(each.file_name),
                str(each.stored),
                when,
                each.created_by,
                undone,
            )
    console.print(table)


def undo_import(import_id: Annotated[int, typer.Argument(help="导入编号 · number of the import")]) -> None:
    """撤销一次导入：只删除它带来的记录 · take an import back, exactly the rows it added.

    例 example:  ./chengtu undo-import 12
    """
    from api import serve as serve_room
    from layers import database, imports

    with serve_room.migrated(settings()) as url:
        with database.session(url, actor=ACTOR) as session:
            count = imports.undo(session, import_id, ACTOR)
        console.print(f"已撤销，删除 {count} 条。Undone: {count} rows deleted.")


def _tell_faults(report: Any, listed: Path) -> None:
    for fault in report.faults[:FIRST]:
        console.print(
            f"  [red]·[/red] {escape(fault.line('zh'))}  [dim]{escape(fault.line('en'))}[/dim]",
            highlight=False,
        )
    console.print(
        f"共 {report.faulty} 行、{report.count} 处错误，清单见 {listed}。"
        f"{report.count} faults in {report.faulty} rows, all listed in {listed}.",
        highlight=False,
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "import": import_layer,
    "imports": list_imports,
    "undo-import": undo_import,
}
