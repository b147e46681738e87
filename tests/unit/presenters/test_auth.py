"""Sign-in attempts are counted by network."""

import pytest

from service.desk.presenters.auth import client_network


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_count_as_one(address: str, expected: str) -> None:
    assert client_network(address) == expected
