"""Loading spares the collector what stays, and leaves it at work."""

import gc

import pytest

from bot.operations.beginning import loading


def test_nothing_is_collected_while_loading_and_all_of_it_is_spared_from_then_on():
    try:
        with loading():
            assert not gc.isenabled()
            stays = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= len(stays)
    finally:
        gc.unfreeze()


def test_what_cannot_be_loaded_leaves_the_collector_at_work():
    try:
        with pytest.raises(ImportError), loading():
            raise ImportError
        assert gc.isenabled()
    finally:
        gc.unfreeze()
