"""One sentence for each reason why something does not work; what stands in braces are the error's details.

A test walks over all reasons that exist, so none is without its sentence.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.errors import (
    Absence,
    DemoProblem,
    DiscordProblem,
    LookupProblem,
    ResearchProblem,
    SettingFault,
    SettingsProblem,
)
from bot.words.language import mark
from core.evaluate.refusals import DatasetProblem, PlanProblem, RowProblem
from core.vocabulary.calls import Failure
from core.vocabulary.errors import FileKind, ImageProblem, LabelSetProblem, ModelProblem, StorageProblem

SENTENCES: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ImageProblem: {
        ImageProblem.EMPTY: mark("This file is empty; please send the picture again."),
        ImageProblem.BROKEN: mark("This picture is broken or only half there; please send it again."),
        ImageProblem.TOO_LARGE: mark("This picture is too large for me; please send a smaller one."),
        ImageProblem.UNSUPPORTED: mark(
            "I can read JPEG, PNG, GIF, WebP and AVIF pictures; this is {kind}. Please send it as one of those."
        ),
        ImageProblem.SLOW: mark("This picture took too long to read; please send a smaller or simpler one."),
        ImageProblem.UNREADABLE: mark("This picture could not be read; please send another one."),
        ImageProblem.CLOSING: mark("I am just restarting; please send the picture again in a minute."),
        ImageProblem.ELSEWHERE: mark(
            "I only open pictures that are uploaded to Discord. Please upload it and try again."
        ),
        ImageProblem.LATE: mark("Discord took too long to hand me that picture. Please try again."),
        ImageProblem.NOT_FETCHED: mark("I could not get that picture from Discord. Please try again."),
        ImageProblem.GONE: mark("That picture is no longer there."),
        ImageProblem.TOO_BIG: mark("That picture is too big for me: {limit} MB is the most I can take."),
        ImageProblem.BUSY: mark("I am looking at too many pictures already; please try again in a minute."),
        ImageProblem.NO_FILE: mark("The file cannot be read."),
    },
    LabelSetProblem: {
        LabelSetProblem.COUNT: mark("A label set has 2 to 150 emotions."),
        LabelSetProblem.SERVER_COUNT: mark("A server has 2 to 24 emotions: Discord has no room for more."),
        LabelSetProblem.NOT_A_WORD: mark("Not a short plain word: {names}."),
        LabelSetProblem.SAME_EMOTION: mark("The same emotion stands twice."),
        LabelSetProblem.SAME_EMOJI: mark("The same emoji stands twice."),
        LabelSetProblem.NOT_AN_EMOJI: mark("Please write one emotion a line: a name, a space, then one emoji."),
        LabelSetProblem.UNKNOWN: mark("These labels belong to a set of emotions that is no longer known."),
    },
    StorageProblem: {
        StorageProblem.FULL: mark(
            "The disk of the database is full: nothing that was stored is lost, but nothing new can be stored "
            "until there is room."
        ),
        StorageProblem.READ_ONLY: mark(
            "The database {where} is read-only; its file and folder must be writable for Feelprint."
        ),
        StorageProblem.LOCKED: mark(
            "The database {where} is locked by another program; close that one and try again."
        ),
        StorageProblem.DAMAGED: mark(
            "The file {where} is damaged or no database; `feelprint restore` puts a backup in its place."
        ),
        StorageProblem.RESTORABLE: mark(
            "The file {where} is damaged or no database. The newest good copy beside it is {why}: "
            "`feelprint restore {why}` puts it in its place, and keeps the damaged file."
        ),
        StorageProblem.DANGLING: mark(
            "The database {where} is damaged: rows point nowhere. `feelprint restore` puts a backup in its place."
        ),
        StorageProblem.NOT_OPENED: mark(
            "The database {where} cannot be opened; see whether it is there and may be read."
        ),
        StorageProblem.DISK: mark(
            "The disk of the database {where} fails or is full; make room and try again. Nothing that was stored "
            "before is touched."
        ),
        StorageProblem.AWAY: mark(
            "The database {where} cannot be reached; see whether it runs and its address is right."
        ),
        StorageProblem.SLOW: mark(
            "The database {where} did not answer in time; see whether it hangs or is overloaded."
        ),
        StorageProblem.CROWDED: mark(
            "The database {where} has no connection left for Feelprint, which uses up to nine; see "
            "max_connections and the limits of its role and database."
        ),
        StorageProblem.EXHAUSTED: mark("The database {where} has run out of memory or another of its limits."),
        StorageProblem.FAULTY: mark("The database {where} reports a fault of its own ({kind}); see its log."),
        StorageProblem.SERVER_READ_ONLY: mark(
            "The database {where} lets nothing be written: it is a standby, or default_transaction_read_only is "
            "on. Nothing was changed."
        ),
        StorageProblem.NOT_LET_IN: mark(
            "The database {where} does not let Feelprint in; see whether the user and the password in its address "
            "are right, and whether pg_hba.conf lets them in from here."
        ),
        StorageProblem.NO_DATABASE: mark(
            "The server of the database {where} has no database of that name, or does not open it; createdb makes "
            "one."
        ),
        StorageProblem.RIGHTS: mark("In the database {where}, Feelprint's role lacks a right: {lacks}."),
        StorageProblem.ENCODING: mark(
            "The database {where} holds {kind}, in which not every letter can be written; make one with "
            "createdb --encoding=UTF8 --template=template0."
        ),
        StorageProblem.REFUSED: mark("The database {where} refused a request ({kind})."),
        StorageProblem.FOR_READING: mark("The database was opened for reading only."),
        StorageProblem.CLOSED: mark("Feelprint is stopping; its database is closed already."),
        StorageProblem.NO_LOG: mark("The folder of {where} cannot hold a write-ahead log; is it a network drive?"),
        StorageProblem.NOT_MADE: mark("The database {where} cannot be created or opened: {why}."),
        StorageProblem.FOLDER: mark("The folder of the database {where} cannot be written: {why}."),
        StorageProblem.IN_USE: mark(
            "The database {where} is in use by another Feelprint; stop that one first, or give this one a "
            "database of its own."
        ),
        StorageProblem.TWIN: mark(
            "Another Feelprint runs with this token on the database {where}, perhaps with only some of these "
            "shards; stop that one first, or both would answer the same."
        ),
        StorageProblem.NO_COPY: mark("The copy {where} cannot be made: {why}."),
        StorageProblem.NOT_OURS_TO_COPY: mark(
            "A PostgreSQL database is copied with its own tools. There: `pg_dump --format=custom "
            "--file=feelprint.dump {kind}`; and back, while no bot runs: `pg_restore --clean --if-exists "
            "--no-owner {kind} feelprint.dump`."
        ),
        StorageProblem.NO_SUCH_COPY: mark("There is no file {where} to restore."),
        StorageProblem.NO_GOOD_COPY: mark(
            "The file {where} is damaged, or no copy of Feelprint's database; choose another one. Nothing was "
            "changed."
        ),
        StorageProblem.HALF_MOVED: mark(
            "The database {where} holds only a part of what is being moved into it; the same `feelprint move` "
            "again goes on where it stopped."
        ),
        StorageProblem.NOT_EMPTY: mark(
            "The database {where} holds something already ({kind}); move into an empty one. Nothing was changed."
        ),
        StorageProblem.DIFFERS: mark(
            "What was moved to {where} differs from what was to be moved; no bot starts on it. What was to be "
            "moved is unchanged: `feelprint move` again, into an empty database."
        ),
        StorageProblem.OLDER: mark(
            "The database {where} is empty, or older than this Feelprint; `feelprint run` brings it up to date."
        ),
        StorageProblem.NEWER: mark(
            "The database {where} was made by a newer Feelprint; install that one again, or restore a backup "
            "from before. Nothing was changed."
        ),
        StorageProblem.FOREIGN: mark(
            "The database {where} holds something else; give Feelprint a database of its own."
        ),
        StorageProblem.ADDRESS: mark("The database address cannot be understood; see FEELPRINT_DATABASE."),
        StorageProblem.UNQUOTED: mark(
            "The database address holds more than one @; in a user's name or a password it is written %40, as "
            "/ is %2F, : %3A, # %23, ? %3F and % %25."
        ),
        StorageProblem.NOT_A_URL: mark(
            "The database address reads like one of PostgreSQL; please write it as "
            "postgresql+psycopg://user:password@host/name. Nothing was created."
        ),
        StorageProblem.UNKNOWN_KIND: mark(
            "Feelprint keeps its data in an SQLite file or in PostgreSQL (postgresql+psycopg://...), not in "
            "{kind}."
        ),
        StorageProblem.NO_FILE: mark("The database needs a file: a path such as data/feelprint.db."),
    },
    ModelProblem: {
        ModelProblem.BLIND: mark(
            "The model “{model}” does not see pictures; set {variable} to one that does, such as gpt-4.1-mini."
        ),
        ModelProblem.WRONG_KEY: mark(
            "The server {host} does not accept the key; set OPENAI_API_KEY to a valid one.{said}"
        ),
        ModelProblem.NOT_AN_API: mark(
            "The address {url} answers, but not as a model's server does; set OPENAI_BASE_URL as its documents "
            "say (often it ends in /v1)."
        ),
        ModelProblem.LATE: mark(
            "The server {host} did not answer within {seconds} seconds; a local model may still be loading: try "
            "again, or raise FEELPRINT_CALL_SECONDS."
        ),
        ModelProblem.CAPPED: mark(
            "The day's spending cap is reached, so the model was not asked; raise the cap or wait."
        ),
        ModelProblem.NO_CREDIT: mark(
            "The credit or budget at {host} is used up; raise it at the provider or gateway and start again.{said}"
        ),
        ModelProblem.NO_SUCH_MODEL: mark(
            "The server {host} has no model “{model}”; set {variable} to one of its models, and check that "
            "OPENAI_BASE_URL ends as its documents say (often in /v1).{said}"
        ),
        ModelProblem.UNREACHABLE: mark(
            "The server {host} cannot be reached; check OPENAI_BASE_URL and the network, then try again.{said}"
        ),
        ModelProblem.TROUBLED: mark(
            "The server {host} is there, but has trouble of its own; try again later, or ask its provider.{said}"
        ),
        ModelProblem.TOO_FAST: mark(
            "The server {host} is asked too fast for its limits; wait a little, or lower "
            "FEELPRINT_CONCURRENCY.{said}"
        ),
        ModelProblem.REJECTED: mark(
            "The server {host} does not take our requests for the model “{model}”; set {variable} to another "
            "one.{said}"
        ),
        ModelProblem.TOO_LARGE: mark(
            "The server {host}, or a proxy in front of it, takes no request as large as one picture; raise its "
            "limit (nginx: client_max_body_size).{said}"
        ),
        ModelProblem.NO_ANSWERS: mark("There was no answer at all for {what}.{said}"),
        ModelProblem.UNWILLING: mark(
            "The model “{model}” refuses to look at a plain picture; set {variable} to another one."
        ),
        ModelProblem.ENDLESS: mark(
            "The model “{model}” does not finish an answer of one word; set {variable} to another one."
        ),
        ModelProblem.FORMLESS: mark(
            "The model “{model}” does not answer in the form asked for; set {variable} to another one.{said}"
        ),
        ModelProblem.NOT_STARTED: mark("The offline model could not be started."),
        ModelProblem.INTERRUPTED: mark(
            "{interrupted}{said} Run the same command again later: what was answered is kept and not paid twice."
        ),
    },
    DatasetProblem: {
        DatasetProblem.NO_TABLE: mark(
            "There is no {table} in {folder}; a dataset is a folder with {images}/ and {table}."
        ),
        DatasetProblem.NO_IMAGES: mark("There is no {images}/ folder in {folder}."),
        DatasetProblem.NOT_A_TABLE: mark("{table} is not a table in UTF-8."),
        DatasetProblem.NO_COLUMN: mark("{table} lacks {columns}."),
        DatasetProblem.BAD_ROW: "{row}",
        DatasetProblem.NO_ROW: mark("{table} has no usable row."),
        DatasetProblem.NO_LABEL_SET: mark("The emotions do not make a label set: {label_set}"),
        DatasetProblem.SIZES: mark("--train takes whole numbers divided by commas, for example 16,32."),
        DatasetProblem.TOO_SMALL: mark("--train, --test and --max-calls are at least 1."),
        DatasetProblem.TOO_FEW: mark(
            "Nobody has {needed} labels to learn from and others to test on; the most is {most}. Choose a smaller "
            "--train, or add labels. Nothing was asked."
        ),
        DatasetProblem.NO_USER: mark("The dataset has no user {names}."),
    },
    RowProblem: {
        RowProblem.EMPTY: mark("{names} is empty"),
        RowProblem.OUTSIDE: mark("image {value!r} lies outside the folder of images"),
        RowProblem.NO_IMAGE: mark("image {value!r} does not exist"),
        RowProblem.EMOTION: mark("emotion {value!r} is not in emotions.txt"),
        RowProblem.SPLIT: mark("split {value!r} is neither train nor test"),
        RowProblem.WEIGHT: mark("weight {value!r} is not a positive number"),
        RowProblem.SCORE: mark("score {value!r} is not a number"),
        RowProblem.TIME: mark("time {value!r} is neither a number nor a date"),
    },
    PlanProblem: {
        PlanProblem.NO_METHOD: mark("There is no method {names}; choose from {known}."),
        PlanProblem.NOT_INSTALLED: mark(
            "{names} needs a package of its own: make peers, or pip install --no-deps --require-hashes -r "
            "requirements-peers.lock."
        ),
        PlanProblem.ONLY_LIVED: mark("{names} chooses the next label, so it needs --replay."),
    },
    SettingsProblem: {
        SettingsProblem.NO_TOKEN: mark(
            "There is no DISCORD_TOKEN. Put the token of your bot into .env (see .env.example), or try "
            "`feelprint demo`, which needs none."
        ),
        SettingsProblem.UNREADABLE: mark("The settings file {path} cannot be read: {why}."),
        SettingsProblem.NOT_TEXT: mark("The settings file {path} cannot be read: it is not UTF-8 text."),
        SettingsProblem.WRONG: "{wrong}",
        SettingsProblem.HEALTH: mark("FEELPRINT_HEALTH: the address {path} cannot be used here: {why}."),
        SettingsProblem.NO_HEALTH: mark("FEELPRINT_HEALTH is not set, so a running bot does not tell its health."),
        SettingsProblem.SHARDS: mark(
            "--shards takes a first and a last shard, and how many there are in all, such as 0-3/16; “{path}” is "
            "none."
        ),
        SettingsProblem.NOT_SHARED: mark(
            "Several processes need a database that they can share: set FEELPRINT_DATABASE to PostgreSQL "
            "(docs/postgresql.md). Over a file, `feelprint run` alone does everything."
        ),
    },
    SettingFault: {
        SettingFault.VALUE: mark("{name} is “{value}”, which does not work: it takes {takes}."),
        SettingFault.SECRET: mark("{name}: it takes {takes}."),
        SettingFault.CHARACTER: mark(
            "{name} holds a character that no request can carry, such as a curly quote; copy it once more."
        ),
        SettingFault.UNKNOWN: mark("{name} is not a setting."),
        SettingFault.MISSPELT: mark("{name} is not a setting; did you mean {meant}?"),
        SettingFault.LINE: mark("{name}, line {value}: this is neither NAME=value nor a comment (#)."),
    },
    DiscordProblem: {
        DiscordProblem.WRONG_TOKEN: mark(
            "Discord does not accept the token. Copy a fresh one from the developer portal into DISCORD_TOKEN."
        ),
        DiscordProblem.FORBIDDEN: mark(
            "Discord refuses this bot what every start needs (code {code}). Look at the application in the "
            "developer portal: perhaps it was disabled, or this token is another one's."
        ),
        DiscordProblem.SHARDS: mark(
            "Discord does not take these shards (code {code}). Leave FEELPRINT_SHARDS unset, or where --shards "
            "says them, raise how many there are in all."
        ),
        DiscordProblem.CLOSED: mark(
            "Discord closed the connection for good (code {code}). A newer Feelprint may be what it wants."
        ),
    },
    Absence: {
        Absence.UNREACHABLE: mark("Discord cannot be reached. Check this machine's connection and try again."),
    },
    LookupProblem: {
        LookupProblem.NO_RUN: mark("No tuning run is stored for this member."),
        LookupProblem.NOBODY: mark(
            "Nothing is stored about a member of this id, so nothing was erased; is it whole?"
        ),
    },
    ResearchProblem: {
        ResearchProblem.TOO_FEW: mark(
            "Fewer than {fewest} members with the same emotions have said yes to research (`/privacy`): so few "
            "could be recognised, and nothing is written."
        ),
        ResearchProblem.NO_FILE: mark("{path} cannot be written as a new file: {why}."),
    },
    DemoProblem: {
        DemoProblem.NO_EXTRA: mark("The demo needs its extra: pip install 'feelprint[demo]', or `make demo`."),
        DemoProblem.NO_SETUP: mark("The bot did not answer /setup."),
        DemoProblem.NO_INVITATION: mark("The bot did not post its invitation."),
        DemoProblem.SLOW: mark("Tuning took too long; please start the demo again on a quieter machine."),
        DemoProblem.NO_ANSWER: mark("The model stopped answering; please start the demo again."),
        DemoProblem.NO_REPORT: mark("The report cannot be written to {path}: {why}. --out chooses a folder."),
        DemoProblem.PORT: mark("Port {port} cannot be used here; --port 0 takes any free one."),
    },
}

FILE_KINDS: Mapping[FileKind, str] = {
    FileKind.HEIC: mark("an HEIC picture"),
    FileKind.AVIF: mark("an AVIF picture"),
    FileKind.VIDEO: mark("a video"),
    FileKind.RAW: mark("a camera's raw file"),
    FileKind.JPEG_XL: mark("a JPEG XL picture"),
    FileKind.JPEG_2000: mark("a JPEG 2000 picture"),
    FileKind.PDF: mark("a PDF document"),
    FileKind.TIFF: mark("a TIFF picture"),
    FileKind.BMP: mark("a BMP picture"),
    FileKind.PHOTOSHOP: mark("a Photoshop file"),
    FileKind.SVG: mark("an SVG drawing"),
    FileKind.OTHER: mark("something else"),
}

_NOT_REACHED = mark("The model does not answer.")
INTERRUPTED: Mapping[Failure, str] = dict.fromkeys(Failure, _NOT_REACHED) | {
    Failure.RATE_LIMITED: mark("The model is asked faster than it allows."),
    Failure.QUOTA: mark("The provider says that the credit is used up."),
    Failure.AUTH: mark("The provider refuses the key or does not know the model."),
    Failure.BUDGET: mark("The spending cap in the settings is reached."),
}
"""What ended an evaluation that had begun well."""
