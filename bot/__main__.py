"""`python -m bot`: the same command as `feelprint`."""

from bot.operations.cli import main

if __name__ == "__main__":
    main()
