"""Arrays and geometries in, arrays and geometries out: no database, no HTTP, no environment."""
