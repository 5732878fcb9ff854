from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gis.change import DetectOptions
from gis.evaluate import NothingToEvaluate, evaluate, guessed_gsd
from tests import scenes

PLAIN = DetectOptions(model=None)


def folder_of_pairs(folder: Path) -> Path:
    scene = scenes.scene_with_shed(512, rows=slice(150, 250), cols=slice(150, 300))
    label = np.zeros((512, 512), np.uint8)
    label[150:250, 150:300] = 255
    for part, pixels in (("A", scene.before), ("B", scene.after), ("label", label)):
        (folder / part).mkdir(parents=True)
        Image.fromarray(pixels).save(folder / part / "one.png")
    return folder


def test_a_folder_of_pairs_is_evaluated(tmp_path):
    measured = evaluate(folder_of_pairs(tmp_path / "pairs"), gsd_m=0.2, options=PLAIN)
    assert measured["pairs"] == 1
    assert measured["object_recall"] == 1.0
    assert measured["megapixels_per_second"] > 0
    assert json.dumps(measured)


def test_a_folder_without_pairs_is_refused(tmp_path):
    (tmp_path / "A").mkdir()
    with pytest.raises(NothingToEvaluate):
        evaluate(tmp_path, gsd_m=0.5)


def test_the_pixel_size_is_said_and_whether_it_was_guessed(tmp_path):
    measured = evaluate(folder_of_pairs(tmp_path / "pairs"), options=PLAIN)
    assert measured["gsd_guessed"]
    assert measured["gsd_m"] == guessed_gsd(tmp_path / "pairs", PLAIN)


def test_pairs_side_by_side_give_the_figures_of_pairs_one_after_another(tmp_path):
    folder = folder_of_pairs(tmp_path / "pairs")
    for part in ("A", "B", "label"):
        with Image.open(folder / part / "one.png") as picture:
            picture.rotate(90).save(folder / part / "two.png")
    one, two = (evaluate(folder, gsd_m=0.2, options=PLAIN, cores=cores) for cores in (1, 2))
    timed = {"megapixels_per_second", "peak_memory_mb"}
    assert {key: one[key] for key in one if key not in timed} == {
        key: two[key] for key in two if key not in timed
    }
