"""What stands around the simulated channel: our name, what the emojis mean, and what stands for what."""

from html import escape

from core.vocabulary.emotions import MIKELS

_REPLACED = {
    "<title>SimCord Preview</title>": '<title>Feelprint: try it</title>\n    <link rel="icon" href="/shop.svg">',
    '<link rel="stylesheet" href="/preview.css">': '<link rel="stylesheet" href="/preview.css">\n'
    '    <link rel="stylesheet" href="/shop.css">',
    '<script type="module" src="/app.js"></script>': '<script type="module" src="/app.js"></script>\n'
    '    <script type="module" src="/shop.js"></script>',
    'aria-label="SimCord preview"': 'aria-label="Feelprint demo"',
    '<span class="brand-mark" aria-hidden="true">S</span>': '<img class="brand-mark" src="/shop.svg" alt="">',
    "<strong>SimCord</strong><small>Preview</small>": "<strong>Feelprint</strong><small>demo</small>",
    '<h1 id="channel-name"></h1>': '<h2 id="channel-name"></h2>',
}

_HELP = (
    ("A simulated Discord, the real bot.", "Press Join below the pictures, or type / for its commands."),
    (
        "Apps",
        "The button under a picture stands for Discord's own menu: right click on a message, or hold it, Apps.",
    ),
    ("Viewing as", "Choose who you are: yourself, one of five members, or Ada, who manages the server (/setup)."),
    ("Direct messages", "Discord would show them elsewhere. Here they come up on this page."),
)


def front(page: str) -> str:
    """The simulator's page made ours. Raises ValueError where it is not the page that we know."""
    for theirs, ours in _REPLACED.items():
        if page.count(theirs) != 1:
            raise ValueError(theirs)
        page = page.replace(theirs, ours)
    head, found, rest = page.partition('<button id="back-activity"')
    return f"{head}{_about()}{found}{rest}"


def _about() -> str:
    """Buttons of the toolbar that open what the emojis mean and how to go about."""
    emojis = "".join(
        f"<li><span>{escape(MIKELS.emoji_of(name))}</span> {escape(name)}</li>" for name in MIKELS.names
    )
    helps = "".join(f"<dt>{escape(head)}</dt><dd>{escape(words)}</dd>" for head, words in _HELP)
    return (
        '<button id="shop-direct" class="toolbar-button" type="button" hidden></button>'
        '<details class="shop-about"><summary>How this works</summary>'
        f'<div class="shop-popover"><dl>{helps}</dl></div></details>'
        f'<ul id="shop-legend" aria-label="What the emojis mean">{emojis}</ul>'
        '<p id="shop-ended" role="alert" hidden>The demo has ended. Start it again in the terminal.</p>'
    )
