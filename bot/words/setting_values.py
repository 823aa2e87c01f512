"""What each setting takes, to end the sentence "It takes ...". A test holds this to the settings that exist."""

from bot.words.language import mark

TAKES = {
    "DISCORD_TOKEN": mark("the bot token of the Discord developer portal"),
    "OPENAI_API_KEY": mark("the key of your model provider"),
    "OPENAI_BASE_URL": mark("an address such as http://localhost:11434/v1"),
    "FEELPRINT_MODEL": mark("the name of a model that sees pictures"),
    "FEELPRINT_WRITER_MODEL": mark("the name of a model; unset: the same as FEELPRINT_MODEL"),
    "FEELPRINT_REQUEST_HEADERS": mark('headers that a gateway wants, as JSON such as {"x-provider": "openai"}'),
    "FEELPRINT_REQUEST_FIELDS": mark('fields that a model wants, as JSON such as {"reasoning_effort": "low"}'),
    "FEELPRINT_PRICE_IN": mark("US dollars for a million input tokens"),
    "FEELPRINT_PRICE_OUT": mark("US dollars for a million output tokens"),
    "FEELPRINT_USD_PER_DAY": mark("US dollars that all members together may cost a day"),
    "FEELPRINT_MEMBER_USD_PER_DAY": mark("US dollars that one member may cost a day"),
    "FEELPRINT_CALL_SECONDS": mark("seconds that one model call may take, 5 to 600"),
    "FEELPRINT_CONCURRENCY": mark("how many model calls may run at once, 1 to 64"),
    "FEELPRINT_DATABASE": mark("a file path, or an address that begins with postgresql+psycopg://"),
    "FEELPRINT_STATE_DIR": mark("a folder for the bot's own small notes"),
    "FEELPRINT_MODE": mark("rules or paper"),
    "FEELPRINT_PRESET": mark("eco, normal, strict or thorough"),
    "FEELPRINT_QUIET_SECONDS": mark("seconds without new reactions before tuning begins"),
    "FEELPRINT_FEEL_PER_MINUTE": mark("how often one person may ask in a minute, 1 to 120"),
    "FEELPRINT_MESSAGE_CONTENT": mark("true or false"),
    "FEELPRINT_SHARDS": mark("a whole number of shards; unset: Discord's advice"),
    "FEELPRINT_IMAGE_WORKERS": mark("how many picture workers to run, 1 to 16"),
    "FEELPRINT_CATCHUP_CALLS": mark("how many requests a catch-up may make; 0 switches it off"),
    "FEELPRINT_CONTACT": mark("how members reach whoever runs the bot"),
    "FEELPRINT_LOG_LEVEL": mark("debug, info, warning or error"),
    "FEELPRINT_LOG_JSON": mark("true or false"),
}
