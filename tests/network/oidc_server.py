"""A sign-in service in the test's own process: OpenID Connect with codes, PKCE and signed ID tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

CLIENT, SECRET = "portal", "geheim"
Environ = dict[str, Any]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """The test tells what went wrong."""


class OidcServer:
    """What it says about the person stands in `claims`; the other attributes make it misbehave."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = new_key()
        self.claims: dict[str, Any] = {"sub": "person-1"}
        self.userinfo: dict[str, Any] | None = None
        self.told_issuer: str | None = None
        self.signs_with: RSAPrivateKey | str = self.key
        self.algorithm = "RS256"
        self.overrides: dict[str, Any] = {}
        self.is_broken = False
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens = 0

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if self.is_broken:
            start_response("500 Broken", [])
            return [b"broken"]
        if path == "/authorize":
            start_response("302 Found", [("Location", self._authorize(environ))])
            return []
        answers = {
            "/.well-known/openid-configuration": self._discovery,
            "/token": lambda: self._token(environ),
            "/userinfo": lambda: self.claims if self.userinfo is None else self.userinfo,
            "/jwks": self._keys,
        }
        body = answers[path]()
        status = "200 OK" if "error" not in body else "400 Bad Request"
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.told_issuer or self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in PATHS.items()},
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _authorize(self, environ: Environ) -> str:
        asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _token(self, environ: Environ) -> dict[str, Any]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return {"error": "invalid_grant"}
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        self.tokens += 1
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": asked.get("nonce"),
            **self.claims,
            **self.overrides,
        }
        return jwt.encode(claims, self.signs_with, algorithm=self.algorithm, headers={"kid": "one"})

    def _keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}


PATHS = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}


def new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    service = OidcServer()
    with make_server("127.0.0.1", 0, service, handler_class=Quiet) as server:
        service.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
