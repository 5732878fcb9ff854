"""The doors: HTTP, tus, OGC API and the command line."""
