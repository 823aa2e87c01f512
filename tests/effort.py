"""How much is tried where there is no end: orders of events, moments of a kill, examples.

`make test` tries enough to find what breaks; CI sets TIMES and tries several times as much of each.
"""

import os

TIMES = int(os.environ.get("TIMES", "1"))
"""The environment's TIMES: so many times as much as usual."""

EXAMPLES = 30
"""How many Hypothesis makes up where a test does not say."""
