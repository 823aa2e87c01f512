"""`python -m bot`: the same command as `feelprint`."""


def main() -> None:
    """Run the command line."""
    raise SystemExit("Not built yet.")


if __name__ == "__main__":
    main()
