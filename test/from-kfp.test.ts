import * as fs from 'node:fs';
import { DOCUMENT, render } from '../scripts/from-kfp';
import { sections } from './fixtures/kfp-methods';
import { build, type Row } from './fixtures/kfp-methods/row';
import { podOf } from './pods/pod';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

/** What a row's example becomes. */
function viewOf(row: Row) {
  const { chart, pipeline } = build(row);
  const objects: readonly Any[] = synth(chart);
  const { spec } = objects.find(({ kind, metadata }) => kind === 'WorkflowTemplate' && metadata.name === pipeline);
  const name = row.of ?? 'task';
  const tasks: readonly Any[] = spec.templates.flatMap(({ dag }: Any) => dag?.tasks ?? []);
  const dagTask = tasks.find((each) => each.name === name || each.template === name);
  // A task without settings of its own has its component's template.
  const names = row.of === undefined ? [name, 'work'] : [name];
  const template = names.flatMap((each) => spec.templates.filter((other: Any) => other.name === each))[0];
  if (!template) throw new Error(`no template ${name}: ${spec.templates.map((each: Any) => each.name)}`);
  const pod = podOf(spec, template, { arguments: row.arguments ?? {}, outputs: row.outputs ?? {} });
  const main = pod.spec.containers.find((each: Any) => each.name === 'main');
  return { pod: pod.spec, metadata: pod.metadata, main, template, dagTask, spec, objects };
}

/** What is expected and not there. The elements of a list may stand anywhere in it; `undefined` must not be there. */
function missing(actual: Any, expected: Any, place = ''): string[] {
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && expected.test(actual)
      ? []
      : [`${place} is ${JSON.stringify(actual)}, not ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${place} is ${JSON.stringify(actual)}, no list`];
    return expected.flatMap((each, index) =>
      actual.some((other) => missing(other, each).length === 0)
        ? []
        : [`${place}[${index}] is not in ${JSON.stringify(actual)}: ${JSON.stringify(each)}`],
    );
  }
  if (typeof expected !== 'object' || expected === null) {
    return Object.is(actual, expected)
      ? []
      : [`${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  }
  if (typeof actual !== 'object' || actual === null) {
    return Object.values(expected).every((each) => each === undefined) ? [] : [`${place} is ${JSON.stringify(actual)}`];
  }
  return Object.entries(expected).flatMap(([key, each]) => missing(actual[key], each, `${place}.${key}`));
}

describe.each(sections)('$title', ({ rows }) => {
  test.each(rows.filter(({ example }) => example).map((row) => [row.kfp, row] as const))('%s', (_, row) => {
    expect(row.expected).toBeDefined();
    expect(missing(viewOf(row), row.expected)).toEqual([]);
  });
});

/** What kfp 2.17.0, kfp-kubernetes 2.17.0 and kfp 1.8.22 offer. Not among them: what reads back, and the client. */
const METHODS = {
  PipelineTask: `output outputs name inputs dependent_tasks channel_inputs platform_spec add_node_selector_constraint after
    ignore_upstream_failure set_accelerator_limit set_accelerator_type set_caching_options set_container_image set_cpu_limit
    set_cpu_request set_debug_pause set_display_name set_env_variable set_gpu_limit set_memory_limit set_memory_request set_retry`,
  'kfp.kubernetes': `add_ephemeral_volume add_node_selector add_node_selector_json add_node_affinity add_node_affinity_json
    add_pod_annotation add_pod_label add_toleration add_toleration_json CreatePVC DeletePVC empty_dir_mount mount_pvc
    set_image_pull_policy use_field_path_as_env set_image_pull_secrets set_security_context set_timeout use_config_map_as_env
    use_config_map_as_volume use_secret_as_env use_secret_as_volume add_init_container`,
  placeholders: `PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER PIPELINE_JOB_ID_PLACEHOLDER PIPELINE_JOB_NAME_PLACEHOLDER
    PIPELINE_JOB_RESOURCE_NAME_PLACEHOLDER PIPELINE_JOB_SCHEDULE_TIME_UTC_PLACEHOLDER PIPELINE_ROOT_PLACEHOLDER
    PIPELINE_TASK_EXECUTOR_INPUT_PLACEHOLDER PIPELINE_TASK_EXECUTOR_OUTPUT_PATH_PLACEHOLDER PIPELINE_TASK_ID_PLACEHOLDER
    PIPELINE_TASK_NAME_PLACEHOLDER WORKSPACE_PATH_PLACEHOLDER RUN_ID_PLACEHOLDER EXECUTION_ID_PLACEHOLDER`,
  components: `container_component ContainerSpec ConcatPlaceholder IfPresentPlaceholder load_component_from_text
    load_component_from_file load_component_from_url`,
  Container: `add_resource_limit add_resource_request set_memory_request set_memory_limit set_ephemeral_storage_request
    set_ephemeral_storage_limit set_cpu_request set_cpu_limit set_gpu_limit add_volume_mount add_volume_devices
    set_env_variable add_env_variable add_env_from set_image_pull_policy add_port set_security_context set_stdin
    set_stdin_once set_termination_message_path set_termination_message_policy set_tty set_readiness_probe
    set_liveness_probe set_lifecycle UserContainer set_mirror_volume_mounts Sidecar`,
  BaseOp: `apply after add_volume add_toleration add_affinity add_node_selector_constraint add_pod_annotation add_pod_label
    set_retry set_timeout add_init_container add_sidecar set_display_name set_caching_options InputArgumentPath ContainerOp
    command arguments file_outputs artifact_argument_paths output_artifact_paths add_pvolumes pvolume
    execution_options max_cache_staleness ArtifactLocation`,
  operations: `ResourceOp delete VolumeOp VolumeSnapshotOp PipelineVolume ExitHandler Condition ParallelFor SubGraph
    graph_component use_gcp_secret use_tpu use_preemptible_nodepool add_gpu_toleration use_aws_secret use_azure_secret
    use_k8s_secret add_default_resource_spec`,
  PipelineConf: `set_image_pull_secrets set_timeout set_parallelism set_ttl_seconds_after_finished set_pod_disruption_budget
    set_default_pod_node_selector set_image_pull_policy add_op_transformer set_dns_config data_passing_method
    WorkspaceConfig`,
};

test.each(Object.entries(METHODS))('every method of %s has a row', (_, names) => {
  const named = new Set(sections.flatMap(({ rows }) => rows.flatMap(({ kfp }) => kfp.match(/\w+/g) ?? [])));
  expect(names.split(/\s+/).filter((name) => !named.has(name))).toEqual([]);
});

test('the matcher of these tests sees what is not there', () => {
  const actual = { a: [{ name: 'x', value: '1' }], b: 'text' };
  expect(missing(actual, { a: [{ name: 'x' }], b: /^te/, c: undefined, d: { e: undefined } })).toEqual([]);
  expect(missing(actual, { a: [{ name: 'y' }] })).toHaveLength(1);
  expect(missing(actual, { a: undefined, b: /^x/, c: {} })).toHaveLength(2);
  expect(missing(actual, { b: 'texts', c: 1, d: [] })).toHaveLength(3);
});

test('docs/from-kfp.md is what `npm run docs` writes', () => {
  expect(fs.readFileSync(DOCUMENT, 'utf8')).toBe(render());
});
