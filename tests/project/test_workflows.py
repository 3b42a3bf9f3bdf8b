"""GitHub's files: they fit their schemas, and what they name exists in the project.

What actionlint and zizmor find in them is part of `make test` by itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

from tests.image.dockerfile import stages
from tests.project import places
from tests.release.packages import project_version

WORKFLOWS = sorted((places.GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((places.GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
EXAMPLE = places.EXAMPLES / "github-actions" / "listsync.yml"
COMPOSE = places.EXAMPLES / "docker-compose" / "compose.yaml"
RELEASING = places.INTERNALS / "releasing.md"
SCHEMAS = {
    **dict.fromkeys((*WORKFLOWS, EXAMPLE), "github-workflows"),
    **dict.fromkeys(FORMS, "github-issue-forms"),
    places.GITHUB / "ISSUE_TEMPLATE" / "config.yml": "github-issue-config",
    places.GITHUB / "dependabot.yml": "dependabot",
    COMPOSE: "compose-spec",
}
# What only GitHub or the registry can do.
NOT_MAKE = {"cosign sign", "gh release"}


def document(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    # YAML 1.1 reads the key `on` as a truth value.
    return {"on" if key is True else str(key): value for key, value in content.items()}


def published_schema(name: str) -> Any:  # noqa: ANN401 - a JSON document
    """The schema of these files, as check-jsonschema carries it."""
    folder = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def pyproject() -> Any:  # noqa: ANN401 - a TOML document
    return tomllib.loads((places.ROOT / "pyproject.toml").read_text("utf-8"))


def steps() -> list[dict[str, Any]]:
    jobs = [job for path in WORKFLOWS for job in document(path)["jobs"].values()]
    return [step for job in jobs for step in job.get("steps", [])]


@pytest.mark.parametrize("path", SCHEMAS, ids=places.name)
def test_a_file_fits_the_schema_of_its_kind(path: Path) -> None:
    schema = published_schema(SCHEMAS[path])
    validator = validator_for(schema, default=Draft7Validator)(schema)
    assert [error.message for error in validator.iter_errors(document(path))] == []


def test_workflows_run_targets_of_the_makefile() -> None:
    makefile = (places.ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    commands = [step["run"].split() for step in steps() if "run" in step]
    made = [word for words in commands if words[0] == "make" for word in words[1:]]
    assert {name for name in made if "=" not in name} <= targets
    others = {" ".join(words[:2]) for words in commands if words[0] != "make"}
    assert others == NOT_MAKE


def test_the_page_about_releases_names_the_commit_of_each_action() -> None:
    files = (*WORKFLOWS, places.ROOT / "action.yml")
    texts = "".join(path.read_text("utf-8") for path in files)
    pinned = {
        (action, version, commit)
        for action, commit, version in re.findall(
            r"uses: ([^.\s]\S+)@([0-9a-f]{40}) # (\S+)", texts
        )
    }
    rows = places.table(RELEASING, "## Actions")
    assert {(row[0].strip("`"), row[1], row[2].strip("`")) for row in rows} == pinned
    assert len(re.findall(r"uses: [^.\s]", texts)) == len(re.findall(r"@[0-9a-f]{40} # v", texts))


def test_the_tests_run_with_each_python_that_the_package_names() -> None:
    prefix = "Programming Language :: Python :: "
    classifiers = pyproject()["project"]["classifiers"]
    versions = [text.removeprefix(prefix) for text in classifiers if text.startswith(prefix)]
    job = document(places.GITHUB / "workflows" / "tests.yml")["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == versions


def test_both_images_of_the_dockerfile_are_published() -> None:
    job = document(places.GITHUB / "workflows" / "images.yml")["jobs"]["image"]
    targets = {row["target"]: row["suffix"] for row in job["strategy"]["matrix"]["include"]}
    assert targets == {"full": "", "slim": "-slim"}
    assert targets.keys() <= stages((places.ROOT / "Dockerfile").read_text("utf-8")).keys()


def test_reports_of_problems_include_the_version_and_the_doctor() -> None:
    for form in FORMS:
        labels = {
            field["attributes"]["label"]: field.get("validations", {}).get("required", False)
            for field in document(form)["body"]
            if field["type"] != "markdown"
        }
        text = form.read_text("utf-8")
        assert "`listsync version`" in text, form.name
        if form.name != "idea.yml":
            assert labels["Version"], form.name
            assert labels["Doctor"], form.name
            assert "`listsync doctor -o json`" in text, form.name


def test_the_owner_is_a_placeholder_in_the_address_of_the_repository_only() -> None:
    repository = pyproject()["project"]["urls"]["Repository"].removeprefix("https://github.com/")
    hosts = r"(https://(raw\.githubusercontent|github)\.com/|ghcr\.io/)?"
    lines = {
        places.name(path): [
            line for line in path.read_text("utf-8").splitlines() if "OWNER/" in line
        ]
        for path in places.texts()
        if path.name != Path(__file__).name
    }
    others = {
        f"{name}: {word}"
        for name, texts in lines.items()
        for word in re.findall(r"[\w./:-]*\bOWNER/[\w./-]*", "\n".join(texts))
        if not re.match(rf"{hosts}{repository}\b", word)
    }
    assert others == set()


def test_pages_and_examples_use_the_tags_of_this_version() -> None:
    version = project_version()
    major, minor, _ = version.split(".")
    tags = {version, f"{major}.{minor}", major} - {"0"}
    tag = re.compile(r"(?:[A-Za-z.]/listsync:|newTag: |rev: v|listsync@v|[?]ref=v)(\d+(?:\.\d+)*)")
    others = {
        f"{places.name(path)}: {match}"
        for path in places.texts()
        if path.is_relative_to(places.DOCS) or path.is_relative_to(places.EXAMPLES)
        for match in tag.findall(path.read_text("utf-8"))
        if path != RELEASING and match not in tags
    }
    assert others == set()
