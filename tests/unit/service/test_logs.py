from service.logs import without_secrets


def test_a_secret_never_reaches_the_log() -> None:
    event = without_secrets(
        None, "info", {"event": "relay", "relay_password": "s3cret", "reply_token": "abc", "host": "relay"}
    )
    assert event == {"event": "relay", "relay_password": "***", "reply_token": "***", "host": "relay"}
