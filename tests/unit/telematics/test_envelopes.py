"""What a delivery holds: any bytes at all are read as events or refused, never anything else."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.telematics.envelopes import read
from dot_copilot.features.telematics.errors import DeliveryUnreadable
from dot_copilot.features.telematics.providers import Provider

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
_MEMBERS = st.sampled_from(["eventId", "eventTime", "action", "id", "x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["eventId", "action", "id", "x"]), inner, max_size=4)
    ),
)


@given(st.sampled_from(Provider), st.binary(max_size=60) | _JSON.map(msgspec.json.encode))
def test_any_bytes_are_events_or_unreadable(provider: Provider, raw: bytes) -> None:
    try:
        delivery = read(provider, raw, NOW)
    except DeliveryUnreadable:
        return
    assert delivery.events
    assert all(0 < len(event.source_id) <= 200 and len(event.type) <= 100 for event in delivery.events)
    assert read(provider, raw, NOW) == delivery, "the same bytes have the same ids"


def test_samsaras_own_id_and_time_count() -> None:
    raw = b'{"eventId":"e1","eventTime":"2026-11-20T10:00:00.5-06:00","eventType":"AlertIncident","data":{}}'
    (event,) = read(Provider.SAMSARA, raw, NOW).events
    assert (event.source_id, event.type, event.at) == ("e1", "AlertIncident", datetime(2026, 11, 20, 16, 0, 0, 500_000, UTC))


def test_a_time_without_an_offset_is_utc() -> None:
    (event,) = read(Provider.SAMSARA, b'{"eventId":"e1","eventTime":"2026-11-20T10:00:00"}', NOW).events
    assert event.at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_webhooks_1_0_say_milliseconds() -> None:
    (event,) = read(Provider.SAMSARA, b'{"eventId":"e1","eventMs":1587597109477,"eventType":"Alert","event":{}}', NOW).events
    assert event.at == datetime(2020, 4, 22, 23, 11, 49, 477_000, UTC)


@pytest.mark.parametrize(
    ("element", "source_id"),
    [
        ({"action": "speeding_event_created", "id": 5, "x": 1}, "speeding_event_created:5"),
        ({"action": "speeding_event_created", "id": "5"}, "speeding_event_created:5"),
    ],
)
def test_what_motive_creates_is_known_by_action_and_id(element: dict[str, object], source_id: str) -> None:
    (event,) = read(Provider.MOTIVE, msgspec.json.encode(element), NOW).events
    assert event.source_id == source_id


def test_what_motive_updates_is_known_by_its_content_too_whatever_the_order_of_its_members() -> None:
    bodies = [
        b'{"action":"user_upserted","id":5,"name":"A"}',
        b'{"name":"A","id":5,"action":"user_upserted"}',
        b'{"action":"user_upserted","id":5,"name":"B"}',
    ]
    first, same, other = (read(Provider.MOTIVE, body, NOW).events[0].source_id for body in bodies)
    assert first == same
    assert first != other
    assert first.startswith("user_upserted:5:")


def test_a_list_has_its_events_in_order_and_says_whether_there_is_more_to_it() -> None:
    one = {"action": "speeding_event_created", "id": 1}
    assert not read(Provider.MOTIVE, msgspec.json.encode([one]), NOW).rest
    delivery = read(Provider.MOTIVE, msgspec.json.encode([one, "odd", {**one, "id": 2}, {"id": 3}]), NOW)
    assert [event.source_id[-1] for event in delivery.events] == ["1", "2"]
    assert delivery.rest
