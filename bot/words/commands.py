"""What Discord shows of each command before it is run: names of menus, descriptions, options.

`locale_str` marks them for the catalogues, and `bot.discord_ui.translator` says them when the commands are
announced. Slash commands are called the same in every language: sentences mention them (`/join`), and Discord
shows a mention by the one name that it was written with (discord-api-docs, issues 5518 and 7309).
"""

from discord.app_commands import locale_str

FEEL = locale_str("How would I feel about this picture?")
FEEL_MENU = locale_str("How would I feel?")
RATE = locale_str("Tell me how pictures make you feel: one after another, or the one you give")
RATE_MENU = locale_str("Rate this image")
IMAGE = locale_str("A picture: JPEG, PNG, GIF, WebP, AVIF or HEIC")
JOIN = locale_str("Let me learn how you feel about pictures")
PAUSE = locale_str("Keep what is there, collect nothing new")
FEELPRINT = locale_str("What I have learned about you")
SHOW = locale_str("Read what I have learned about you, and how well it does")
WHY = locale_str("How that was found: every idea, what became of it, what it took")
HISTORY = locale_str("Your feelprint version by version, and the way back to an earlier one")
COMPARE = locale_str("What most people would feel and what I guessed for you, side by side")
EDIT = locale_str("Write a rule about yourself, change one or strike it: each is put to the test")
RETUNE = locale_str("Look at your pictures again now")
MOOD = locale_str("Several profiles of yours, one active: for evenings, for work, …")
PROGRESS = locale_str("Your labels, what is still needed, and what I am doing")
ME = locale_str("You in one picture: what you felt how often, how often I was right, what is still needed")
FEEL_MEMBER = locale_str("Somebody else, if they let you ask; without a name: you")
MATCH = locale_str("How alike you and somebody feel, if both say yes; and who may ask that about you")
MATCH_MEMBER = locale_str("With whom; without a name: who may be compared with you")
PRIVACY = locale_str("What is kept about you, who sees it, how to take it back")
EXPORT = locale_str("Get everything that I keep about you as a file")
FORGET = locale_str("Erase everything about you")
WITHHOLD_MENU = locale_str("Do not use my picture")
EXCLUDE_MENU = locale_str("Exclude from Feelprint")
PICTURES = locale_str("Whether the pictures that you post here may be used")
PICTURES_OFF = locale_str("Do not use any picture that I post in this server")
PICTURES_ON = locale_str("The pictures that I post in this server may be used again")
SERVER = locale_str("This server: labels, members, what was spent, whether all is well, and the mood of last week")
SETUP = locale_str("Choose channels, emotions and thresholds for this server")
