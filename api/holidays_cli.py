"""The command that loads a year's days off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from layers.settings import settings

__all__ = ["holidays"]

console = Console()


def holidays(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="放假安排 .csv · notice of the year"),
    ],
) -> None:
    """导入国务院办公厅的放假安排，用于计算办案期限 · load a year's holidays, for the periods of cases.

    列 columns: date,kind,name,source (kind: holiday 放假 | workday 调休上班)

    例 example:  ./chengtu holidays 2027.csv
    """
    from api import serve as serve_room
    from layers import database
    from layers.cases import actions

    with serve_room.migrated(settings()) as url, database.session(url, actor="command line") as session:
        years, counted = actions.load_holidays(session, file)
    told = "、".join(map(str, years))
    console.print(
        f"已载入 {told} 年，重新计算期限 {counted} 项。Loaded {told}; {counted} periods counted again."
    )
