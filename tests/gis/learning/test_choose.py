from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.change.model import SHIPPED
from gis.learning.choose import calibrated
from gis.learning.recipe import fold_of, read_recipe


def test_a_calibrated_chance_of_eight_in_ten_is_right_eight_times_in_ten():
    rng = np.random.default_rng(4)
    evidence = rng.normal(0, 2, 4000)
    real = rng.uniform(size=4000) < 1 / (1 + np.exp(-(0.5 + 0.8 * evidence)))
    curve = calibrated(evidence[:, None], real, ("change",))
    chances = np.array([curve.chance(change=float(each)) for each in evidence])
    near = (chances > 0.75) & (chances < 0.85)
    assert real[near].mean() == pytest.approx(0.8, abs=0.05)


def test_few_patches_are_not_believed_blindly():
    curve = calibrated(np.array([[3.0], [4.0], [5.0]]), np.array([True, True, True]), ("change",))
    assert curve.chance(change=4.0) < 0.95


@given(st.text(min_size=1, max_size=30), st.integers(2, 7))
def test_a_place_belongs_to_one_part_for_ever_whatever_its_folder(name, of):
    assert fold_of(f"one/{name}", of) == fold_of(f"other/{name}", of)
    assert 0 <= fold_of(name, of) < of


def test_the_shipped_recipe_teaches_only_what_its_licences_allow():
    recipe = read_recipe(SHIPPED.with_name("recipe.toml"))
    assert all(each.licence for each in recipe.sources)
    taught = {each.folder for each in recipe.taught()}
    assert not taught & {"levir_cd_512", "egy_bcd", "buildings_single_date/jonkoping_barnarp"}
    everything = {each.folder for each in recipe.taught(everything=True)}
    assert taught < everything
    assert "levir_cd_512" not in everything
