"""The report's page: the template filled with what the demo found, every word from outside escaped."""

from collections import Counter
from html import escape
from pathlib import Path
from string import Template

from bot.demo.figures import Figures, Found, Guess
from bot.demo.story import judged, shows, taken_in_words
from bot.words.cards import evidence
from bot.words.outcomes import run_reason
from core.predicting.shown import RuleShown
from core.vocabulary.emotions import MIKELS

_HERE = Path(__file__).parent
_EXAMPLES = 6
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


def page(figures: Figures) -> str:
    """The whole page."""
    count = len(figures.unseen) * max(len(figures.members), 1)
    generic = sum(m.generic_right for m in figures.members) / count
    right = sum(m.right for m in figures.members) / count
    found = sum(m.active is not None for m in figures.members)
    accuracy = "; ".join(f"{m.person.name} {m.generic_right} and {m.right}" for m in figures.members)
    felt = "; ".join(f"{m.person.name} {_most_felt(figures, m)}" for m in figures.members)
    record = "; ".join(f"{m.person.name} {_since_then(m)}" for m in figures.members if m.later)
    return Template((_HERE / "page.html").read_text(encoding="utf-8")).substitute(
        style=(_HERE / "style.css").read_text(encoding="utf-8"),
        seed=figures.seed,
        generic=f"{generic:.0%}".replace("%", " %"),
        right=f"{right:.0%}".replace("%", " %"),
        gain=f"{figures.gain:+.0f}".replace("-", "−"),
        learnt=len(figures.learnt),
        unseen=len(figures.unseen),
        labels=sum(m.labels for m in figures.members),
        calls=f"{figures.calls:,}".replace(",", " "),
        seconds=f"{figures.seconds:.0f}",
        people=_counted(len(figures.members)),
        found=_counted(found).lower(),
        feelprints="feelprint" if found == 1 else "feelprints",
        emojis=" ".join(f"<span>{_felt(name)}</span>" for name in MIKELS.names),
        verdicts="".join(_verdict(member, len(figures.unseen)) for member in figures.members),
        members="".join(_member(figures, member) for member in figures.members),
        gallery="".join(_picture(figures, place) for place in range(len(figures.unseen))),
        seen="".join(_seen(figures, place) for place in range(len(figures.learnt))),
        accuracy=_chart("accuracy", f"Right on unseen pictures, most people's answer and the bot's: {accuracy}"),
        feelings=_chart("feelings", f"How often each member felt what: {felt}"),
        record=_chart("record", f"Later pictures, against most people's answer: {record}")
        if any(m.later for m in figures.members)
        else "<p>Nobody had a feelprint by then.</p>",
    )


def _chart(name: str, words: str) -> str:
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="charts/{name}-dark.png">'
        f'<img class="chart" src="charts/{name}-light.png" alt="{escape(words)}"></picture>'
    )


def _counted(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _felt(name: str) -> str:
    """An emotion by its emoji and its name."""
    return f'<span class="emoji" aria-hidden="true">{MIKELS.emoji_of(name)}</span> {escape(name)}'


def _most_felt(figures: Figures, member: Found) -> str:
    counts = Counter(figures.felt[member.person.name][: len(figures.learnt)])
    return ", ".join(f"{name} {times}" for name, times in counts.most_common(3))


def _since_then(member: Found) -> str:
    return f"better {sum(g > 0 for g in member.later)}, worse {sum(g < 0 for g in member.later)}"


def _dot(member: Found) -> str:
    return f'<i class="dot" style="--c:{member.person.colour}"></i>'


def _verdict(member: Found, count: int) -> str:
    gain = f"{member.gain:+.0f}".replace("-", "−")
    kind = "up" if member.gain > 0 else "down" if member.gain < 0 else "same"
    return (
        f"<tr><th>{_dot(member)}{escape(member.person.name)}</th><td>{member.generic_right} of {count}</td>"
        f'<td>{member.right} of {count}</td><td class="{kind}">{gain}</td>'
        f'<td class="say">{escape(judged(member))}</td></tr>'
    )


def _member(figures: Figures, member: Found) -> str:
    person = member.person
    head = (
        f'<header><i class="face" style="--c:{person.colour}">{escape(person.name[0])}</i><div>'
        f"<h3>{escape(person.name)}</h3><p>{escape(person.about)}</p></div></header>"
    )
    if member.active is None:
        why = run_reason(member.reason) if member.reason else ""
        body = f'<p class="none">No feelprint. {escape(why)}</p>'
    else:
        rules = "".join(_rule(figures, member, shown) for shown in member.rules)
        version = f"Feelprint, version {member.active.version}, from {member.active.n_labels} labels"
        body = f'<p class="version">{version}</p><ol>{rules}</ol><p class="since">{escape(_since(member))}</p>'
    lost = "".join(f"<li>{escape(line)}</li>" for line in taken_in_words(member.taken))
    body += (
        f'<p class="since">Taken back, as it did not hold on later pictures:</p><ul>{lost}</ul>' if lost else ""
    )
    return f'<article class="member" style="--c:{person.colour}">{head}{body}</article>'


def _rule(figures: Figures, member: Found, shown: RuleShown) -> str:
    text = f"{shown.rule.text} {MIKELS.emoji_of(shown.rule.feel) if shown.rule.feel in MIKELS.names else ''}"
    tested = evidence(shown)
    places = member.held.get(shown.rule.id, ())
    alts = [escape(shows(figures.learnt[place].scene)) for place in places[:_EXAMPLES]]
    thumbs = "".join(
        f'<img src="pictures/seen-{place:02}.jpg" alt="{alt}" loading="lazy">'
        for place, alt in zip(places, alts, strict=False)
    )
    more = f"<span>and {len(places) - _EXAMPLES} more</span>" if len(places) > _EXAMPLES else ""
    where = (
        f'<div class="thumbs" title="Pictures on which the condition holds">{thumbs}{more}</div>' if places else ""
    )
    return f'<li><q>{escape(text)}</q>{where}<p class="evidence">{escape(tested)}</p></li>'


def _since(member: Found) -> str:
    since = member.since
    if since is None or not since.pictures:
        return "This version is not yet tested on new pictures."
    return (
        f"Since this version, on pictures it had not seen, against most people's answer: "
        f"better {since.better}, worse {since.worse}, same {since.same}."
    )


def _picture(figures: Figures, place: int) -> str:
    rows = "".join(_row(member, member.guesses[place]) for member in figures.members)
    words = escape(shows(figures.unseen[place].scene))
    image = f'<img src="pictures/new-{place:02}.jpg" alt="{words}" loading="lazy">'
    head = "<thead><tr><th></th><th>most people</th><th>the bot</th><th>felt</th></tr></thead>"
    return f"<figure>{image}<figcaption>{words}</figcaption><table>{head}{rows}</table></figure>"


def _row(member: Found, guess: Guess) -> str:
    generic, right = guess.generic == guess.felt, guess.answer == guess.felt
    kind = {(False, True): "won", (True, False): "lost", (True, True): "both", (False, False): ""}[generic, right]
    cells = "".join(f"<td>{_felt(name)}</td>" for name in (guess.generic, guess.answer, guess.felt))
    return f'<tr class="{kind}"><th>{_dot(member)}{escape(member.person.name)}</th>{cells}</tr>'


def _seen(figures: Figures, place: int) -> str:
    felt = "".join(
        f'<span role="img" aria-label="{escape(m.person.name)}: {figures.felt[m.person.name][place]}" '
        f'title="{escape(m.person.name)}: {figures.felt[m.person.name][place]}">'
        f"{MIKELS.emoji_of(figures.felt[m.person.name][place])}</span>"
        for m in figures.members
    )
    words = escape(shows(figures.learnt[place].scene))
    return (
        f'<figure><img src="pictures/seen-{place:02}.jpg" alt="{words}" loading="lazy"><div>{felt}</div></figure>'
    )
