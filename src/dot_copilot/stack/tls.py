"""TLS without anybody's help: a certificate authority of the home's own, and the certificate nginx shows.

The authority is made once and may sign for nothing but the names it was made for (RFC 5280, 4.2.1.10): whoever trusts it
trusts it for this machine, not for the web. The certificate is renewed long before it runs out.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home, write_private

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
"""How a machine calls itself."""
AUTHORITY_DAYS, CERTIFICATE_DAYS, RENEW_DAYS = 3650, 90, 30
"""How long they are good for, and how long before its end a certificate is replaced."""
_EARLY = timedelta(hours=1)
"""Certificates begin before now, for clocks that are behind."""
_LOOK_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files in `directory`, for servers called `names` (host names and IP addresses)."""

    directory: Path
    names: tuple[str, ...] = LOCAL_NAMES

    @property
    def authority(self) -> Path:
        """The authority's certificate: what people add to what they trust."""
        return self.directory / "ca.pem"

    @property
    def authority_key(self) -> Path:
        """What signs; nobody else may read it."""
        return self.directory / "ca.key"

    @property
    def certificate(self) -> Path:
        """What nginx shows."""
        return self.directory / "server.pem"

    @property
    def key(self) -> Path:
        """What nginx proves itself with."""
        return self.directory / "server.key"

    def ensure(self, now: datetime | None = None) -> bool:
        """Make what is missing, broken or near its end; whether the server's certificate is a new one.

        Raises StackError when the authority was made for other names.
        """
        now = now or datetime.now(UTC)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ca = _load(self.authority, self.authority_key)
        if ca is None or _left(ca[0], now) < timedelta(days=CERTIFICATE_DAYS):
            ca = _authority(self.names, now)
            self._write(self.authority_key, self.authority, ca)
        missing = set(self.names) - _permitted(ca[0])
        if missing:
            raise StackError(
                f"the certificate authority in {self.directory} may not sign for {', '.join(sorted(missing))}; "
                "remove that directory to have another one made, and trust that"
            )
        server = _load(self.certificate, self.key)
        if server is not None and self._good(server[0], ca[0], now):
            return False
        self._write(self.key, self.certificate, _server(self.names, ca, now))
        return True

    def _good(self, server: x509.Certificate, ca: x509.Certificate, now: datetime) -> bool:
        if _left(server, now) < timedelta(days=RENEW_DAYS) or server.not_valid_before_utc > now:
            return False
        try:
            server.verify_directly_issued_by(ca)
        except Exception:  # noqa: BLE001 - of another authority, however that shows
            return False
        return set(self.names) <= _alternative_names(server)

    @staticmethod
    def _write(key_file: Path, file: Path, pair: tuple[x509.Certificate, EllipticCurvePrivateKey]) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        certificate, key = pair
        write_private(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        write_private(file, certificate.public_bytes(Encoding.PEM), 0o644)

    def expirations(self) -> Mapping[str, float]:
        """When each certificate runs out, in seconds since 1970, by what it is: {"authority": ..., "server": ...}."""
        files = {"authority": self.authority, "server": self.certificate}
        present = {name: path for name, path in files.items() if path.exists()}
        if not present:
            return {}
        from cryptography import x509

        found = {}
        for name, path in present.items():
            with suppress(OSError, ValueError):
                found[name] = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
        return found

    def advice(self) -> list[str]:
        """How to make browsers and programs trust the authority, for people to read."""
        return [
            f"Its certificate is signed by this home's own authority, which may sign for {', '.join(self.names)} only.",
            f"To trust it, add {self.authority} to the authorities of your browser or system:",
            f"  Debian, Ubuntu  sudo cp {self.authority} /usr/local/share/ca-certificates/dot-copilot.crt"
            " && sudo update-ca-certificates",
            "  Chrome          Settings > Privacy and security > Security > Manage certificates > Authorities > Import",
            "  Firefox         Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import",
            f"  assistants      NODE_EXTRA_CA_CERTS={self.authority} (Node.js), SSL_CERT_FILE={self.authority} (Python)",
        ]


def of(home: Home) -> Certificates:
    """The certificates of a home."""
    return Certificates(home.root / "tls")


async def keep_fresh(certificates: Certificates, renewed: Callable[[], None], every_s: float = _LOOK_EVERY_S) -> None:
    """For ever: look at the certificate now and then, and call `renewed` when there is a new one."""
    while True:
        await asyncio.sleep(every_s)
        # A full disk must not end the watch; there are days left to try again.
        with suppress(OSError, StackError):
            if await asyncio.to_thread(certificates.ensure):
                renewed()


def _load(file: Path, key_file: Path) -> tuple[x509.Certificate, EllipticCurvePrivateKey] | None:
    """A certificate and its key, or None if they are not there, not readable, or not each other's."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return None
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        return None
    return certificate, key


def _left(certificate: x509.Certificate, now: datetime) -> timedelta:
    return certificate.not_valid_after_utc - now


def _authority(names: tuple[str, ...], now: datetime) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    # The day tells two of them apart in a browser's list.
    title = f"DOT-Copilot local authority, {now.date().isoformat()}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    permitted: list[x509.GeneralName] = []
    for each in names:
        address = _address(each)
        permitted.append(x509.DNSName(each) if address is None else x509.IPAddress(ipaddress.ip_network(address)))
    builder = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _server(
    names: tuple[str, ...], authority: tuple[x509.Certificate, EllipticCurvePrivateKey], now: datetime
) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    ca, ca_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DOT-Copilot on this machine")])
    alternatives: list[x509.GeneralName] = []
    for each in names:
        address = _address(each)
        alternatives.append(x509.DNSName(each) if address is None else x509.IPAddress(address))
    builder = (
        _builder(subject, ca.subject, key, now, CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    return builder.sign(ca_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    from cryptography import x509

    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - _EARLY, now + timedelta(days=days)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _permitted(authority: x509.Certificate) -> set[str]:
    """The names an authority may sign for, as they were given."""
    from cryptography import x509

    with suppress(x509.ExtensionNotFound):
        subtrees = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        return {_text(each.value) for each in subtrees}
    return set()


def _alternative_names(certificate: x509.Certificate) -> set[str]:
    from cryptography import x509

    with suppress(x509.ExtensionNotFound):
        return {_text(one.value) for one in certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value}
    return set()


def _text(value: object) -> str:
    """A name, or an address without the length of its network."""
    return str(value).partition("/")[0]
