"""The sandbox's answers against the servers' own OpenAPI files.

The files are loose (hardly anything is required, no response forbids extra members) and in places
wrong; `NULLED`, `LESS_SENT` and `LISTED` correct them to what the real servers were seen to send.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import yaml

from examples.sandbox.media_server import Flavour, SandboxServer, Service, Settings

CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"
pytestmark = pytest.mark.skipif(not CONTRACTS.is_dir(), reason="the contracts are not here")

Json = dict[str, Any]
FILES: dict[Flavour, str] = {
    "overseerr": "overseerr-1.34-openapi.yml",
    "seerr": "seerr-3.1-openapi.yml",
}
NULLED = {
    "MediaRequest": ("serverId", "profileId", "rootFolder"),
    "User": ("plexUsername",),
    "Season": ("posterPath",),
    "MovieDetails": ("posterPath", "backdropPath"),
    "TvDetails": ("posterPath", "backdropPath"),
}
"""Members that the files do not call nullable though the servers send null in them."""
LESS_SENT = {
    "RadarrSettings": "the list of servers leaves host, port and key out",
    "SonarrSettings": "the list of servers leaves host, port and key out",
}
"""Schemas whose ``required`` the servers do not keep, and how."""
LISTED = ("profiles",)
"""Members of what one Radarr or Sonarr offers that the files call an object: they are lists."""
READ: dict[Flavour, tuple[str, ...]] = {
    "overseerr": (),
    "seerr": ("/blocklist?filter=all", "/blacklist?filter=all"),
}
READ_ALWAYS = (
    "/status", "/settings/public", "/auth/me", "/search?query=dune",
    "/search?query=imdb%3Att0903747",
    "/movie/278", "/movie/27205", "/tv/1396", "/tv/1396/season/1", "/request", "/request/1",
    "/request/count", "/media", "/user", "/user/2", "/user/2/quota", "/user/1/requests",
    "/service/radarr", "/service/sonarr", "/service/radarr/0", "/service/sonarr/0",
)  # fmt: skip


@cache
def contract(flavour: Flavour) -> Json:
    text = (CONTRACTS / FILES[flavour]).read_text(encoding="utf-8")
    config: Json = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    for name, schema in config["components"]["schemas"].items():
        for part in (schema, *schema.get("allOf", ())):
            if name in LESS_SENT:
                part.pop("required", None)
            for member in NULLED.get(name, ()):
                if member in part.get("properties", {}):
                    part["properties"][member]["nullable"] = True
    for path, kinds in config["paths"].items():
        if path in {"/service/radarr/{radarrId}", "/service/sonarr/{sonarrId}"}:
            schema = kinds["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            for member in LISTED:
                schema["properties"][member] = {
                    "type": "array",
                    "items": schema["properties"][member],
                }
    return config


def as_json_schema(node: object, config: Json) -> object:
    """An OpenAPI 3.0 schema as JSON Schema: references resolved, ``nullable`` spelt out."""
    if isinstance(node, list):
        return [as_json_schema(part, config) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"].replace("#/components/schemas/", "#/$defs/")}
    plain = {name: as_json_schema(part, config) for name, part in node.items() if name != "example"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") else plain


@cache
def validator(flavour: Flavour, template: str, method: str, status: str) -> Any:  # noqa: ANN401
    config = contract(flavour)
    content = config["paths"][template][method]["responses"][status].get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    definitions = as_json_schema(config["components"]["schemas"], config)
    root = {"allOf": [as_json_schema(schema, config)], "$defs": definitions}
    return jsonschema.Draft202012Validator(root)


def template_of(flavour: Flavour, path: str) -> str:
    parts = path.partition("?")[0].split("/")
    for template in sorted(contract(flavour)["paths"], key=lambda template: "{" in template):
        template_parts = template.split("/")
        if len(template_parts) == len(parts) and all(
            a == b or a.startswith("{") for a, b in zip(template_parts, parts, strict=True)
        ):
            return str(template)
    raise AssertionError(f"{path} is not in the contract")


@pytest.fixture(params=FILES)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Flavour, SandboxServer]]:
    settings = Settings(radarr=(Service(0, "Radarr"),), sonarr=(Service(0, "Sonarr"),))
    with SandboxServer(flavour=request.param, settings=settings) as running:
        yield request.param, running


def test_every_answer_fits_the_contract(server: tuple[Flavour, SandboxServer]) -> None:
    flavour, running = server
    session = requests.Session()
    session.headers["X-Api-Key"] = running.api_key
    base = f"{running.url}/api/v1"

    def check(method: str, path: str, body: Json | None = None, status: int = 200) -> None:
        answer = session.request(method, base + path, json=body)
        assert answer.status_code == status, answer.text
        if answer.content:
            validate = validator(flavour, template_of(flavour, path), method.lower(), str(status))
            problems = [
                f"{error.json_path}: {error.message}"
                for error in validate.iter_errors(answer.json())
            ]
            assert not problems, f"{method} {path}: {problems[:5]}"

    check("POST", "/request", {"mediaType": "movie", "mediaId": 278, "is4k": False}, 201)
    check(
        "POST", "/request",
        {"mediaType": "tv", "mediaId": 1396, "is4k": False, "seasons": [1, 2]}, 201,
    )  # fmt: skip
    check("PUT", "/request/2", {"mediaType": "tv", "seasons": [1]})
    check("POST", "/request/1/decline")
    check("POST", "/request/1/approve")
    check("POST", "/request/1/retry")
    check("POST", "/media/2/available", {"is4k": False, "seasons": [{"seasonNumber": 1}]})
    if READ[flavour]:
        blocked = {"tmdbId": 27205, "mediaType": "movie", "title": "Inception", "user": 1}
        check("POST", "/blocklist", blocked, 201)
    for path in (*READ_ALWAYS, *READ[flavour]):
        check("GET", path)
    session.close()


@pytest.mark.parametrize("flavour", FILES)
def test_every_path_of_the_sandbox_is_in_the_contract_with_the_same_parameters(
    flavour: Flavour,
) -> None:
    with SandboxServer(flavour=flavour) as running:
        routes = running.routes
    for route in routes:
        for kind in ("radarr", "sonarr"):
            path = route.template.replace("(?P<kind>radarr|sonarr)", kind)
            operation = contract(flavour)["paths"][template_of(flavour, path)][route.method.lower()]
            parameters = {
                parameter["name"]
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            }
            assert set(route.query) == parameters, f"{route.method} {path}"
