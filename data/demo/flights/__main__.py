"""``python -m data.demo.flights OUT_DIR``: render the demonstration flights into a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.demo.flights import render, write


def main() -> None:
    """Read the command line, render, write, and say where the files are."""
    parser = argparse.ArgumentParser(
        prog="python -m data.demo.flights",
        description="渲染两期演示航飞影像 (正射影像, 表面模型, 真值) · Render two demonstration flights with truth.",
    )
    parser.add_argument("folder", type=Path, metavar="OUT_DIR", help="输出文件夹 · folder for the files")
    parser.add_argument("--seed", type=int, default=7, help="随机种子 · the same seed gives the same pixels")
    parser.add_argument(
        "--size", type=int, default=4000, metavar="PX", help="边长(像素, 10 cm) · side in pixels"
    )
    given = parser.parse_args()
    files = write(render(given.seed, size_px=given.size), given.folder)
    for path in vars(files).values():
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
