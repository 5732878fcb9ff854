"""Planners' own layers: a file becomes a table and a layer like any other, without code.

describe.py    what such a layer is; → ``Layer`` (pure)
propose.py     a file → the description that is proposed (pure)
model.py       the table ``own_layers``
registry.py    the own layers that this process knows, and when it must look again
tables.py      all SQL that makes, fills and drops their tables
actions.py     make, drop
"""
