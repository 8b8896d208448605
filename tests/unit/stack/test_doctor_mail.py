"""What `dot-copilot doctor` says of mail."""

from __future__ import annotations

import pytest

from dot_copilot.stack import doctor


def test_without_settings_mails_are_files_and_it_says_what_sends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOT_MAIL", raising=False)
    finding = doctor._mail()
    assert finding.ok
    assert "files below the home" in finding.found
    assert "DOT_MAIL=smtp" in finding.found


@pytest.mark.parametrize(("tls", "ok"), [("starttls", True), ("implicit", True), ("none", False)])
def test_a_password_without_tls_is_what_to_mend(monkeypatch: pytest.MonkeyPatch, tls: str, ok: bool) -> None:
    settings = {"DOT_MAIL": "smtp", "DOT_SMTP_HOST": "smtp.example.com", "DOT_SMTP_USER": "fleet", "DOT_SMTP_TLS": tls}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    finding = doctor._mail()
    assert finding.ok is ok
    assert "smtp.example.com:587, as fleet" in finding.found
    assert bool(finding.remedy) is not ok
