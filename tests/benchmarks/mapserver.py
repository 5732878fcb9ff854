"""MapServer as a peer: FastCGI processes below lighttpd (Debian: cgi-mapserver, lighttpd), with the map given."""

from __future__ import annotations

from pathlib import Path

__all__ = ["command", "path"]

_LIGHTTPD = """
server.modules = ("mod_fastcgi")
server.document-root = "{folder}"
server.bind = "127.0.0.1"
server.port = {port}
fastcgi.server = ("/ms" => ((
    "bin-path" => "/usr/lib/cgi-bin/mapserv", "socket" => "{folder}/ms.sock", "check-local" => "disable",
    "min-procs" => {processes}, "max-procs" => {processes},
    "bin-environment" => ("MAPSERVER_CONFIG_FILE" => "{folder}/mapserver.conf"))))
"""


def command(folder: Path, port: int, mapfile: str, processes: int = 2) -> list[str]:
    """Writes the files that the server needs; the command that runs it until it is ended."""
    (folder / "peer.map").write_text(mapfile)
    (folder / "mapserver.conf").write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
    (folder / "lighttpd.conf").write_text(_LIGHTTPD.format(folder=folder, port=port, processes=processes))
    return ["lighttpd", "-D", "-f", str(folder / "lighttpd.conf")]


def path(folder: Path, layers: str) -> str:
    """The address of tiles of these layers up to ``tile=``, which takes ``x+y+z``."""
    return f"/ms?map={folder}/peer.map&mode=tile&tilemode=gmap&layers={layers}&tile="
