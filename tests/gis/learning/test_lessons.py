from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gis.learning.lessons import UNDECIDED, YES, NoLessons, mosaics, read_pairs, read_singles


def drawn(folder: Path, part: str, name: str, pixels: np.ndarray) -> None:
    (folder / part).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / part / name), pixels)


def pair(folder: Path, name: str = "one.png", side: int = 200) -> Path:
    label = np.zeros((side, side), np.uint8)
    label[40:100, 40:120] = 255
    for part in ("A", "B"):
        drawn(folder, part, name, np.full((side, side, 3), (30, 60, 90), np.uint8))
    drawn(folder, "label", name, label)
    return folder


def test_a_pair_without_buildings_leaves_them_undecided(tmp_path):
    [lesson] = read_pairs(pair(tmp_path), 0.4)
    assert set(np.unique(lesson.standing_before)) == {UNDECIDED}
    assert (lesson.change == YES).sum() == 60 * 80
    assert tuple(lesson.before[0, 0]) == (90, 60, 30)  # RGB


def test_what_is_ignored_is_undecided_unless_it_changed(tmp_path):
    ignore = np.zeros((200, 200), np.uint8)
    ignore[:60] = 255
    drawn(pair(tmp_path), "ignore", "one.png", ignore)
    [lesson] = read_pairs(tmp_path, 0.4)
    assert lesson.change[50, 50] == YES
    assert lesson.change[10, 10] == UNDECIDED
    assert lesson.change[150, 150] == 0


def test_buildings_of_the_first_date_still_stand_where_nothing_changed(tmp_path):
    standing = np.zeros((200, 200), np.uint8)
    standing[40:180, 40:120] = 255
    drawn(pair(tmp_path), "buildings_A", "one.png", standing)
    [lesson] = read_pairs(tmp_path, 0.4)
    assert lesson.standing_before[50, 50] == YES
    assert lesson.standing_after[50, 50] == UNDECIDED
    assert lesson.standing_after[150, 50] == YES
    assert lesson.standing_after[10, 10] == 0


def test_finer_pictures_are_reduced_to_a_quarter_metre(tmp_path):
    [lesson] = read_pairs(pair(tmp_path), 0.1)
    assert lesson.pixel_m == 0.25
    assert lesson.change.shape == lesson.before.shape[:2] == (80, 80)


def test_a_picture_that_does_not_say_its_pixel_gets_it_from_its_buildings(tmp_path):
    mask = np.zeros((256, 256), np.uint8)
    mask[50:110, 50:110] = 255  # 3600 px are 81 m² at 0.15 m
    drawn(tmp_path, "image", "one.png", np.zeros((256, 256, 3), np.uint8))
    drawn(tmp_path, "mask", "one.png", mask)
    [lesson] = read_singles(tmp_path, None)
    assert lesson.change.shape[0] * lesson.pixel_m == pytest.approx(256 * 0.15, rel=0.02)
    assert lesson.single
    assert not lesson.change.any()


def test_small_pictures_are_laid_side_by_side(tmp_path):
    for number in range(5):
        drawn(tmp_path, "image", f"{number}.png", np.full((100, 100, 3), 40 * number, np.uint8))
        drawn(tmp_path, "mask", f"{number}.png", np.zeros((100, 100), np.uint8))
    [laid, *_] = mosaics(read_singles(tmp_path, 0.4), 110.0, np.random.default_rng(0))
    assert min(laid.change.shape) * laid.pixel_m >= 100
    assert len(np.unique(laid.before)) > 1


def test_an_empty_folder_is_refused_with_its_name(tmp_path):
    with pytest.raises(NoLessons, match=tmp_path.name):
        read_pairs(tmp_path, 0.5)
