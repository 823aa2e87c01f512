"""The figures of reliability: what was tried so often, how often it failed, and the proof that it could fail.

Each figure is one module in `figures`. It tries one claim n times with real parts and counts; beside it stands
the *proof*: the defence switched off, and the same trial goes red. `python -m tests.bench.reliability --help`.
"""
