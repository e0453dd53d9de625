"""Checks the files of deploy/ with their schemas and with our own rules."""

import pathlib
import re
import subprocess
import sys

import kubernetes_validate
import yaml
from compose_spec import PyCompose

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
TOP = DEPLOY.parent
faults = []


def check(holds, what):
    if not holds:
        faults.append(what)


def known_variables():
    settings = (TOP / "src/config").glob("*.rs")
    text = "".join(path.read_text() for path in settings)
    # Read by Compose and Caddy themselves.
    ours = {"GONGGANG_DOMAIN", "GONGGANG_TLS", "GONGGANG_UPSTREAM", "GONGGANG_CADDY_ADMIN",
            "GONGGANG_HTTP_PORT", "GONGGANG_HTTPS_PORT"}
    return set(re.findall(r'"(GONGGANG_[A-Z_]+)"', text)) | ours


def variables():
    known = known_variables()
    for path in [TOP / "Caddyfile", TOP / "Dockerfile", *DEPLOY.glob("*.*")]:
        for name in re.findall(r"GONGGANG_[A-Z][A-Z_]+", path.read_text()):
            check(name in known, f"{path.name}: no such variable {name}")


def interpolated(value):
    """Replaces `${NAME:-default}` and `${NAME:?message}` as Compose does."""
    if isinstance(value, dict):
        return {key: interpolated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolated(item) for item in value]
    if not isinstance(value, str):
        return value
    value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    return re.sub(r"\$\{\w+:\?[^}]*\}", "given", value)


def compose():
    document = interpolated(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))
    try:
        PyCompose.from_yaml(yaml.safe_dump(document)).validate()
    except ValueError as error:
        faults.append(f"compose: {error}")
    services = document["services"]
    for name in ["service", "caddy", "service-grid"]:
        service = services[name]
        check(service.get("read_only") is True, f"compose {name}: not read-only")
        check(service.get("cap_drop") == ["ALL"], f"compose {name}: keeps capabilities")
        check("mem_limit" in service, f"compose {name}: no memory limit")
    for name, service in services.items():
        published = service.get("ports", [])
        check(not published or name == "caddy", f"compose {name}: publishes {published}")
        for option in service.get("security_opt", []):
            if option.startswith("seccomp="):
                check((DEPLOY / option.removeprefix("seccomp=")).exists(), f"{option}: no such file")
    inside = services["caddy"]["networks"]["inside"]["ipv4_address"]
    check(
        services["service"]["environment"]["GONGGANG_TRUSTED_PROXIES"] == inside,
        "compose: the service trusts another proxy than Caddy",
    )


def kubernetes():
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
    for document in documents:
        for version in ["1.29", kubernetes_validate.latest_version()]:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults.append(f"kubernetes {document['kind']} ({version}): {error.message}")
    pod = next(d for d in documents if d["kind"] == "Deployment")["spec"]["template"]["spec"]
    containers = pod["containers"] + pod["initContainers"]
    # The rules of the Pod Security Standard "restricted" that apply to this pod.
    check(pod["securityContext"]["runAsNonRoot"] is True, "kubernetes: may run as root")
    for container in containers:
        name, context = container["name"], container["securityContext"]
        check(context["allowPrivilegeEscalation"] is False, f"{name}: may gain privileges")
        check(context["capabilities"]["drop"] == ["ALL"], f"{name}: keeps capabilities")
        check(context["readOnlyRootFilesystem"] is True, f"{name}: root is writable")
        check(context["runAsUser"] > 0, f"{name}: runs as root")
        profile = context.get("seccompProfile", pod["securityContext"]["seccompProfile"])
        check(profile["type"] in ["RuntimeDefault", "Localhost"], f"{name}: no seccomp profile")
        check("memory" in container["resources"]["limits"], f"{name}: no memory limit")
    sidecar = next(c for c in containers if c["name"] == "gonggang")
    listen = {e["name"]: e["value"] for e in sidecar["env"]}["GONGGANG_LISTEN"]
    check(listen.startswith("127."), "the sidecar listens beyond its pod")
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"]:
        check(sidecar[probe]["exec"]["command"] == ["gonggang", "healthcheck"], f"{probe}: wrong")
        check(sidecar[probe]["timeoutSeconds"] > 3, f"{probe}: gives up before the healthcheck does")
    policy = next(d for d in documents if d["kind"] == "NetworkPolicy")["spec"]
    opened = [p["port"] for rule in policy["ingress"] for p in rule["ports"]]
    check(5001 not in opened, "the policy opens the sidecar")


def unit():
    path = DEPLOY / "gonggang.service"
    text = path.read_text()
    # The named binary is not installed here; any other one is enough for the syntax check.
    stand_in = TOP / "target" / "gonggang.service"
    stand_in.parent.mkdir(exist_ok=True)
    stand_in.write_text(text.replace("/usr/local/bin/gonggang", "/bin/true"))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", stand_in], capture_output=True, text=True
    )
    lines = [l for l in said.stderr.splitlines() if "gonggang" in l]
    check(not lines, f"systemd-analyze verify: {lines}")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", stand_in],
        capture_output=True, text=True, env={"SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin"},
    )
    print((rated.stdout.strip().splitlines() or [rated.stderr])[-1])
    check(rated.returncode == 0, "systemd-analyze security: exposed by more than 3.0")
    check("MemoryDenyWriteExecute=yes" not in text, "V8 cannot run under MemoryDenyWriteExecute")
    stand_in.unlink()


for part in [variables, compose, kubernetes, unit]:
    part()
    print(f"{part.__name__}: checked")
for fault in faults:
    print(f"FAULT {fault}", file=sys.stderr)
sys.exit(bool(faults))
