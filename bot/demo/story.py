"""The terminal's telling of the demo: calm, in plain words, and the same without a terminal.

Everything is shown through one `Console`; where it is not a terminal, bars appear once, when they are full.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.demo.figures import Figures, Found, Guess, TakenBack
from bot.demo.people import PEOPLE, Person
from bot.demo.pictures import Scene
from bot.words.amounts import date
from bot.words.cards import yours
from bot.words.outcomes import run_reason
from core.predicting.shown import Tally
from core.tuning.constants import DEFAULT
from core.tuning.evidence import better
from core.vocabulary.emotions import MIKELS

Bars: TypeAlias = tuple[Progress, dict[str, TaskID]]

STEPS = {
    "generic": "what would most people feel?",
    "write": "writing rules",
    "match": "where do they apply?",
    "verify": "testing them together",
    "score": "scoring",
}
WIDEST = 100
_DAY, _COMMAND = re.compile(r"<t:(\d+):\w>"), re.compile(r"</([\w ]+):\d+>")


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer to /feel: `own` where it is not what most people would feel, `right` where they felt so."""

    person: Person
    shows: str
    card: str
    own: bool
    right: bool


class Story:
    """Tells the journey chapter by chapter."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = min(self.console.width, WIDEST)

    def opening(self, seed: int) -> None:
        """What is about to happen."""
        words = (
            "A bot that learns how [b]you[/b] feel about pictures, not how most people do.\n\n"
            "This is the real bot with a real database, on a simulated Discord; no account, no key. Its answers "
            "come from the [b]offline model[/b], a small program that looks at pixels. "
            f"[dim]Pictures and feelings follow from --seed {seed}.[/dim]"
        )
        self.console.print(Panel(words, title="[b]Feelprint[/b]", box=box.ROUNDED, padding=(1, 3), style="none"))

    def chapter(self, number: int, title: str, words: str = "") -> None:
        """A new part of the story."""
        self.console.print()
        self.console.print(Rule(f"[b]{number}[/b]  {title}", align="left", style="dim"))
        if words:
            self.say(words)

    def say(self, words: str) -> None:
        """A paragraph."""
        self.console.print(Padding(words, (0, 0, 0, 3)))

    def people(self) -> None:
        """Who the members are; the bot is not told."""
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 3))
        for person in PEOPLE:
            table.add_row(Text("●", style=person.colour), f"[b]{person.name}[/b]", f"[dim]{person.about}[/dim]")
        self.console.print(table)

    @contextmanager
    def bars(self, rows: dict[str, tuple[str, int]]) -> Iterator[Bars]:
        """Progress bars by name, each with a description and a total."""
        progress = Progress(
            TextColumn("   {task.description}"),
            BarColumn(bar_width=28, complete_style="cyan", finished_style="green"),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[note]}[/dim]"),
            console=self.console,
        )
        tasks = {name: progress.add_task(words, total=total, note="") for name, (words, total) in rows.items()}
        with progress:
            yield progress, tasks

    def answer(self, person: Person, command: str, card: str) -> None:
        """What the bot answered one member, as they read it."""
        title = f"[b]{person.name}[/b] · {command}"
        frame = Panel(
            Text(plain(card)), title=title, title_align="left", border_style=person.colour, padding=(0, 2)
        )
        self.console.print(Padding(frame, (1, 0, 0, 3)))

    def tested(self, records: dict[str, Tally]) -> None:
        """What the deployed feelprints would have said about pictures that came after them."""
        for name, tally in records.items():
            if tally.pictures:
                words = f"better {tally.better}, worse {tally.worse}, same {tally.same}"
                self.say(f"{_named(name)} {words}")
            else:
                self.say(f"{_named(name)} [dim]no feelprint yet[/dim]")

    def taken_back(self, found: dict[str, TakenBack]) -> None:
        """What failed on later pictures, member by member, in the words in which they were told."""
        lines = [f"{_named(name)} {line}" for name, taken in found.items() for line in taken_in_words(taken)]
        if not lines:
            self.say("Nothing had to be taken back.")
            return
        self.say("What did not hold on later pictures was taken back, and they were told:")
        for line in lines:
            self.say(line)

    def asked(self, rows: Sequence[Asked]) -> None:
        """Answers to /feel, a line each, and one of them whole: the first that is not most people's answer."""
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 3))
        for row in rows:
            mark = "[green]✓[/]" if row.right else " "
            table.add_row(
                _named(row.person.name), f"[dim]{row.shows}[/dim]", plain(row.card).splitlines()[0], mark
            )
        self.console.print(table)
        self.say("[dim]✓ as they felt[/dim]")
        for row in rows:
            if row.own:
                self.answer(row.person, f"/feel ({row.shows})", row.card)
                return

    def pictures(self, figures: Figures) -> None:
        """Every unseen picture: what most people's answer, the bot's answer and the member's feeling were."""
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="none")
        table.add_column("picture", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
        for member in figures.members:
            table.add_column(Text(member.person.name, style=f"bold {member.person.colour}"), no_wrap=True)
        for row, picture in enumerate(figures.unseen):
            cells = (_cell(member.guesses[row]) for member in figures.members)
            table.add_row(shows(picture.scene), *cells)
        legend = (
            "[dim]In each cell: most people, the bot, what they felt.  [/dim][green]+[/green][dim] the bot was "
            "right and most people's answer wrong, [/dim][red]−[/red][dim] the reverse, ✓ both right.\n"
            f"{'  '.join(f'{MIKELS.emoji_of(name)} {name}' for name in MIKELS.names)}[/dim]"
        )
        self.console.print(Padding(Group(table, legend), (1, 0, 0, 3)))

    def verdict(self, figures: Figures) -> None:
        """Both accuracies for each member, and what that means."""
        count = len(figures.unseen)
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        for name in ("member", "most people", "the bot", "points", ""):
            table.add_column(name, justify="left" if name in ("member", "") else "right", no_wrap=name != "")
        for member in figures.members:
            table.add_row(
                Text(member.person.name, style=f"bold {member.person.colour}"),
                share(member.generic_right, count),
                share(member.right, count),
                Text(f"{member.gain:+.0f}", style=_style(member.gain)),
                judged(member),
            )
        mean_generic = sum(m.generic_right for m in figures.members) / (len(figures.members) * count)
        mean = sum(m.right for m in figures.members) / (len(figures.members) * count)
        table.add_section()
        gain = Text(f"{figures.gain:+.0f}", style=f"bold {_style(figures.gain)}")
        table.add_row("[b]all[/b]", f"{mean_generic:.0%}", f"[b]{mean:.0%}[/b]", gain, "")
        self.console.print(Padding(table, (1, 0, 0, 3)))

    def closing(self, report: str, address: str | None) -> None:
        """Where to look next."""
        lines = [f"Report: [b]{report}[/b]"]
        if address:
            lines += [
                f"Go on yourself: [b]{address}[/b]",
                "[dim]Join and rate a dozen pictures, a minute or two: then you are told what was found. Ask "
                "about a picture by “Apps” under it, or be one of the members, or Ada, who manages the server. "
                "The bot keeps working. Ctrl-C ends.[/dim]",
            ]
        self.console.print()
        self.console.print(Panel("\n".join(lines), box=box.ROUNDED, padding=(0, 3)), soft_wrap=False)


def shows(scene: Scene) -> str:
    """A scene in a few words."""
    if scene.abstract:
        return scene.kind
    return ", ".join([scene.kind, scene.time, scene.weather][: 2 if scene.weather == "clear" else 3])


def judged(member: Found) -> str:
    """What a member's two accuracies mean, in a few words."""
    if member.active is None:
        lean = ", leaning to what they feel more often" if member.right != member.generic_right else ""
        return f"no feelprint yet: answered as most people would feel{lean}"
    if member.right > member.generic_right:
        sure = better(*member.won_and_lost) >= DEFAULT.gate  # as sure as a new version must be
        return "the feelprint helps" if sure else "better here, maybe by luck"
    if member.right < member.generic_right:
        return "the feelprint does not help here: it makes answers worse"
    return "the feelprint does not help here: no difference"


def taken_in_words(taken: TakenBack) -> list[str]:
    """What was taken back, a line each."""
    moments = [f"version {version}: “{run_reason(reason)}”" for version, reason in taken.moments]
    return [*moments, *(f"out of use: “{yours(rule)}”" for rule in taken.rules)]


def share(right: int, count: int) -> str:
    """So many of so many, as a percentage."""
    return f"{right}/{count}  {right / max(count, 1):.0%}"


def plain(card: str) -> str:
    """Discord's marks taken out of an answer, its words left; days and commands as a terminal has them."""
    lines = [line.removeprefix("### ").removeprefix("-# ") for line in card.splitlines()]
    words = _DAY.sub(lambda found: date(int(found[1]) * 1000), "\n".join(lines))
    return _COMMAND.sub(r"/\1", words).replace("**", "").replace("`", "")


def _cell(guess: Guess) -> Text:
    generic, right = guess.generic == guess.felt, guess.answer == guess.felt
    mark, style = {
        (False, True): ("+", "green"),
        (True, False): ("−", "red"),
        (True, True): ("✓", "dim"),
        (False, False): (" ", "dim"),
    }[generic, right]
    emojis = "".join(MIKELS.emoji_of(name) for name in (guess.generic, guess.answer, guess.felt))
    return Text.assemble(emojis, (mark, style))


def _named(name: str) -> str:
    colour = {person.name: person.colour for person in PEOPLE}[name]
    return f"[{colour}]{name:<6}[/]"


def _style(gain: float) -> str:
    return "green" if gain > 0 else "red" if gain < 0 else "dim"
