"""Certificates in PEM form: those of a file, or what the file contains in their place."""

from __future__ import annotations

import re
import ssl

from reconciler.config.tree import Scalar

CERTIFICATE = r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----"
_KEYS = tuple(
    f"{kind}{half} KEY"
    for half in ("PRIVATE", "PUBLIC")
    for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ")
)
# What else is in PEM files. Other labels are not named: a file may be any, and is not quoted.
_KNOWN = {*_KEYS, "CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "CERTIFICATE REQUEST", "X509 CRL"}
CONVERT = "convert one in DER form with: openssl x509 -inform der -in FILE -out FILE.pem"


def certificates(value: Scalar) -> str | None:
    """The certificates of a PEM file, without what else is in it; an empty text is none."""
    if not value.text:
        return None
    found = "\n".join(re.findall(CERTIFICATE, value.text))
    if not found:
        raise ValueError(f"the file contains {_describe_pem(value.text)}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (ssl.SSLError, ValueError) as error:
        raise ValueError("the file contains a damaged certificate; copy the file again") from error
    return found


def _describe_pem(text: str) -> str:
    """What is in a text without a whole certificate, and what to do about it."""
    labels = [word for word in re.findall(r"-----BEGIN ([A-Z0-9 ]+)-----", text) if word in _KNOWN]
    if "CERTIFICATE" in labels:
        return "a certificate that is cut off; copy the file again"
    if "TRUSTED CERTIFICATE" in labels:
        form = "OpenSSL's TRUSTED form"
        return f"a certificate in {form}; convert it with: openssl x509 -in FILE -out FILE.pem"
    if "PKCS7" in labels:
        to_pem = "openssl pkcs7 -print_certs -in FILE -out FILE.pem"
        return f"certificates in PKCS #7 form; convert them with: {to_pem}"
    name_the_ca = "name the PEM file of the CA's certificate (BEGIN CERTIFICATE)"
    if labels:
        kinds = " and ".join(dict.fromkeys(label.lower() for label in labels))
        return f"no certificate, only: {kinds}; {name_the_ca}"
    return f"no certificate in PEM form, only other text; {name_the_ca}"
