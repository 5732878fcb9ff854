"""The command line. Every command is a thin door: it reads its arguments, calls a room, prints.

A command imports its rooms itself, so that `--help` and `detect` need not load the server.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from api import evidence_cli, holidays_cli, imports_cli
from api import model as model_room
from gis.errors import ChengtuError
from layers.settings import Settings, settings
from layers.storage import Kind

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="城图 Chengtu：城市管理空间信息平台 · GIS platform of a district urban-management bureau",
)
app.add_typer(model_room.app, name="model")
for _name, _command in {**imports_cli.COMMANDS, **evidence_cli.COMMANDS}.items():
    app.command(_name)(_command)
app.command("holidays")(holidays_cli.holidays)
console = Console()
errors = Console(stderr=True)

Port = Annotated[int | None, typer.Option(help="监听端口 · port to listen on", min=1, max=65535)]
Host = Annotated[str | None, typer.Option(help="监听地址 · address to listen on")]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
GRADES = {
    "good": "可靠 good",
    "loose": "不够可靠，已放宽容差 loose, tolerance widened",
    "lost": "对不上 lost",
}
ModelFile = Annotated[
    Path | None, typer.Option("--model", exists=True, dir_okay=False, help="另一个模型 · another model file")
]
Cores = Annotated[
    int | None, typer.Option("--cores", help="使用的核数，默认全部 · cores used, all by default", min=1)
]
Surface = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="表面模型 · surface model")]


@app.command()
def demo(port: Port = None, host: Host = None) -> None:
    """准备并启动演示：装库、建页、载入演示辖区、比对两次航飞 · set everything up and run the demo.

    例 example:  ./chengtu demo --port 8080
    """
    from api import demo as demo_room

    demo_room.run(_settings(port, host), console)


@app.command()
def serve(
    port: Port = None,
    host: Host = None,
    worker: Annotated[bool, typer.Option(help="同时处理航飞 · also take jobs")] = True,
) -> None:
    """启动网页与接口 · run the server (and a worker).

    例 example:  ./chengtu serve --host 0.0.0.0 --port 80
    """
    from api import serve as serve_room
    from api import webbuild

    own = _settings(port, host)
    with serve_room.migrated(own) as url:
        if not webbuild.built():
            console.print("构建网页……  building the web pages …")
            webbuild.build()
        with serve_room.running(own, url, worker=worker) as children:
            console.print(f"城图 Chengtu: [bold]{serve_room.address(own)}/[/bold]  (Ctrl-C 停止 stops)")
            raise typer.Exit(children.wait())


@app.command()
def work(
    until_idle: Annotated[bool, typer.Option(help="做完即止 · end when the queue is empty")] = False,
) -> None:
    """处理排队的航飞 · take jobs from the queue; run as many as you have machines.

    例 example:  ./chengtu work --until-idle
    """
    from api import ingest as ingest_room
    from api import serve as serve_room

    own = settings()
    with serve_room.migrated(own) as url:
        ingest_room.work(url, own, until_idle=until_idle)


@app.command()
def migrate() -> None:
    """把数据库升级到最新结构 · bring the database to the newest state.

    例 example:  CHENGTU_DATABASE_URL=postgresql://me@db/chengtu ./chengtu migrate
    """
    from api import serve as serve_room

    with serve_room.migrated(settings()):
        console.print("数据库已是最新。The database is up to date.")


@app.command("export")
def export_layer(
    layer: Annotated[str, typer.Argument(help="图层 · layer id")],
    file: Annotated[Path, typer.Argument(help="输出文件，按扩展名定格式 · the extension decides the format")],
) -> None:
    """导出图层（不含个人信息） · export a layer without personal data.

    例 example:  ./chengtu export illegal_buildings buildings.gpkg
    """
    from api import serve as serve_room
    from layers import database, exports
    from layers.layer import STAFF

    with serve_room.migrated(settings()) as url, database.session(url) as session:
        count = exports.export_layer(session, layer, file, STAFF - exports.PERSONAL_ROLES)
        console.print(f"已导出 {count} 条到 {file}。{count} rows written to {file}.")


@app.command("own-layer")
def own_layer(
    file: Existing,
    id: Annotated[str | None, typer.Option("--id", help="图层标识 · id of the layer")] = None,
    title: Annotated[str | None, typer.Option(help="图层名称 · title of the layer")] = None,
    public: Annotated[bool, typer.Option("--public", help="公众可见 · everybody may see it")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="只看建议，不建图层 · only print the proposal")
    ] = False,
) -> None:
    """把任意空间数据文件建成一个新图层 · make a new layer of a file.

    例 example:  ./chengtu own-layer 除雪道路.gpkg --title 除雪道路
    """
    from api import serve as serve_room
    from layers import database
    from layers.own import actions
    from layers.people.rules import Role

    with serve_room.migrated(settings()) as url, database.session(url) as session:
        proposed, _ = actions.look(session, file)
        changes: dict[str, Any] = {
            "id": id,
            "zh": title,
            "en": title,
            "visible_to": list(Role) if public else None,
        }
        described = proposed.model_copy(
            update={name: value for name, value in changes.items() if value is not None}
        )
        table = Table("列 column", "字段 field", "类型 type", "单位 unit", "代码 codes")
        for each in described.fields:
            codes = "、".join(code.value for code in each.codes)
            table.add_row(escape(each.column), each.name, each.type, each.unit or "", escape(codes))
        console.print(table)
        if not show:
            layer, rows = actions.make(session, file, described, "command line")
            console.print(
                f"图层“{escape(layer.title.zh)}”（{layer.id}）已建成，{rows} 条。Layer {layer.id} has {rows} rows."
            )


@app.command()
def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="正射影像与表面模型 · orthophoto and surface model"),
    ],
    flown: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="航飞日期 · day of the flight")],
    kind: Annotated[
        str | None, typer.Option(help="ortho|dsm；不给则按波段数判断 · default: by the number of bands")
    ] = None,
    name: Annotated[str | None, typer.Option(help="名称 · name of the flight")] = None,
) -> None:
    """把一次航飞的文件入库、比对，等到结束 · take a flight in and process it to the end.

    例 example:  ./chengtu ingest ortho.tif dsm.tif --flown 2023-06-18
    """
    from api import ingest as ingest_room
    from api import serve as serve_room

    given = _by_kind(files, kind, ingest_room.kind_of)
    own = settings()
    with serve_room.migrated(own) as url:
        survey_id = ingest_room.ingest(url, own, given, name=name or files[0].stem, flown_on=flown.date())
        ingest_room.work(url, own, until_idle=True)
        survey = ingest_room.progress_of(url, survey_id)
        while not ingest_room.finished(survey):  # another worker took it
            time.sleep(1)
            survey = ingest_room.progress_of(url, survey_id)
        if survey.error_code:
            _stop(survey.error_zh or "", f"{survey.error_en} [{survey.error_id}]")
        console.print(f"{survey.code} 处理完成。Flight {survey.code} is processed.")


@app.command()
def detect(
    before: Existing,
    after: Existing,
    output: Annotated[Path, typer.Option("-o", "--output", help="结果 .geojson 或 .gpkg · result")],
    before_dsm: Surface = None,
    after_dsm: Surface = None,
    min_area: Annotated[float, typer.Option(help="最小面积 m² · smallest area", min=0)] = 10.0,
    model: ModelFile = None,
    cores: Cores = None,
    force: Annotated[
        bool, typer.Option("--force", help="配准失败也比对 · compare even when alignment is lost")
    ] = False,
) -> None:
    """比对两幅正射影像，得到疑似变化图斑（不需要数据库） · compare two orthophotos; needs no database.

    例 example:  ./chengtu detect before.tif after.tif --before-dsm b.tif --after-dsm a.tif -o changes.gpkg
    """
    from gis import change

    started = time.monotonic()
    with Progress(console=errors, transient=True) as bars:
        bar = bars.add_task("比对 comparing", total=1.0)
        result = change.detect_files(
            before, after, before_dsm=before_dsm, after_dsm=after_dsm,
            options=_options(model, min_area), means=change.Means(cores=cores), force=force,
            progress=lambda share: bars.update(bar, completed=share),
        )  # fmt: skip
        change.write(result.found, output)
    table = Table("类型 kind", "个数 count", "面积 area m²")
    for kind, rows in result.found.groupby("kind"):
        table.add_row(str(kind), str(len(rows)), f"{rows.area_m2.sum():,.0f}")
    console.print(table)
    if result.too_coarse:
        console.print(
            "[yellow]影像像元过粗，学习模型看不清建筑，未作判断；请提供 1 m 以内的影像。\n"
            "The pictures are too coarse for the learned model, which was not asked; it takes pixels of up to 1 m.[/yellow]"
        )
    shift = result.alignment
    residual = "未知 unknown" if math.isnan(shift.residual_m) else f"{shift.residual_m:.2f} m"
    console.print(
        f"偏移 shift {shift.dx_m:+.2f}, {shift.dy_m:+.2f} m；残差 residual {residual}；"
        f"配准 alignment {GRADES[shift.grade]}；"
        f"{len(result.found)} → {output} ({time.monotonic() - started:.1f} s)"
    )


@app.command()
def evaluate(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="含 A/ B/ label/ 的文件夹 · folder with A/ B/ label/"
        ),
    ],
    gsd: Annotated[
        float | None,
        typer.Option(
            help="像元大小 m；不给则估计 · pixel size in metres; guessed when missing", min=0.01, max=5
        ),
    ] = None,
    model: ModelFile = None,
    cores: Cores = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """用有真值的影像对评价检测器（不需要数据库） · score the detector on pairs with truth; needs no database.

    例 example:  ./chengtu evaluate pairs/ --gsd 0.2 --json
    """
    from gis.evaluate import evaluate as score

    figures = score(folder, gsd_m=gsd, options=_options(model), cores=cores)
    if as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
        return
    table = Table("指标 figure", "值 value")
    for key, value in figures.items():
        table.add_row(key, f"{value:.3f}" if isinstance(value, float) else str(value))
    console.print(table)


@app.command()
def doctor() -> None:
    """检查安装并说明如何修复 · check the installation and say how to mend it.

    例 example:  ./chengtu doctor
    """
    from api import doctor as doctor_room

    findings = doctor_room.examine(settings())
    for each in findings:
        mark = "[green]✓[/green]" if each.well else "[red]✗[/red]"
        console.print(f"{mark} {each.zh}  [dim]{each.en}[/dim]", highlight=False)
        if not each.well:
            console.print(f"    → {each.mend_zh}\n    → {each.mend_en}", highlight=False)
    raise typer.Exit(0 if all(each.well for each in findings) else 1)


def main() -> None:
    """Run a command; say errors as sentences."""
    try:
        app(prog_name="./chengtu")
    except ChengtuError as error:
        _stop(error.message_zh, error.message_en)
    except Exception as error:
        if type(error).__name__ != "OperationalError":  # of the database's libraries, which may not be loaded
            raise
        _stop(f"无法连接数据库：{error}", "The database cannot be reached; ./chengtu doctor says more.")
    except KeyboardInterrupt:
        console.print("\n已停止。Stopped.")
        raise SystemExit(0) from None


def _settings(port: int | None, host: str | None) -> Settings:
    given: dict[str, Any] = {"port": port, "host": host}
    return settings().model_copy(update={name: value for name, value in given.items() if value is not None})


def _by_kind(files: list[Path], kind: str | None, kind_of: Callable[[Path], Kind]) -> dict[Kind, Path]:
    if kind not in {None, "ortho", "dsm"}:
        _stop("--kind 只能是 ortho 或 dsm。", "--kind must be ortho or dsm.")
    given: dict[Kind, Path] = {}
    for path in files:
        each: Kind = "dsm" if (kind or kind_of(path)) == "dsm" else "ortho"
        if each in given:
            _stop(
                f"一次航飞只能有一个同类文件：{given[each].name}、{path.name}。请分次导入。",
                f"One flight takes one file of a kind, not {given[each].name} and {path.name}. Ingest them apart.",
            )
        given[each] = path
    return given


def _options(model: Path | None, min_area_m2: float | None = None) -> Any:
    from gis.change import DetectOptions

    given: dict[str, Any] = {"model": model, "min_area_m2": min_area_m2}
    return DetectOptions(**{name: value for name, value in given.items() if value is not None})


def _stop(zh: str, en: str) -> None:
    errors.print(f"[red]✗[/red] {escape(zh)}\n  {escape(en)}", highlight=False)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
