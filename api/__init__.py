"""The doors: HTTP, tus, OGC API and the command line."""

import gc

# Half a million objects are made while everything is imported, and none of them is garbage: at Python's own threshold
# the collector goes through them hundreds of times, which is a sixth of the start of every process.
gc.set_threshold(50_000)
