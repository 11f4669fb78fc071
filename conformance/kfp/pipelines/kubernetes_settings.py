"""Every function of kfp.kubernetes, with constants, with parameters, with outputs, and in groups."""

from typing import NamedTuple, Optional

from kfp import dsl, kubernetes
from shared import add, echo, say, step


@step()
def give_name(name: str) -> str:
    return name


@step()
def choose_nodes() -> NamedTuple("Chosen", [("nodeSelector", dict)]):
    return ({"pool": "gpu"},)


@dsl.pipeline(name="secrets-and-config-maps")
def secrets_and_config_maps(secret: str = "from-a-parameter", config: str = "settings"):
    task = say(text="constants")
    kubernetes.use_secret_as_env(
        task, secret_name="login", secret_key_to_env={"password": "PASSWORD", "user": "USER_NAME"}
    )
    kubernetes.use_secret_as_volume(task, secret_name="certificate", mount_path="/certificates", optional=True)
    kubernetes.use_config_map_as_env(
        task, config_map_name="settings", config_map_key_to_env={"level": "LOG_LEVEL"}, optional=True
    )
    kubernetes.use_config_map_as_volume(task, config_map_name="files", mount_path="/settings")
    named = give_name(name="x")
    other = echo(text="values")
    kubernetes.use_secret_as_env(other, secret_name=secret, secret_key_to_env={"password": "PASSWORD"})
    kubernetes.use_secret_as_volume(other, secret_name=named.output, mount_path="/certificates")
    kubernetes.use_config_map_as_env(other, config_map_name=named.output, config_map_key_to_env={"level": "LOG_LEVEL"})
    kubernetes.use_config_map_as_volume(other, config_map_name=config, mount_path="/settings", optional=False)
    kubernetes.set_image_pull_secrets(task, secret_names=["registry", "other-registry"])
    kubernetes.set_image_pull_secrets(other, secret_names=[secret])
    kubernetes.set_image_pull_policy(task, "Always")
    kubernetes.set_image_pull_policy(other, "IfNotPresent")


@dsl.pipeline(name="volumes")
def volumes(size: str = "1Gi", existing: str = "shared-data"):
    made = kubernetes.CreatePVC(
        pvc_name_suffix="-data", access_modes=["ReadWriteOnce"], size=size, storage_class_name="standard"
    )
    named = kubernetes.CreatePVC(
        pvc_name="a-name",
        access_modes=["ReadWriteMany", "ReadOnlyMany"],
        size="5Gi",
        storage_class_name="",
        volume_name="volume-1",
        annotations={"team": "ml"},
        data_source={"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "snapshot-1"},
    ).set_caching_options(False)
    writer = say(text="write")
    kubernetes.mount_pvc(writer, pvc_name=made.outputs["name"], mount_path="/data")
    reader = say(text="read").after(writer)
    kubernetes.mount_pvc(reader, pvc_name=made.outputs["name"], mount_path="/data", sub_path="part")
    kubernetes.mount_pvc(reader, pvc_name="constant-claim", mount_path="/constant")
    kubernetes.mount_pvc(reader, pvc_name=existing, mount_path="/existing")
    kubernetes.mount_pvc(echo(text="x"), pvc_name=named.outputs["name"], mount_path="/data")
    kubernetes.DeletePVC(pvc_name=made.outputs["name"]).after(reader)
    kubernetes.DeletePVC(pvc_name="constant-claim").set_caching_options(False)
    scratch = say(text="scratch")
    kubernetes.add_ephemeral_volume(
        scratch,
        volume_name="scratch",
        mount_path="/scratch",
        access_modes=["ReadWriteOnce"],
        size="10Gi",
        storage_class_name="fast",
        labels={"kind": "scratch"},
        annotations={"why": "speed"},
    )
    kubernetes.empty_dir_mount(scratch, volume_name="memory", mount_path="/dev/shm", medium="Memory", size_limit="1Gi")
    kubernetes.empty_dir_mount(scratch, volume_name="plain", mount_path="/plain")


@dsl.pipeline(name="placement")
def placement(
    selector: dict = {"pool": "cpu"},
    toleration: dict = {"key": "gpu", "operator": "Exists"},
    tolerations: list = [],
    affinity: dict = {"preferredDuringSchedulingIgnoredDuringExecution": []},
    none: Optional[dict] = None,
):
    task = say(text="constants")
    kubernetes.add_node_selector(task, label_key="pool", label_value="gpu")
    kubernetes.add_node_selector(task, label_key="zone", label_value="a")
    kubernetes.add_toleration(task, key="gpu", operator="Equal", value="yes", effect="NoExecute", toleration_seconds=30)
    kubernetes.add_toleration(task, key="spot", operator="Exists")
    kubernetes.add_toleration_json(task, toleration_json={"key": "k", "operator": "Exists", "effect": "NoSchedule"})
    kubernetes.add_toleration_json(
        task, toleration_json=[{"key": "a", "value": "b"}, {"key": "c", "effect": "NoExecute", "toleration_seconds": 5}]
    )
    kubernetes.add_node_affinity(
        task,
        match_expressions=[
            {"key": "disk", "operator": "In", "values": ["ssd"]},
            {"key": "gpu", "operator": "Exists"},
            {"key": "cores", "operator": "Gt", "values": ["4"]},
        ],
        match_fields=[{"key": "metadata.name", "operator": "NotIn", "values": ["node-1"]}],
    )
    kubernetes.add_node_affinity(
        task, match_expressions=[{"key": "zone", "operator": "In", "values": ["a"]}], weight=50
    )
    kubernetes.add_node_affinity_json(
        task,
        node_affinity_json={
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "os", "operator": "In", "values": ["linux"]}]}]
            }
        },
    )
    by_parameter = say(text="parameters")
    kubernetes.add_node_selector_json(by_parameter, node_selector_json=selector)
    kubernetes.add_toleration_json(by_parameter, toleration_json=toleration)
    kubernetes.add_toleration_json(by_parameter, toleration_json=tolerations)
    kubernetes.add_node_affinity_json(by_parameter, node_affinity_json=affinity)
    by_output = say(text="outputs")
    kubernetes.add_node_selector_json(by_output, node_selector_json=choose_nodes().output)
    kubernetes.add_toleration_json(by_output, toleration_json=none)
    kubernetes.add_node_selector_json(echo(text="constant json"), node_selector_json={"pool": "x"})


@dsl.pipeline(name="pod-settings")
def pod_settings():
    task = say(text="x")
    kubernetes.add_pod_label(task, label_key="team", label_value="ml")
    kubernetes.add_pod_label(task, label_key="example.com/level", label_value="3")
    kubernetes.add_pod_annotation(task, annotation_key="why", annotation_value='it\'s "quoted" {x}')
    kubernetes.use_field_path_as_env(task, env_name="POD_NAME", field_path="metadata.name")
    kubernetes.use_field_path_as_env(task, env_name="NODE", field_path="spec.nodeName")
    kubernetes.set_timeout(task, seconds=90)
    kubernetes.set_security_context(task, run_as_user=1000, run_as_group=3000, run_as_non_root=True)
    kubernetes.set_image_pull_policy(task, "Never")
    other = echo(text="x")
    kubernetes.set_security_context(other, run_as_user=0)
    kubernetes.set_timeout(other, seconds=0)


@dsl.pipeline(name="inner-with-settings")
def inner_with_settings(secret: str):
    task = add(a=1)
    kubernetes.use_secret_as_env(task, secret_name=secret, secret_key_to_env={"password": "PASSWORD"})
    kubernetes.add_pod_label(task, label_key="inner", label_value="yes")


@dsl.pipeline(name="kubernetes-settings-in-groups")
def kubernetes_settings_in_groups(secret: str = "login", n: int = 1):
    named = give_name(name="claim")
    with dsl.ParallelFor(["a", "b"]) as item:
        task = say(text=item)
        kubernetes.use_secret_as_env(task, secret_name=item, secret_key_to_env={"password": "PASSWORD"})
        kubernetes.mount_pvc(task, pvc_name=named.output, mount_path="/data")
        with dsl.If(n == 1):
            inner = say(text=secret)
            kubernetes.use_secret_as_volume(inner, secret_name=secret, mount_path="/secret")
            kubernetes.mount_pvc(inner, pvc_name=named.output, mount_path="/data")
    inner_with_settings(secret=secret)


PIPELINES = [secrets_and_config_maps, volumes, placement, pod_settings, kubernetes_settings_in_groups]
