"""The command line. Whatever goes wrong is said in a sentence, and the exit code tells its kind.

Exit codes: 0 well, 1 something else (Discord out of reach, say), 2 settings, 3 Discord refuses the bot,
4 database, 5 model, 6 dataset, 130 interrupted.
"""

import io
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.text import Text

from bot.host.logs import set_up_logs
from bot.host.settings import load_settings
from bot.host.shards import shards_of
from bot.operations.beginning import EnvFile, ending_in_the_log, loading, prepared, within
from bot.operations.evaluation.commands import evaluate, rates
from bot.words import findings, texts
from bot.words.problems import sentence
from core.vocabulary.errors import FeelprintError

log = structlog.get_logger(__name__)

cli = typer.Typer(
    name="feelprint",
    help="A Discord bot that learns how you feel about pictures, not how most people do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        Console().print(f"feelprint {version('feelprint')}", highlight=False)
        raise typer.Exit


@cli.callback()
def _root(
    asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None: ...


_Health = Annotated[
    str | None, typer.Option(help="Where health is told unless FEELPRINT_HEALTH says it: a port, or address:port.")
]
_Member = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The member's Discord id.")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot write a character shows another
            stream.reconfigure(errors="replace")
    try:
        cli()
    except FeelprintError as error:
        # not wrapped: an address or a command that is broken in two cannot be copied
        Console(stderr=True).print(sentence(error), style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


@cli.command()
def run(
    env_file: EnvFile = Path(".env"),
    health: _Health = None,
    *,
    shards: Annotated[
        str | None, typer.Option(help="The shards of this process on PostgreSQL, such as 0-3/16; unset: all.")
    ] = None,
    tuning: Annotated[bool, typer.Option(help="Without: `feelprint worker` tunes, on PostgreSQL.")] = True,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Follow the process that runs, which then ends; on PostgreSQL.")
    ] = False,
) -> None:
    """Run the bot on Discord, until it is told to stop."""
    settings = prepared(env_file)
    with loading():
        from bot.operations.running import run_bot  # noqa: PLC0415 - help must not wait for imports

    settings = settings.model_copy(update={"health": settings.health or health})
    with ending_in_the_log(settings):
        mine = shards_of(shards) if shards else None
        within(run_bot(settings, tunes=tuning, shards=mine, follows=take_over))


@cli.command()
def worker(env_file: EnvFile = Path(".env"), health: _Health = None) -> None:
    """Tune for bots that run elsewhere over the same PostgreSQL, until told to stop; as many as there is to do."""
    settings = prepared(env_file)
    with loading():
        from bot.operations.working import run_worker  # noqa: PLC0415

    with ending_in_the_log(settings):
        within(run_worker(settings.model_copy(update={"health": settings.health or health})))


@cli.command()
def healthy(env_file: EnvFile = Path(".env"), health: _Health = None) -> None:
    """Ask a running bot whether all is well with it; exit code 1 where it is not."""
    from bot.operations.healthy import asked  # noqa: PLC0415

    well, said = within(asked(load_settings(env_file).health or health))
    typer.echo(said)
    raise typer.Exit(0 if well else 1)


@cli.command()
def doctor(env_file: EnvFile = Path(".env")) -> None:
    """Check settings, database, Discord and the model, and say how to mend what is wrong."""
    with loading():
        from bot.operations.doctor import examine  # noqa: PLC0415

    console = Console(highlight=False)
    bad, warned, good = "✗!✓" if console.encoding.startswith("utf") else "x!+"

    async def show() -> int:
        first = 0
        with console.status(findings.looking()):  # nothing but a terminal shows that
            async for finding in examine(env_file):
                mark = Text(f"{good} ", "green")
                if finding.exit_code or finding.warning:
                    mark = Text(f"{bad} ", "red") if finding.exit_code else Text(f"{warned} ", "yellow")
                # not wrapped, as in `main`
                console.print(mark.append(f"{finding.what}: {finding.sentence}", "default"), soft_wrap=True)
                first = first or finding.exit_code
        return first

    set_up_logs("error")
    raise typer.Exit(within(show()))


@cli.command()
def demo(
    *,
    once: Annotated[bool, typer.Option(help="End after the journey and write the report.")] = False,
    seed: Annotated[int, typer.Option(help="Everything in the demo follows from it.")] = 0,
    port: Annotated[int, typer.Option(help="Where the browser page listens; 0 is any free port.")] = 0,
    out: Annotated[Path, typer.Option(help="The folder of the report.")] = Path("demo-report"),
    seeds: Annotated[int, typer.Option(help="Only measure, over so many seeds.")] = 0,
    shuffle_labels: Annotated[bool, typer.Option(help="With --seeds: deal labels to other pictures.")] = False,
) -> None:
    """Play the whole story offline: the real bot on a simulated Discord, no account and no key."""
    with loading():
        from bot.demo import demo as play  # noqa: PLC0415

    set_up_logs("error")
    raise typer.Exit(play(once=once, seed=seed, port=port, out=out, seeds=seeds, shuffle=shuffle_labels))


cli.command()(evaluate)
cli.command()(rates)


@cli.command()
def explain(member: _Member, env_file: EnvFile = Path(".env")) -> None:
    """Explain a member's latest tuning run: every rule, its evidence, what became of it, what it cost."""
    from bot.operations.explaining import explain_member  # noqa: PLC0415

    within(explain_member(prepared(env_file), member, Console(highlight=False)))


@cli.command("export")
def export_member(member: _Member, env_file: EnvFile = Path(".env")) -> None:
    """Print all that is kept about a member, when they or Discord ask for it."""
    from bot.operations.explaining import exported  # noqa: PLC0415

    data = within(exported(prepared(env_file), member))
    whole = (sys.stdout.encoding or "").lower().startswith("utf")  # else nothing of it may be lost
    typer.echo(json.dumps(data, indent=2, ensure_ascii=not whole, default=str))


@cli.command()
def research(
    file: Annotated[Path, typer.Argument(help="The new file: one JSON object a line.")],
    env_file: EnvFile = Path(".env"),
) -> None:
    """Write what members felt who said yes to research, and of nobody else, without names or ids of Discord."""
    from bot.operations.researching import researched  # noqa: PLC0415

    typer.echo(within(researched(prepared(env_file), file)))


@cli.command()
def forget(
    member: _Member,
    env_file: EnvFile = Path(".env"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase all that is kept about a member. Over a file the bot must not be running."""
    from bot.operations.explaining import forgotten  # noqa: PLC0415

    settings = prepared(env_file)
    if not yes:
        typer.confirm(texts.erase_sure(), abort=True)
    typer.echo(texts.erased(within(forgotten(settings, member))))


@cli.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="The new file; beside the database unless given.")] = None,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Copy the database, also while the bot runs, and check the copy."""
    from bot.operations.keeping import backed_up  # noqa: PLC0415

    typer.echo(within(backed_up(prepared(env_file), file)))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `feelprint backup` made.")],
    env_file: EnvFile = Path(".env"),
) -> None:
    """Put a copy in the database's place, and keep what was there. The bot must not be running."""
    from bot.operations.keeping import restored  # noqa: PLC0415

    typer.echo(within(restored(prepared(env_file), file)))


@cli.command()
def prune(
    env_file: EnvFile = Path(".env"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would go, also while the bot runs.")
    ] = False,
) -> None:
    """Let go of what is old and nobody needs, as the running bot does by itself once a day."""
    from bot.operations.pruning import pruned  # noqa: PLC0415

    typer.echo(within(pruned(prepared(env_file), dry=dry_run)))


@cli.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database as it is: a path or an address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty one, of the same kind or the other.")],
) -> None:
    """Move all to another database, SQLite or PostgreSQL, and compare both. No bot may be running on either.

    Stopped half way, the same command goes on.
    """
    from bot.operations.moving import moved  # noqa: PLC0415

    set_up_logs("error")
    within(moved(source, target, Console(highlight=False, markup=False)))


@cli.command()
def stats(
    env_file: EnvFile = Path(".env"),
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Count what is stored, what runs came to and what the model was asked, without an id of anybody."""
    from bot.operations.counting import as_data, counted, show  # noqa: PLC0415

    found = within(counted(prepared(env_file)))
    if as_json:
        typer.echo(json.dumps(as_data(found), indent=2))
    else:
        show(found, Console(highlight=False, markup=False))
