import pytest

from service.ports import address_of, open_socket
from storage.errors import Unavailable


def test_a_taken_port_moves_to_the_next_free_one_where_it_may() -> None:
    taken = open_socket("127.0.0.1:0", "[smtp] listen", may_move=False)
    moved = open_socket(address_of(taken), "[smtp] listen", may_move=True)
    try:
        assert address_of(moved) != address_of(taken)
    finally:
        taken.close()
        moved.close()


def test_a_taken_port_that_was_asked_for_is_refused_with_the_settings_name() -> None:
    taken = open_socket("127.0.0.1:0", "[smtp] listen", may_move=False)
    try:
        with pytest.raises(Unavailable, match=r"set \[smtp\] listen to a free address"):
            open_socket(address_of(taken), "[smtp] listen", may_move=False)
    finally:
        taken.close()
