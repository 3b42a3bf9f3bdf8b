"""What is deployed from examples/: the files fit each other, the image, and the command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from reconciler.config import Config, load
from reconciler.sources.registry import recognize_list
from tests.image.dockerfile import stages
from tests.project import places
from tests.project.generated import commands, help_of

KUBERNETES = places.EXAMPLES / "kubernetes"
OVERLAYS = KUBERNETES / "overlays"
PATCH = OVERLAYS / "git-sync" / "deployment.yaml"
MANIFESTS = [
    path
    for path in sorted(KUBERNETES.rglob("*.yaml"))
    if path != PATCH and path.name not in {"kustomization.yaml", "listsync.yaml"}
]
WITHOUT_SCHEMA = {"PodMonitor"}  # of the Prometheus Operator, not of Kubernetes
WORKFLOW = places.EXAMPLES / "github-actions" / "listsync.yml"
UNITS = sorted((places.EXAMPLES / "systemd").glob("*.service"))
FOLDERS = {"/config", "/data"}
[HOOK] = yaml.safe_load((places.ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def objects(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def kustomization(folder: Path) -> dict[str, Any]:
    [document] = objects(folder / "kustomization.yaml")
    return document


def resources(folder: Path) -> list[dict[str, Any]]:
    """Every object that a kustomization collects, before its patches."""
    collected: list[dict[str, Any]] = []
    for name in kustomization(folder)["resources"]:
        path = (folder / name).resolve()
        collected += resources(path) if path.is_dir() else objects(path)
    for generated in kustomization(folder).get("configMapGenerator", []):
        data = {name: (folder / name).read_text("utf-8") for name in generated["files"]}
        collected.append(
            {"kind": "ConfigMap", "metadata": {"name": generated["name"]}, "data": data}
        )
    return collected


def identities(objects_: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(it["kind"], it["metadata"]["name"]) for it in objects_}


def template(it: dict[str, Any]) -> dict[str, Any]:
    """The pod's template of a Deployment or a CronJob."""
    config = it["spec"]
    pod_template: dict[str, Any] = (
        config["template"] if "template" in config else config["jobTemplate"]["spec"]["template"]
    )
    return pod_template


def workload(overlay: str) -> dict[str, Any]:
    """The Deployment or CronJob of an overlay."""
    [it] = [it for it in resources(OVERLAYS / overlay) if it["kind"] in {"Deployment", "CronJob"}]
    return it


def config_of(text: str) -> Config:
    return load(
        text, name="listsync.yaml", env={}, read=lambda _: "key", recognize_list=recognize_list
    )


def command_exists(words: list[str]) -> bool:
    """Whether a command line of ours has a command and options that there are."""
    options = {word for word in words[1:] if word.startswith("-")}
    return words[0] in commands() and all(option in help_of(words[0]) for option in options)


def test_the_image_runs_as_nobody_special_with_its_folders() -> None:
    images = stages((places.ROOT / "Dockerfile").read_text("utf-8"))
    assert [*images][-1] == "full"
    for name in ("slim", "full"):
        assert images[name].last_instruction("USER") == "listsync"
    assert images["slim"].last_instruction("VOLUME") == '["/config", "/data"]'


def test_kubernetes_validate_accepts_every_manifest() -> None:
    by_kind = {it["kind"]: it for path in MANIFESTS for it in objects(path)}
    assert {*by_kind} - WITHOUT_SCHEMA == {
        *("CronJob", "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Secret")
    }
    [patch] = objects(PATCH)
    template(by_kind["Deployment"])["spec"]["initContainers"] = template(patch)["spec"][
        "initContainers"
    ]
    for kind in {*by_kind} - WITHOUT_SCHEMA:
        kubernetes_validate.validate(by_kind[kind], "1.37", strict=True)


@pytest.mark.parametrize("overlay", ["deployment", "cronjob", "git-sync"])
def test_a_kustomization_collects_and_patches_what_exists(overlay: str) -> None:
    collected = resources(OVERLAYS / overlay)
    names = identities(collected)
    assert len(names) == len(collected)
    assert names > {
        *(("ConfigMap", "listsync"), ("PersistentVolumeClaim", "listsync")),
        ("NetworkPolicy", "listsync"),
    }
    assert "Secret" not in {kind for kind, _ in names}
    used = {container["image"] for container in template(workload(overlay))["spec"]["containers"]}
    assert {image["name"] for image in kustomization(OVERLAYS / overlay).get("images", [])} <= used
    for patch in kustomization(OVERLAYS / overlay).get("patches", []):
        text = (
            patch["patch"] if "patch" in patch else (OVERLAYS / overlay / patch["path"]).read_text()
        )
        assert identities(list(yaml.safe_load_all(text))) <= names


@pytest.mark.skipif(
    not shutil.which("kubectl"), reason="no kubectl; install it to build the overlays"
)
@pytest.mark.parametrize("overlay", ["deployment", "cronjob", "git-sync"])
def test_kustomize_builds_what_kubernetes_validate_accepts(overlay: str) -> None:
    command = ["kubectl", "kustomize", str(OVERLAYS / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert (("ConfigMap", "listsync") in identities(built)) == (overlay != "git-sync")
    for it in built:
        kubernetes_validate.validate(it, "1.37", strict=True)


@pytest.mark.parametrize("overlay", ["deployment", "cronjob"])
def test_kubernetes_finds_what_its_pods_mount(overlay: str) -> None:
    config = template(workload(overlay))["spec"]
    (container,) = config["containers"]
    mounted = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert mounted.keys() == {volume["name"] for volume in config["volumes"]}
    assert {mount["mountPath"] for mount in mounted.values()} >= FOLDERS | {"/tmp"}  # noqa: S108 - in the pod
    assert not any("subPath" in mount for mount in mounted.values())
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert config["securityContext"]["runAsNonRoot"]
    assert command_exists(container["args"])


def test_git_sync_patches_what_the_deployment_has_and_restricts_the_config() -> None:
    [patch] = objects(PATCH)
    pod, patched = template(workload("deployment"))["spec"], template(patch)["spec"]
    assert {volume["name"] for volume in patched["volumes"]} <= {v["name"] for v in pod["volumes"]}
    [container], [changed] = pod["containers"], patched["containers"]
    assert changed["name"] == container["name"]
    mount_paths = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {mount["mountPath"] for mount in changed["volumeMounts"]} <= mount_paths

    [sync] = patched["initContainers"]
    flags = dict(arg.removeprefix("--").split("=", 1) for arg in sync["args"])
    variables = {variable["name"]: variable.get("value") for variable in changed["env"]}
    assert variables["LISTSYNC_CONFIG"] == f"{flags['root']}/{flags['link']}/listsync.yaml"
    assert variables["LISTSYNC_ALLOW_SERVER"]
    assert set(str(variables["LISTSYNC_ALLOW_ENV"]).split(",")) == {
        name for name, value in variables.items() if value is None
    }


def test_the_pods_are_selected_by_the_policy_and_the_monitor() -> None:
    [policy] = [it for it in resources(OVERLAYS / "deployment") if it["kind"] == "NetworkPolicy"]
    [monitor] = objects(OVERLAYS / "deployment" / "podmonitor.yaml")
    pod = template(workload("deployment"))
    for overlay in ("deployment", "cronjob"):
        labels = template(workload(overlay))["metadata"]["labels"]
        assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert monitor["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    (port,) = pod["spec"]["containers"][0]["ports"]
    assert [it["port"] for it in monitor["spec"]["podMetricsEndpoints"]] == [port["name"]]
    assert [it["port"] for rule in policy["spec"]["ingress"] for it in rule["ports"]] == [
        port["containerPort"]
    ]


def test_the_image_asks_for_its_health_where_the_file_says() -> None:
    text = (places.ROOT / "Dockerfile").read_text("utf-8")
    assert 'CMD ["python3", "-m", "reconciler.cli.health"]' in text


def test_kubernetes_has_one_writer_and_probes_it() -> None:
    deployment = workload("deployment")
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert workload("cronjob")["spec"]["concurrencyPolicy"] == "Forbid"
    (container,) = template(deployment)["spec"]["containers"]
    (port,) = container["ports"]
    for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}
    config = config_of((KUBERNETES / "base" / "listsync.yaml").read_text("utf-8"))
    assert config.controller.listen == f"0.0.0.0:{port['containerPort']}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in (places.EXAMPLES / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("%h/.venvs/listsync/bin/listsync", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    units = sorted(tmp_path.iterdir())

    result = subprocess.run(  # noqa: S603 - a fixed command
        ["systemd-analyze", "verify", "--user", "--man=no", *units],  # noqa: S607 - looked up above
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_the_workflow_plans_no_pull_request_of_a_fork_and_waits_for_approval() -> None:
    document = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    plan, apply = document["jobs"]["plan"], document["jobs"]["apply"]
    assert plan["if"].split(" && ") == [
        "github.event_name == 'pull_request'",
        "github.event.pull_request.head.repo.full_name == github.repository",
    ]
    assert plan["environment"] != apply["environment"]
    page = (places.DOCS / "deployment" / "github-actions.md").read_text("utf-8")
    assert all(f"`{job['environment']}`" in page for job in (plan, apply))


def test_the_hook_checks_the_config_without_a_key(tmp_path: Path) -> None:
    config = places.EXAMPLES / "first-list" / "listsync.yaml"
    (tmp_path / "listsync.yaml").write_bytes(config.read_bytes())
    program = f"{sys.executable} -m reconciler"

    done = subprocess.run(  # noqa: S603 - ours
        [*HOOK["entry"].replace("listsync", program).split(), *HOOK["args"]],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(places.ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("listsync.yaml ok"), done.stderr


@pytest.mark.parametrize(
    ("changed", "is_checked"),
    [
        ("listsync.yaml", True),
        ("home/listsync.yml", True),
        ("lists.d/anna.yaml", True),
        ("lists-anna.yaml", True),
        ("lists/wishes.txt", True),
        ("playlists/anna.yaml", False),
        ("lists-of-things.md", False),
    ],
)
def test_the_hook_runs_when_a_file_of_the_config_changes(changed: str, *, is_checked: bool) -> None:
    assert bool(re.search(HOOK["files"], changed)) is is_checked


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    match = re.search(r"^ExecStart=\S+/listsync (.+)$", unit.read_text("utf-8"), re.MULTILINE)
    assert match
    assert command_exists(match[1].split())


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_of_the_user_waits_for_no_target_of_the_system(unit: Path) -> None:
    assert "network" not in unit.read_text("utf-8")
