"""How a grid is cut into windows."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gis.change.windows import _cuts


@given(st.integers(1, 50_000), st.integers(16, 2048))
def test_a_side_is_cut_without_gap_overlap_or_a_narrow_rest(side, wanted):
    cuts = _cuts(side, wanted)
    assert (cuts[0], cuts[-1]) == (0, side)
    sizes = [after - before for before, after in pairwise(cuts)]
    assert max(sizes) <= max(1.5 * wanted + 1, 1)
    assert max(sizes) - min(sizes) <= 1
