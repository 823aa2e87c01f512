"""The one place where a reason becomes a sentence: what went wrong, in the language that is spoken."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import DemoError, DiscordRefused, ResearchError, SettingsError, WrongSetting
from bot.words.amounts import in_a_row, number
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.problem_texts import FILE_KINDS, INTERRUPTED, SENTENCES
from bot.words.setting_values import TAKES
from core.evaluate.refusals import BadRow, DatasetError, PlanError
from core.vocabulary.errors import (
    FeelprintError,
    ImageError,
    LabelSetError,
    ModelError,
    StorageError,
    StorageProblem,
)
from core.vocabulary.mood import FEWEST


def sentence(error: FeelprintError) -> str:
    """What a person reads about an error: one sentence, or for settings one a line."""
    return _(SENTENCES[type(error.reason)][error.reason]).format(**_details(error))


def for_member(error: FeelprintError) -> str:
    """The same for somebody who only uses the bot: of a database they read what that means for them, no place.

    Of a full disk they may read all, as no place stands in it.
    """
    if not isinstance(error, StorageError) or error.reason is StorageProblem.FULL:
        return sentence(error)
    if error.passes or error.reason is StorageProblem.CLOSED:
        return _("I cannot reach my memory just now; what I know is safe there. Please try again in a minute.")
    return _("My memory refuses me; only whoever runs me can mend that. Nothing that was stored is lost.")


def bad_row(row: BadRow, table: str) -> str:
    """Why a row of a dataset's table is not used, with its line."""
    why = _(SENTENCES[type(row.reason)][row.reason]).format(value=row.value, names=", ".join(row.names))
    return _("{table}, line {line}: {why}").format(table=table, line=row.line, why=why)


def _details(error: FeelprintError) -> Mapping[str, Any]:
    """What may stand in braces in the sentences of an error."""
    match error:
        case ImageError():
            return {"kind": _(FILE_KINDS[error.kind]), "limit": error.limit_mb}
        case LabelSetError():
            return {"names": in_a_row(error.names)}
        case StorageError():
            return {"where": error.where, "why": _why(error.why), "kind": error.kind, "lacks": error.kind or "…"}
        case ModelError():
            return _of_model(error)
        case DatasetError():
            return _of_dataset(error)
        case _:
            return _of_others(error)


def _of_others(error: FeelprintError) -> Mapping[str, Any]:
    match error:
        case PlanError():
            return {"names": ", ".join(error.names), "known": ", ".join(error.known)}
        case SettingsError():
            wrong = "\n".join(_wrong_setting(setting) for setting in error.wrong)
            return {"path": error.path, "why": _why(error.why), "wrong": wrong}
        case DiscordRefused():
            return {"code": error.code}
        case ResearchError():
            return {"path": error.path, "why": _why(error.why), "fewest": FEWEST}
        case DemoError():
            return {"path": error.path, "why": _why(error.why), "port": error.port}
        case _:
            return {}


def _of_model(error: ModelError) -> Mapping[str, Any]:
    said = " " + _("What it said: “{said}”").format(said=error.said) if error.said else ""
    return {
        "model": error.model,
        "what": error.what,
        "variable": error.variable,
        "url": error.url,
        "host": error.host,
        "seconds": number(error.seconds),
        "said": said,
        "interrupted": _(INTERRUPTED[error.failure]),
    }


def _of_dataset(error: DatasetError) -> Mapping[str, Any]:
    return {
        "folder": error.folder,
        "table": error.table,
        "images": error.images,
        "names": ", ".join(error.names),
        "columns": _columns(error.names),
        "needed": error.needed,
        "most": error.most,
        "row": bad_row(error.row, error.table) if error.row else "",
        "label_set": sentence(error.label_set) if error.label_set else "",
    }


def _columns(names: Sequence[str]) -> str:
    return ngettext("the column {names}", "the columns {names}", len(names)).format(names=", ".join(names))


def _wrong_setting(setting: WrongSetting) -> str:
    takes = TAKES.get(setting.name)
    return _(SENTENCES[type(setting.fault)][setting.fault]).format(
        name=setting.name, value=setting.value, meant=setting.meant, takes=_(takes) if takes else ""
    )


def _why(said: str) -> str:
    """The system's own words, which are in the language of the machine."""
    return said or _("unknown reason")
