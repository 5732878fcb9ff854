"""A worker process for tests: small windows, each written down as it is begun; it can be made to stand still.

    python -m tests.api.comparing_worker LOG [STANDS_AFTER]

Standing still after so many windows makes «killed in the middle of a comparison» sure on any machine.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

from api import ingest
from gis.change import DetectOptions
from gis.change.windows import OpenPair, View, Window
from layers import jobs, pipeline
from layers.settings import Settings


def main(log: Path, stands_after: int | None) -> None:
    """Work until told to stop; the settings come from the environment, as those of every worker."""
    plain = OpenPair.view
    begun = 0

    def view(self: OpenPair, window: Window) -> View:
        nonlocal begun
        with log.open("a") as lines:
            lines.write(f"{window.core[0]},{window.core[1]}\n")
        begun += 1
        if stands_after is not None and begun > stands_after:
            time.sleep(3600)
        return plain(self, window)

    OpenPair.view = view  # type: ignore[method-assign]
    pipeline.change.DetectOptions = partial(DetectOptions, window_px=256)  # type: ignore[attr-defined,misc,assignment]
    jobs.HEARTBEAT_SECONDS, jobs.DEAD_AFTER_SECONDS = 0.3, 2.0  # nobody waits for a real worker's 20 s
    settings = Settings()
    assert settings.database_url
    ingest.work(settings.database_url, settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
