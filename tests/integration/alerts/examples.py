"""How many plays the property tests of alerts try: a usual number each, or what `VICINO_TEST_EXAMPLES` says."""

import os


def examples(usual):
    return int(os.environ.get("VICINO_TEST_EXAMPLES", usual))
