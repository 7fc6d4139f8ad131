"""Which version of the computation made a figure. Raise it whenever an episode or indicator comes out differently."""

CODE_VERSION = "4"
