"""`./chengtu model …`: learn from verdicts, compare, install only what is better, go back.

Every command is a thin door; those that teach need torch, which is not installed with the platform.
"""

from __future__ import annotations

import getpass
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gis.errors import ChengtuError
from layers.errors import Refused
from layers.settings import ROOT, settings

if TYPE_CHECKING:
    from layers.detector.rules import Scores

__all__ = ["TrainingMissing", "app"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="检测模型：从复核结论中学习 · the detection model: learn from verdicts",
)
console = Console()
errors = Console(stderr=True)

Set = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="训练集文件夹 · training set")]
Out = Annotated[Path, typer.Option("-o", "--output", help="新模型文件 .onnx · new model file")]
Start = Annotated[
    Path | None,
    typer.Option("--from", exists=True, dir_okay=False, help="从这个模型学起 · begin with this model"),
]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="模型文件 .onnx · model file")]
Steps = Annotated[int | None, typer.Option(help="训练步数 · steps", min=1)]

SCENES = range(9000, 9008)  # seeds that no test and no training of the shipped model uses
FLIGHTS = range(5001, 5031)  # nor these


class TrainingMissing(ChengtuError):
    """What teaching needs is not installed."""

    code = "training_missing"
    zh = "训练需要额外的软件包（缺少 {name}）。请先运行：{command}"
    en = "Teaching takes more packages ({name} is missing). First run: {command}"


@app.command("export")
def export_verdicts(
    folder: Annotated[Path, typer.Argument(help="要写入的新文件夹 · folder to write")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="只要此日起复核的 · reviewed since")
    ] = None,
) -> None:
    """把复核过的图斑导出为训练集 · write reviewed candidates as a training set.

    例 example:  ./chengtu model export verdicts/ --since 2023-06-01
    """
    from api import serve as serve_room
    from layers.lessons.export import export
    from layers.storage import Storage

    own = settings()
    with serve_room.migrated(own) as url, _bar("导出 exporting") as progress:
        done = export(url, Storage.of(own), folder, since=since.date() if since else None, progress=progress)
    console.print(
        f"已导出 {done.tiles} 幅（采纳 {done.accepted}，排除 {done.rejected}，{done.pixel_m} m/像元）到 {folder}。"
        f"{done.tiles} tiles written."
    )
    if done.skipped:
        console.print(f"影像已不在，跳过：{', '.join(done.skipped)}。Skipped, their imagery is gone.")


@app.command()
def scenes(
    root: Annotated[Path, typer.Argument(help="训练数据根目录 · training root, written into")],
    seeds: Annotated[str, typer.Option(help="种子 A:B，不含 B · seeds A:B, B excluded")],
) -> None:
    """绘制合成的训练场景（村庄与小区） · draw scenes to teach with: villages (scenes/) and estates (estates/).

    例 example:  ./chengtu model scenes training/ --seeds 1000:1060
    """
    from data.lessons import write_estate

    chosen = _range(seeds)
    _render(root / "scenes", chosen)
    with _bar("绘制小区 painting") as progress:
        for number, seed in enumerate(chosen):
            write_estate(root / "estates", seed)
            progress((number + 1) / len(chosen))
    console.print(f"完成，在 {root}。Done.")


@app.command()
def train(
    root: Annotated[Path, typer.Option(exists=True, file_okay=False, help="训练数据根目录 · training root")],
    output: Out,
    work: Annotated[
        Path | None, typer.Option(file_okay=False, help="检查点文件夹 · folder of checkpoints")
    ] = None,
    recipe: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="配方 · which folders teach, and how much")
    ] = ROOT / "data" / "models" / "recipe.toml",
    steps: Steps = None,
    after: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="接着此前训练的检查点文件夹继续 · go on from an earlier course's checkpoints",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="也用许可受限的数据 · also sets of restricted licence")
    ] = False,
) -> None:
    """按配方训练一个新模型，选定阈值并校准；中断后可继续 · the whole course, from pictures to a model file.

    例 example:  ./chengtu model train --root training/ -o change.onnx
    """
    _need_training()
    from gis.change.model import Model
    from gis.learning.course import Plan, run_course
    from gis.learning.recipe import read_recipe

    plan = Plan(everything=everything)
    plan = plan if steps is None else replace(plan, basic_steps=steps, own_steps=max(1, steps // 4))
    folder = work or output.with_name(f"{output.name}.training")
    run_course(root, read_recipe(recipe), folder, output, plan, after=after, say=_say)
    _calibrate(output, folder / "flights")
    facts = Model.read(output)
    console.print(f"{facts.version} → {output}")


@app.command()
def calibrate(
    file: File, flights: Annotated[Path, typer.Argument(help="合成航飞文件夹 · folder of rendered flights")]
) -> None:
    """用合成航飞校准“高度＋模型”的置信度 · calibrate confidence where heights and model speak, on rendered flights.

    例 example:  ./chengtu model calibrate change.onnx flights/
    """
    _need_training()
    _calibrate(file, flights)


@app.command()
def finetune(
    folder: Set,
    output: Out,
    start: Start = None,
    steps: Steps = None,
    scenes: Annotated[
        Path | None, typer.Option(file_okay=False, help="合成场景，避免遗忘 · rendered scenes, mixed in")
    ] = None,
) -> None:
    """用复核结论微调在用的模型 · teach the model in use a little further with verdicts.

    例 example:  ./chengtu model finetune verdicts/ -o new.onnx
    """
    _need_training()
    from gis.learning.finetune import GENTLE
    from gis.learning.finetune import finetune as teach
    from layers.detector import model_in_use
    from layers.detector.examine import pixel_of

    rendered = scenes or settings().home / "scenes"
    _render(rendered, SCENES)
    facts = teach(
        start or model_in_use(settings()), folder, output, pixel_m=pixel_of(folder), scenes=rendered,
        schooling=GENTLE if steps is None else replace(GENTLE, steps=steps), say=_say,
    )  # fmt: skip
    console.print(f"{facts['base']} → {facts['version']}：{output}")


@app.command()
def compare(file: File, folder: Set) -> None:
    """在留出部分上比较新模型与在用模型 · compare a model with the one in use on the held-out part.

    例 example:  ./chengtu model compare new.onnx verdicts/
    """
    old, new = _both(file, folder)
    _print_scores({"在用 in use": old, "新 new": new})
    from layers.detector.rules import better

    told = better(old, new).why
    console.print(f"{told.zh}{told.en}")


@app.command()
def install(
    file: File,
    check: Annotated[Path, typer.Option(exists=True, file_okay=False, help="训练集 · the set to check on")],
    by: Annotated[str | None, typer.Option(help="安装人 · who installs it")] = None,
) -> None:
    """只有更好时才安装并启用 · install and use a model, only if it is better.

    例 example:  ./chengtu model install new.onnx --check verdicts/
    """
    from layers.detector.installed import install as put_in
    from layers.detector.rules import better

    old, new = _both(file, check)
    _print_scores({"在用 in use": old, "新 new": new})
    told = better(old, new)
    if not told.better:
        raise Refused(reason_zh=f"没有安装：{told.why.zh}", reason_en=f"Not installed. {told.why.en}")
    done = put_in(
        settings(), file, {"new": new.as_figures(), "old": old.as_figures()}, by=by or getpass.getuser()
    )
    console.print(
        f"已安装并启用 {done.version}。{done.version} is installed and in use. {told.why.zh}{told.why.en}"
    )


@app.command("list")
def list_models() -> None:
    """列出随附的与安装过的模型 · list the shipped and the installed models.

    例 example:  ./chengtu model list
    """
    from layers.detector.installed import installed

    table = Table("", "版本 version", "安装 installed", "安装人 by", "查准 P", "查全 R", "F1", "目标 objects")
    for each in installed(settings()):
        new = (each.figures or {}).get("new", {})
        rates = [_rate(new.get(name)) for name in ("precision", "recall", "f1")]
        table.add_row(
            "✓" if each.in_use else "", each.version, each.installed_at or "", each.by or "", *rates,
            str(new.get("objects", "")),
        )  # fmt: skip
    console.print(table)


@app.command()
def use(version: Annotated[str, typer.Argument(help="版本，或 shipped · a version, or shipped")]) -> None:
    """换用安装过的模型，或换回随附模型 · use an installed model, or go back to the shipped one.

    例 example:  ./chengtu model use shipped
    """
    from layers.detector.installed import use as choose

    path = choose(settings(), version)
    console.print(f"在用模型：{path.name}。The model in use is {path.name}.")


def _both(file: Path, folder: Path) -> tuple[Scores, Scores]:
    """The scores of the model in use and of another one on the held-out part."""
    from layers.detector import model_in_use
    from layers.detector.examine import examined

    with _bar("在用模型 in use") as progress:
        old = examined(model_in_use(settings()), folder, settings(), progress=progress)
    with _bar("新模型 new") as progress:
        return old, examined(file, folder, settings(), progress=progress)


def _print_scores(rows: dict[str, Scores]) -> None:
    table = Table("", "查准 precision", "查全 recall", "F1", "对/找到 right/found", "命中/目标 hit/objects")
    for name, each in rows.items():
        table.add_row(
            name, _rate(each.precision), _rate(each.recall), _rate(each.f1),
            f"{each.found_right}/{each.found}", f"{each.objects_hit}/{each.objects}",
        )  # fmt: skip
    console.print(table)


def _rate(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _calibrate(file: Path, folder: Path) -> None:
    """Fit the confidence of what rose or fell on rendered flights that nothing else uses; into the file."""
    import geopandas as gpd

    from data.demo.flights import render, write
    from gis.learning.calibrate import calibrate_surfaces

    pairs = []
    with _bar("绘制航飞 rendering flights") as progress:
        for number, seed in enumerate(FLIGHTS):
            place = folder / str(seed)
            if not (place / "decoys.geojson").exists():
                write(render(seed, size_px=2000), place)
            truth = gpd.read_file(place / "truth.geojson").to_crs(4548)
            pairs.append((place, list(truth.geometry)))
            progress((number + 1) / len(FLIGHTS))
    many, real = calibrate_surfaces(file, pairs)
    console.print(
        f"用 {many} 个图斑校准，其中 {real} 个为真。Calibrated on {many} patches, {real} of them real."
    )


def _render(folder: Path, seeds: range) -> None:
    from data.lessons import write_village

    with _bar("绘制场景 rendering") as progress:
        for number, seed in enumerate(seeds):
            write_village(folder, seed)
            progress((number + 1) / len(seeds))


def _range(text: str) -> range:
    first, colon, last = text.partition(":")
    if not colon or not first.isdigit() or not last.isdigit() or int(first) >= int(last):
        raise Refused(
            reason_zh="--seeds 应写作 A:B，例如 100:140。",
            reason_en="--seeds is written A:B, for example 100:140.",
        )
    return range(int(first), int(last))


def _need_training() -> None:
    for name in ("torch", "onnx"):
        if importlib.util.find_spec(name) is None:
            raise TrainingMissing(name=name, command=f".venv/bin/pip install '{ROOT}[training]'")


def _say(line: str) -> None:
    console.print(line, highlight=False)


@contextmanager
def _bar(name: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr; the block gets what moves it."""
    with Progress(console=errors, transient=True) as bars:
        bar = bars.add_task(name, total=1.0)
        yield lambda share: bars.update(bar, completed=share)
