"""Every command on one tree."""

from bot.app import App
from bot.discord_ui.commands import feel, joining, managing, matching, me, mine, pictures, rating, rights, setup
from bot.discord_ui.tree import FeelprintTree


def add_commands(tree: FeelprintTree, app: App) -> None:
    """Put every command on the tree."""
    joining.add(tree, app)
    feel.add(tree, app)
    rating.add(tree, app)
    mine.add(tree, app)
    me.add(tree, app)
    matching.add(tree, app)
    rights.add(tree, app)
    pictures.add(tree, app)
    setup.add(tree, app)
    managing.add(tree, app)
