"""What authenticators send, checked (WebAuthn level 3): a new passkey, and an answer to a challenge."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from dot_copilot.core.settings import Settings
from dot_copilot.features.identity import challenges
from dot_copilot.features.identity.errors import PasskeyWrong
from dot_copilot.features.identity.passkey_schemas import PasskeyAssertion, PasskeyAttestation

ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
WRONG = "Try once more. If it goes on, sign in with your password and add the passkey anew. Nothing was changed."
# What bytes that are no such thing make the reader of them say.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def text(value: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def raw(value: str) -> bytes:
    """The bytes of base64url; `PasskeyWrong` if it is none."""
    try:
        return base64url_to_bytes(value)
    except ValueError:
        raise PasskeyWrong(WRONG) from None


def challenge_of(client_data_json: str) -> bytes:
    """The challenge that was answered; whether it is one of ours is for the caller to check."""
    try:
        client_data = parse_client_data_json(raw(client_data_json))
    except _UNREADABLE:
        raise PasskeyWrong(WRONG) from None
    if client_data.cross_origin:  # in another site's frame
        raise PasskeyWrong(WRONG)
    return client_data.challenge


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is kept of a new passkey: its id, the public key (COSE), and the counter of its uses."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def read_attestation(settings: Settings, body: PasskeyAttestation, challenge: bytes) -> NewKey:
    """The new key; `PasskeyWrong` unless it was made for this challenge, at our pages, by a person who was verified."""
    try:
        made = verify_registration_response(
            credential=RegistrationCredential(
                body.credential_id,
                raw(body.credential_id),
                AuthenticatorAttestationResponse(raw(body.client_data_json), raw(body.attestation_object)),
            ),
            expected_challenge=challenge,
            expected_rp_id=challenges.rp_id(settings),
            expected_origin=challenges.origins(settings),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except _UNREADABLE:
        raise PasskeyWrong("The new passkey could not be checked. Try once more. Nothing was changed.") from None
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def read_assertion(settings: Settings, body: PasskeyAssertion, challenge: bytes, public_key: bytes, user_id: UUID) -> int:
    """The authenticator's counter; `PasskeyWrong` unless the answer is signed, for this challenge, at our pages, by this person.

    The counter is the caller's to judge: only after the signature is known to be good does it say anything.
    """
    if body.user_handle is not None and raw(body.user_handle) != user_id.bytes:
        raise PasskeyWrong(WRONG)
    try:
        checked = verify_authentication_response(
            credential=AuthenticationCredential(
                body.credential_id,
                raw(body.credential_id),
                AuthenticatorAssertionResponse(raw(body.client_data_json), raw(body.authenticator_data), raw(body.signature)),
            ),
            expected_challenge=challenge,
            expected_rp_id=challenges.rp_id(settings),
            expected_origin=challenges.origins(settings),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE:
        raise PasskeyWrong(WRONG) from None
    return checked.new_sign_count
