"""Teaching a model further with verdicts; needs the training packages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="teaching takes torch, which the platform itself does not need")
pytest.importorskip("onnx", reason="teaching takes onnx, which the platform itself does not need")

from gis.change.model import Model
from gis.learning import finetune as room
from gis.learning.export import read_network, write_onnx
from gis.learning.held_out import is_held_out
from gis.learning.lessons import Lesson, NoLessons
from gis.learning.network import ChangeNetwork

pytestmark = pytest.mark.filterwarnings("ignore")  # torch warns of its own exporter

PLAIN = {"bias": -3.0, "terms": {"change": 6.0}}
FACTS = {
    "version": "c1", "pixel_m": 0.4, "threshold": 0.5, "firm": 0.7, "passes": 1, "far": 1.0,
    "calibrations": {"learned": PLAIN, "fused": PLAIN},
}  # fmt: skip
QUICK = replace(room.GENTLE, steps=2, batch=1, warm_steps=1, save_every=2)


def model_file(folder: Path) -> Path:
    """A network that was taught nothing yet."""
    path = folder / "c1.onnx"
    write_onnx(ChangeNetwork(), path, dict(FACTS))
    return path


def verdicts(folder: Path, many: int = 8) -> Path:
    """Tiles of 128 px on which a bright square appears."""
    rng = np.random.default_rng(4)
    for part in ("A", "B", "label"):
        (folder / part).mkdir(parents=True)
    for number in range(many):
        before = rng.integers(60, 120, (128, 128, 3), dtype=np.uint8)
        after, label = before.copy(), np.zeros((128, 128), np.uint8)
        after[30:70, 40:80], label[30:70, 40:80] = 230, 255
        name = f"E{number * 96}N0_S1_S2.png"
        for part, plane in (("A", before), ("B", after), ("label", label)):
            cv2.imwrite(str(folder / part / name), plane)
    (folder / "manifest.json").write_text(json.dumps({"pixel_m": 0.25}))
    return folder


def test_a_model_taught_further_says_whose_child_it_is_and_can_be_read(tmp_path: Path) -> None:
    base, out = model_file(tmp_path), tmp_path / "new.onnx"
    facts = room.finetune(
        base, verdicts(tmp_path / "set"), out, pixel_m=0.25, schooling=QUICK, say=lambda _: None
    )
    assert facts["base"] == "c1" and len(facts["set_sha256"]) == 64
    assert facts["version"] == room.version_after("c1", date.today(), facts["set_sha256"])
    assert Model.read(out).version == facts["version"]
    assert Model.read(out).threshold == Model.read(base).threshold
    before, after = read_network(base)[0].state_dict(), read_network(out)[0].state_dict()
    assert any(not np.allclose(before[name], after[name]) for name in before)
    assert np.allclose(before["stem.conv.weight"], after["stem.conv.weight"])  # the encoder's start is kept


def test_nothing_is_taught_of_a_place_that_is_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted, read = tmp_path / "noted", room.read_pair  # a file: tiles are drawn by a process of their own

    def noting(folder: Path, name: str, pixel: float) -> Lesson:
        with noted.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        return read(folder, name, pixel)

    monkeypatch.setattr(room, "read_pair", noting)
    schooling = replace(QUICK, steps=3, batch=4)
    room.finetune(
        model_file(tmp_path), verdicts(tmp_path / "set", 24), tmp_path / "new.onnx", pixel_m=0.25,
        schooling=schooling, say=lambda _: None,
    )  # fmt: skip
    seen = noted.read_text(encoding="utf-8").split()
    assert seen and not any(is_held_out(each) for each in seen)


def test_a_set_of_held_out_places_alone_teaches_nothing(tmp_path: Path) -> None:
    folder = verdicts(tmp_path / "set", 12)
    for path in folder.glob("*/*.png"):
        if not is_held_out(path.stem):
            path.unlink()
    with pytest.raises(NoLessons):
        room.finetune(model_file(tmp_path), folder, tmp_path / "new.onnx", pixel_m=0.25, schooling=QUICK)
    assert not (tmp_path / "new.onnx").exists()


def test_a_child_of_a_child_keeps_the_first_name() -> None:
    assert room.version_after("c1+20231101.abcdef", date(2023, 12, 1), "1" * 64) == "c1+20231201.111111"


def test_weights_stored_as_bytes_come_back_to_half_a_step_of_their_channel(tmp_path: Path) -> None:
    network = ChangeNetwork(norm=False)
    path = tmp_path / "bytes.onnx"
    write_onnx(network, path, dict(FACTS))
    back, facts = read_network(path)
    assert facts["version"] == "c1"
    assert path.stat().st_size < 3_000_000
    for name, weight in network.state_dict().items():
        given, got = weight.numpy(), back.state_dict()[name].numpy()
        if given.ndim == 4:
            step = np.abs(given).max(axis=(1, 2, 3), keepdims=True) / 127
            assert (np.abs(given - got) <= 0.51 * step + 1e-7).all(), name
        else:
            np.testing.assert_allclose(given, got, rtol=1e-3, atol=1e-6)


def test_coarse_verdicts_teach_the_model_for_coarse_pictures(tmp_path: Path) -> None:
    coarse = tmp_path / "coarse.onnx"
    write_onnx(ChangeNetwork(), coarse, {**FACTS, "version": "c0"})
    base = tmp_path / "c1.onnx"
    write_onnx(ChangeNetwork(), base, {**FACTS, "coarse": coarse.name})
    facts = room.finetune(
        base,
        verdicts(tmp_path / "set"),
        tmp_path / "new.onnx",
        pixel_m=0.5,
        schooling=QUICK,
        say=lambda _: None,
    )
    assert facts["base"] == "c0"
    assert Model.read(tmp_path / "new.onnx").coarse is None
