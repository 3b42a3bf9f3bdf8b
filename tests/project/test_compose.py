"""The Compose file: its services fit each other, the image, and the config beside it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from reconciler.config import Config, load
from reconciler.sources.registry import recognize_list
from tests.image.dockerfile import command, environment, stages
from tests.project import places
from tests.release.packages import project_version

FOLDER = places.EXAMPLES / "docker-compose"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))[
    "services"
]
LISTSYNC, SEERR = SERVICES["listsync"], SERVICES["seerr"]
IMAGE = stages((places.ROOT / "Dockerfile").read_text("utf-8"))["slim"]


def config() -> Config:
    return load(
        (FOLDER / "config" / "listsync.yaml").read_text("utf-8"),
        name="listsync.yaml",
        env={"SEERR_API_KEY": "made-up"},
        read=lambda _: "made-up",
        recognize_list=recognize_list,
    )


def image_says(name: str) -> str:
    text = IMAGE.last_instruction(name)
    assert text is not None
    return text


def test_the_container_writes_to_the_folders_of_the_image_alone() -> None:
    assert LISTSYNC["read_only"]
    assert LISTSYNC["tmpfs"] == ["/tmp"]  # noqa: S108 - in the container
    targets = [volume.split(":")[1] for volume in LISTSYNC["volumes"]]
    assert targets == command(image_says("VOLUME"))
    assert "./config:/config:ro" in LISTSYNC["volumes"]  # the folder: changes are noticed
    assert environment(image_says("ENV"))["LISTSYNC_LEDGER"].startswith("/data/")


def test_the_container_runs_as_the_user_of_the_image() -> None:
    [uid] = [match[1] for step in IMAGE.steps if (match := re.search(r"--uid (\d+)", step.rest))]
    assert LISTSYNC["user"] == f"{uid}:{uid}"


def test_the_status_page_is_published_on_this_machine_only() -> None:
    port = image_says("EXPOSE")
    assert LISTSYNC["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert config().controller.listen == f"0.0.0.0:{port}"


def test_listsync_starts_once_seerr_is_healthy_and_is_checked_itself() -> None:
    assert LISTSYNC["depends_on"] == {"seerr": {"condition": "service_healthy"}}
    address = urlsplit(config().server.url)
    assert SERVICES[str(address.hostname)] is SEERR
    assert f":{address.port}/api/v1/status" in SEERR["healthcheck"]["test"]
    assert "healthcheck" not in LISTSYNC  # the image has one
    assert image_says("HEALTHCHECK")


def test_both_containers_get_the_same_key() -> None:
    assert SEERR["environment"]["API_KEY"] == LISTSYNC["environment"]["SEERR_API_KEY"]
    assert "${SEERR_API_KEY:?" in SEERR["environment"]["API_KEY"]


def test_the_example_has_the_image_of_this_version() -> None:
    major, minor, _ = project_version().split(".")
    tag = f"{major}.{minor}" if major == "0" else major
    assert LISTSYNC["image"] == f"ghcr.io/OWNER/listsync:{tag}"


def test_the_first_steps_lead_with_compose() -> None:
    page = (places.DOCS / "getting-started.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    assert headings[:3] == ["Docker Compose", "pip or uv", "Kubernetes"]
    first = page.partition("## pip or uv")[0]
    assert "examples/docker-compose/compose.yaml" in first
    assert "docker compose up -d --wait" in first
