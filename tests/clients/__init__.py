"""Programs that others wrote, against a running server: GDAL, OWSLib (Features and WMTS), pystac-client, schemathesis.

    ./chengtu demo &                                          # or any server
    .venv/bin/pip install ".[clients]"; apt install gdal-bin
    .venv/bin/python -m tests.clients http://127.0.0.1:8000 administrator PASSWORD

QGIS has a Python of its own: see desktop_gis.py.

Not part of `./chengtu test`: these programs are large and none of the platform's own. What is not installed is said
and passed over; every finding ends the run with an error. schemathesis asks every door, those that
write too: give it a demo that may be spoilt, and an administrator.
"""
