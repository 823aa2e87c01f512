"""`python -m core.offline`: the child process of `OfflineServer`; it ends when its standard input does."""

import argparse
import asyncio

from core.offline.server import serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="core.offline", description="Serve the offline model on localhost.")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every answer")
    asyncio.run(serve(parser.parse_args().latency))
