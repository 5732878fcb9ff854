"""Examples drawn ahead by processes of their own, handed over as batches of tensors."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from gis.learning.draw import Drawer

__all__ = ["Batch", "batches"]

Batch = tuple[Tensor, Tensor, Tensor]
"""``before``, ``after`` (n, 3, h, w) and ``truth`` (n, 3, h, w), all uint8."""


def batches(drawer: Drawer, size: int, *, processes: int = 1, begin: int = 0) -> Generator[Batch, None, None]:
    """Endless batches of ``size`` examples.

    Every process draws a sequence of its own, which depends on the drawer's seed, its number and ``begin`` (the
    step at which an interrupted course goes on), so a course with as many processes sees the same examples.
    """
    loader = DataLoader(
        _Drawn(drawer, begin), batch_size=size, num_workers=processes, pin_memory=torch.cuda.is_available(),
        multiprocessing_context="fork", prefetch_factor=4,
    )  # fmt: skip
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # threads do not survive a fork, and the child would wait for them for ever
    drawn = iter(loader)
    cv2.setNumThreads(threads)
    yield from drawn


class _Drawn(IterableDataset[Batch]):  # type: ignore[misc]
    def __init__(self, drawer: Drawer, begin: int) -> None:
        self.drawer, self.begin = drawer, begin

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        assert worker is not None  # batches() always asks for processes
        self.drawer.reseed(worker.id, self.begin)
        while True:
            example = self.drawer.draw()
            before, after = (
                torch.from_numpy(np.ascontiguousarray(np.moveaxis(each, -1, 0)))
                for each in (example.before, example.after)
            )
            yield before, after, torch.from_numpy(np.ascontiguousarray(example.truth))
