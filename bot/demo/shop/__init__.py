"""The browser page as a shop window: the simulator's own page, with what a visitor needs and without its tools.

The simulator shows one channel and answers what is clicked there. What it has no place for is added here, and is
said on the page to stand for something of Discord's: the Apps menu of a message, and direct messages.
"""

from bot.demo.shop.server import ShopServer

__all__ = ["ShopServer"]
