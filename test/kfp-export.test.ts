import { gunzipSync } from 'node:zlib';
import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import {
  Approval,
  bool,
  Component,
  type ComponentDefinition,
  ContainerComponent,
  createClaim,
  Dataset,
  deleteClaim,
  dict,
  Env,
  ExitHandler,
  float,
  If,
  Importer,
  int,
  list,
  listOf,
  Model,
  OnExit,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  type PipelineProps,
  RepeatUntil,
  ResourceComponent,
  Runner,
  SubPipeline,
  str,
  Task,
  type TaskSettings,
  text,
  Volume,
} from 'cdk8s-kfp';
import * as YAML from 'yaml';
import { BatchScoring } from '../src/apps/batch-scoring';
import { HyperparameterSearch } from '../src/apps/hyperparameter-search';
import { LlmFineTuning } from '../src/apps/llm-finetuning';
import { MlPlatform } from '../src/apps/ml-platform';
import { MlTraining } from '../src/apps/ml-training';
import { FreeNames } from '../src/graph/free-names';
import type { GraphRunSettings } from '../src/graph/run-settings';
import type { GraphTaskSettings } from '../src/graph/settings';
import { RUN_SETTINGS } from '../src/kfp/export/run-settings';
import { TASK_SETTINGS } from '../src/kfp/export/settings';
import { printIr, type WrittenIr, writeIr } from '../src/kfp/export/to-ir';
import { normalForm } from '../src/kfp/ir/normal-form';
import type { IrDocument } from '../src/kfp/ir/types';

// biome-ignore lint/suspicious/noExplicitAny: documents are read by path, and mistakes that the compiler sees are made
type Any = any;

const say = new ContainerComponent({
  name: 'say',
  image: 'say:1',
  inputs: { words: str('x'), times: optional(int()) },
  outputs: { said: str(), count: int(), loud: bool(), rows: list(), table: dict(), score: float() },
  command: ['say'],
  args: ({ inputs }) => [inputs.words],
});
const make = new ContainerComponent({
  name: 'make',
  image: 'make:1',
  inputs: { seed: str('x') },
  outputs: { data: Dataset },
  command: ['make'],
  args: ({ outputs }) => ['--out', outputs.data.path],
});
const use = new ContainerComponent({
  name: 'use',
  image: 'use:1',
  inputs: { data: Dataset },
  command: ['use'],
  args: ({ inputs }) => [inputs.data.path],
});
const useAll = new ContainerComponent({
  name: 'use-all',
  image: 'use:1',
  inputs: { data: optional(listOf(Dataset)), rows: optional(list()), table: optional(dict()) },
  command: ['use'],
});

/** A pipeline as it was written. */
function written(build: (pipeline: Pipeline<Any, Any>) => void, props: PipelineProps<Any, Any> = {}): WrittenIr {
  const chart = new Chart(Testing.app(), 'ml');
  const pipeline = new Pipeline<Any, Any>(chart, 'p', props);
  build(pipeline);
  return writeIr(pipeline.graph);
}

/** The document of a pipeline that can be written without a word. */
function document(build: (pipeline: Pipeline<Any, Any>) => void, props: PipelineProps<Any, Any> = {}): IrDocument {
  const { document, diagnostics } = written(build, props);
  expect(diagnostics).toEqual([]);
  return document;
}

/** What is said of a pipeline. */
function problems(build: (pipeline: Pipeline<Any, Any>) => void, props: PipelineProps<Any, Any> = {}): string[] {
  return written(build, props).diagnostics.map(
    ({ code, severity, path, message, mend }) =>
      `${code}${severity === 'warning' ? ' (warning)' : ''} ${path}: ${message} [${mend}]`,
  );
}

/** The tasks of a document's root. */
function tasksOf({ spec }: IrDocument): Any {
  return spec.root.dag!.tasks;
}

/** The component of a task, by keys from the root. */
function componentAt({ spec }: IrDocument, ...keys: readonly string[]): Any {
  let component: Any = spec.root;
  for (const key of keys) component = spec.components![component.dag.tasks[key].componentRef.name];
  return component;
}

function executorAt(ir: IrDocument, ...keys: readonly string[]): Any {
  return ir.spec.deploymentSpec!.executors![componentAt(ir, ...keys).executorLabel];
}

function platformAt(ir: IrDocument, ...keys: readonly string[]): Any {
  return ir.platform!.platforms!.kubernetes!.deploymentSpec!.executors![componentAt(ir, ...keys).executorLabel];
}

describe('examples', () => {
  const app = new App();
  const runner = new Runner(new Chart(app, 'platform', { namespace: 'ml' }), 'pipeline-runner');
  const pipelineOf = (chart: Chart, name: string) =>
    chart.node.findAll().find((each): each is Pipeline => each instanceof Pipeline && each.name === name)!;

  test('one is a KFP document', () => {
    const pipeline = pipelineOf(new MlTraining(app, 'training', { runner }), 'ml-training');
    const [spec, ...others] = YAML.parseAllDocuments(pipeline.toIr(), { version: '1.1' }).map((each) => each.toJS());
    expect(others).toEqual([]);
    expect(spec).toMatchObject({
      schemaVersion: '2.1.0',
      pipelineInfo: { name: 'ml-training', displayName: 'ML training' },
    });
    expect(spec.root.dag.tasks.train).toEqual({
      cachingOptions: {},
      componentRef: { name: 'comp-train-model' },
      dependentTasks: ['preprocess'],
      inputs: {
        artifacts: {
          train_dataset: { taskOutputArtifact: { outputArtifactKey: 'train_dataset', producerTask: 'preprocess' } },
        },
        parameters: { n_estimators: { componentInputParameter: 'n_estimators' } },
      },
      retryPolicy: { backoffDuration: '30s', backoffFactor: 2, maxRetryCount: 3 },
      taskInfo: { name: 'train' },
    });
    expect(spec.root.dag.tasks['good-enough'].triggerPolicy).toEqual({
      condition:
        "inputs.parameter_values['pipelinechannel--evaluate-Output'] >= inputs.parameter_values['pipelinechannel--accuracy_threshold']",
    });
  });

  test('what KFP has nothing for is said, at the place where it stands', () => {
    const charts = {
      'hyperparameter-search': new HyperparameterSearch(app, 'search', { runner }),
      'batch-scoring': new BatchScoring(app, 'scoring', { runner }),
      'llm-finetuning': new LlmFineTuning(app, 'finetuning', { platform: new MlPlatform(new App(), 'platform') }),
    };
    const said = Object.entries(charts).map(([name, chart]) => {
      try {
        return pipelineOf(chart, name).toIr();
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(said.join('\n').replace(/\.ts:\d+/g, '.ts')).toMatchInlineSnapshot(`
"KFP1564 [search/hyperparameter-search/quality] the input 'rules', at 'accurate enough', at 'holds' is computed when the pipeline runs, and KFP passes values on as they are
    at src/apps/hyperparameter-search.ts
    mend: let a task compute it
KFP1562 [search/hyperparameter-search/quality] the input 'rules', at 'few false alarms', at 'holds' reads a metric of an artifact, which KFP cannot
    at src/apps/hyperparameter-search.ts
    mend: let the task that logs the metric return the number as well, and read that
KFP1562 [search/hyperparameter-search/quality] the input 'rules', at 'few false alarms', at 'seen' reads a metric of an artifact, which KFP cannot
    at src/apps/hyperparameter-search.ts
    mend: let the task that logs the metric return the number as well, and read that
KFP1566 [scoring/batch-scoring/partitions/filled/scoring] KFP has exit handlers only where nothing else is around them
    at src/apps/batch-scoring.ts
    mend: put it directly into a pipeline
KFP1560 [scoring/batch-scoring/release] KFP has no approvals
    at src/apps/batch-scoring.ts
    mend: split the pipeline in two, and run the second one by hand
KFP1568 [finetuning/llm-finetuning/fine-tune] KFP has no counterpart of the setting 'retry.on'
    at src/apps/llm-finetuning.ts
    mend: leave it away, or run the pipeline on Argo
KFP1568 [finetuning/llm-finetuning/fine-tune] KFP has no counterpart of the setting 'totalTimeout'
    at src/apps/llm-finetuning.ts
    mend: give an attempt a timeout, or the whole run one
KFP1568 [finetuning/llm-finetuning/evaluate] KFP has no counterpart of the setting 'retry.on'
    at src/apps/llm-finetuning.ts
    mend: leave it away, or run the pipeline on Argo
KFP1562 [finetuning/llm-finetuning/better] the condition reads a metric of an artifact, which KFP cannot
    at src/apps/llm-finetuning.ts
    mend: let the task that logs the metric return the number as well, and read that
KFP1562 [finetuning/llm-finetuning/worse] the condition reads a metric of an artifact, which KFP cannot
    at src/apps/llm-finetuning.ts
    mend: let the task that logs the metric return the number as well, and read that"
`);
  });
});

describe('control flow', () => {
  test('branches exclude each other, and outer values are passed through every level', () => {
    const ir = document(
      (p) => {
        const first = new Task(p, 'first', { component: say });
        const small = new If(p, 'small', { condition: p.parameters.n.lt(3) });
        const a = new Task(small, 'a', { component: make, inputs: { seed: first.outputs.said } });
        const large = small.elif('large', { condition: p.parameters.n.gte(10).and(first.outputs.loud) });
        const b = new Task(large, 'b', { component: make, inputs: { seed: p.parameters.name } });
        const c = new Task(small.else('middle'), 'c', { component: make });
        new Task(p, 'after', {
          component: use,
          inputs: { data: oneOf(a.outputs.data, b.outputs.data, c.outputs.data) },
        });
      },
      { parameters: { n: int(), name: str('x') } },
    );
    expect(tasksOf(ir)['small-branches']).toEqual({
      componentRef: { name: 'comp-small-branches' },
      dependentTasks: ['first'],
      inputs: {
        parameters: {
          'pipelinechannel--first-loud': { taskOutputParameter: { producerTask: 'first', outputParameterKey: 'loud' } },
          'pipelinechannel--first-said': { taskOutputParameter: { producerTask: 'first', outputParameterKey: 'said' } },
          'pipelinechannel--n': { componentInputParameter: 'n' },
          'pipelinechannel--name': { componentInputParameter: 'name' },
        },
      },
      taskInfo: { name: 'small-branches' },
    });
    const branches = componentAt(ir, 'small-branches').dag;
    expect(Object.entries(branches.tasks).map(([key, task]: Any) => [key, task.triggerPolicy.condition])).toEqual([
      ['small', "int(inputs.parameter_values['pipelinechannel--n']) < 3"],
      [
        'large',
        "!(int(inputs.parameter_values['pipelinechannel--n']) < 3) && (int(inputs.parameter_values['pipelinechannel--n']) >= 10 && inputs.parameter_values['pipelinechannel--first-loud'] == true)",
      ],
      [
        'middle',
        "!(int(inputs.parameter_values['pipelinechannel--n']) < 3) && !(int(inputs.parameter_values['pipelinechannel--n']) >= 10 && inputs.parameter_values['pipelinechannel--first-loud'] == true)",
      ],
    ]);
    expect(branches.outputs.artifacts['pipelinechannel--small--data'].artifactSelectors).toEqual(
      ['small', 'large', 'middle'].map((branch) => ({
        producerSubtask: branch,
        outputArtifactKey: 'pipelinechannel--small--data',
      })),
    );
    expect(componentAt(ir, 'small-branches', 'large').inputDefinitions.parameters).toEqual({
      'pipelinechannel--n': { parameterType: 'NUMBER_INTEGER' },
      'pipelinechannel--first-loud': { parameterType: 'BOOLEAN' },
      'pipelinechannel--name': { parameterType: 'STRING' },
    });
    expect(tasksOf(ir).after.inputs.artifacts.data.taskOutputArtifact).toEqual({
      producerTask: 'small-branches',
      outputArtifactKey: 'pipelinechannel--small--data',
    });
  });

  test.each<[string, (p: Any) => Any, string]>([
    ['floats', (p) => p.f.gt(1), "inputs.parameter_values['pipelinechannel--f'] > 1.0"],
    ['an int and a float', (p) => p.n.lte(1.5), "double(inputs.parameter_values['pipelinechannel--n']) <= 1.5"],
    [
      'an int with a float parameter',
      (p) => p.n.lte(p.f),
      "double(inputs.parameter_values['pipelinechannel--n']) <= inputs.parameter_values['pipelinechannel--f']",
    ],
    ['a text with quotes', (p) => p.s.eq("it's \\"), "inputs.parameter_values['pipelinechannel--s'] == 'it\\'s \\\\'"],
    ['a boolean alone', (p) => p.b, "inputs.parameter_values['pipelinechannel--b'] == true"],
    ['not', (p) => p.b.not(), "!(inputs.parameter_values['pipelinechannel--b'] == true)"],
    [
      'members of a list',
      (p) => p.s.in(['a', 'b']),
      "inputs.parameter_values['pipelinechannel--s'] == 'a' || inputs.parameter_values['pipelinechannel--s'] == 'b'",
    ],
    ['no member', (p) => p.s.in([]), 'true == false'],
    [
      'a member of a dict',
      (p) => p.d.field('a').eq(true),
      "inputs.parameter_values['pipelinechannel--d-subvar-a'] == true",
    ],
  ])('a condition of %s', (_, condition, expected) => {
    const ir = document(
      (p) => new Task(new If(p, 'if', { condition: condition(p.parameters) }), 't', { component: say }),
      { parameters: { f: float(), n: int(), s: str(), b: bool(), d: dict() } },
    );
    expect(tasksOf(ir).if.triggerPolicy).toEqual({ condition: expected });
  });

  test('loops take their items by an input of their own, and give lists', () => {
    const ir = document((p) => {
      const rows = new Task(p, 'rows', { component: say });
      const loop = new ParallelFor(p, 'each', {
        items: rows.outputs.rows,
        item: { name: str(), n: int() },
        parallelism: 2,
      });
      const made = new Task(loop, 'make', { component: make, inputs: { seed: loop.item.name } });
      new Task(loop, 'whole', { component: useAll, inputs: { rows: rows.outputs.rows } });
      const inner = new ParallelFor(loop, 'inner', { items: [1, 2] });
      const said = new Task(inner, 'say', { component: say, inputs: { words: loop.item.name, times: inner.item } });
      new Task(p, 'all', {
        component: useAll,
        inputs: { data: loop.collect(made.outputs.data) },
      });
      void said;
    }, {});
    expect(tasksOf(ir).each).toMatchObject({
      inputs: {
        parameters: {
          'pipelinechannel--rows-rows-items': {
            taskOutputParameter: { producerTask: 'rows', outputParameterKey: 'rows' },
          },
          'pipelinechannel--rows-rows': { taskOutputParameter: { producerTask: 'rows', outputParameterKey: 'rows' } },
        },
      },
      iteratorPolicy: { parallelismLimit: 2 },
      parameterIterator: {
        items: { inputParameter: 'pipelinechannel--rows-rows-items' },
        itemInput: 'pipelinechannel--rows-rows-loop-item',
      },
    });
    const body = componentAt(ir, 'each');
    expect(body.inputDefinitions.parameters['pipelinechannel--rows-rows-loop-item']).toEqual({
      parameterType: 'STRUCT',
    });
    expect(body.outputDefinitions.artifacts['pipelinechannel--each-make--data'].isArtifactList).toBe(true);
    expect(body.dag.tasks.make.inputs.parameters.seed).toEqual({
      componentInputParameter: 'pipelinechannel--rows-rows-loop-item',
      parameterExpressionSelector: 'parseJson(string_value)["name"]',
    });
    expect(body.dag.tasks.inner).toMatchObject({
      inputs: {
        parameters: {
          'pipelinechannel--each-loop-item-subvar-name': {
            componentInputParameter: 'pipelinechannel--rows-rows-loop-item',
            parameterExpressionSelector: 'parseJson(string_value)["name"]',
          },
        },
      },
      parameterIterator: { items: { raw: '[1,2]' }, itemInput: 'pipelinechannel--inner-loop-item' },
    });
    expect(componentAt(ir, 'each', 'inner').dag.tasks.say.inputs.parameters).toEqual({
      words: { componentInputParameter: 'pipelinechannel--each-loop-item-subvar-name' },
      times: { componentInputParameter: 'pipelinechannel--inner-loop-item' },
    });
    expect(tasksOf(ir).all.inputs.artifacts.data.taskOutputArtifact).toEqual({
      producerTask: 'each',
      outputArtifactKey: 'pipelinechannel--each-make--data',
    });
  });

  test('an item that nobody declared is what reads it', () => {
    const ir = document(
      (p) => {
        const loop = new ParallelFor(p, 'each', { items: p.parameters.items });
        const branch = new If(loop, 'if', { condition: p.parameters.go });
        new Task(branch, 't', { component: say, inputs: { times: loop.item as Any } });
      },
      { parameters: { items: list(), go: bool() } },
    );
    expect(componentAt(ir, 'each').inputDefinitions.parameters['pipelinechannel--items-loop-item']).toEqual({
      parameterType: 'NUMBER_INTEGER',
    });
    expect(componentAt(ir, 'each', 'if').inputDefinitions.parameters['pipelinechannel--each-loop-item']).toEqual({
      parameterType: 'NUMBER_INTEGER',
    });
  });

  test('exit handlers, and the exit task of a pipeline', () => {
    const tell = new ContainerComponent({ name: 'tell', image: 'tell:1', inputs: { how: dict() }, command: ['tell'] });
    const status = new Component<Any, Any>(() => ({
      ...tell.definition,
      inputs: { how: { kind: 'parameter', type: 'TASK_FINAL_STATUS' } },
    }));
    const handled = document((p) => {
      const handler = new ExitHandler(p, 'guarded');
      new Task(handler, 'work', { component: say });
      new OnExit(handler, 'tell', { component: status });
    });
    expect(tasksOf(handled)).toMatchObject({
      'exit-handler-guarded': { componentRef: { name: 'comp-exit-handler-guarded' } },
      tell: {
        dependentTasks: ['exit-handler-guarded'],
        inputs: { parameters: { how: { taskFinalStatus: { producerTask: 'exit-handler-guarded' } } } },
        triggerPolicy: { strategy: 'ALL_UPSTREAM_TASKS_COMPLETED' },
      },
    });
    expect(componentAt(handled, 'tell').inputDefinitions.parameters.how.isOptional).toBe(true);

    const whole = document(
      (p) => {
        const said = new Task(p, 'work', { component: say });
        new OnExit(p, 'tell', { component: status, inputs: { how: p.finalStatus } });
        p.returns({ said: said.outputs.said });
      },
      { outputs: { said: str() } },
    );
    expect(Object.keys(tasksOf(whole)).sort()).toEqual(['exit-handler', 'tell']);
    expect(tasksOf(whole).tell.inputs.parameters.how).toEqual({ taskFinalStatus: { producerTask: 'exit-handler' } });
    expect(whole.spec.root.dag!.outputs!.parameters).toEqual({
      said: { valueFromParameter: { producerSubtask: 'exit-handler', outputParameterKey: 'pipelinechannel--said' } },
    });
    expect(componentAt(whole, 'exit-handler').dag.outputs.parameters).toEqual({
      'pipelinechannel--said': { valueFromParameter: { producerSubtask: 'work', outputParameterKey: 'said' } },
    });
  });

  test('called pipelines are components, once however often they are called', () => {
    const ir = document((p) => {
      const called = new Pipeline<Any, Any>(p.node.scope as Chart, 'called', {
        standalone: false,
        parameters: { word: str(), data: Dataset, model: optional(Model), note: optional(str()) },
        outputs: { said: str() },
      });
      const said = new Task(called, 'say', { component: say, inputs: { words: called.parameters.word } });
      new Task(called, 'use', { component: use, inputs: { data: called.parameters.data } });
      called.returns({ said: said.outputs.said });
      const made = new Task(p, 'make', { component: make });
      const one = new SubPipeline(p, 'one', { pipeline: called, inputs: { word: 'a', data: made.outputs.data } });
      new SubPipeline(p, 'two', { pipeline: called, inputs: { word: one.outputs.said, data: made.outputs.data } });
    });
    expect(tasksOf(ir).two).toEqual({
      componentRef: { name: 'comp-called' },
      dependentTasks: ['make', 'one'],
      inputs: {
        artifacts: { data: { taskOutputArtifact: { producerTask: 'make', outputArtifactKey: 'data' } } },
        parameters: { word: { taskOutputParameter: { producerTask: 'one', outputParameterKey: 'said' } } },
      },
      taskInfo: { name: 'two' },
    });
    expect(componentAt(ir, 'one').inputDefinitions).toEqual({
      parameters: { word: { parameterType: 'STRING' }, note: { parameterType: 'STRING', isOptional: true } },
      artifacts: {
        data: { artifactType: { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' } },
        model: { artifactType: { schemaTitle: 'system.Model', schemaVersion: '0.0.1' }, isOptional: true },
      },
    });
    expect(componentAt(ir, 'one').dag.outputs.parameters.said.valueFromParameter).toEqual({
      producerSubtask: 'say',
      outputParameterKey: 'said',
    });
  });

  test('keys are the names of tasks, and paths where two have one name', () => {
    const ir = document(
      (p) => {
        const branch = new If(p, 'if', { condition: p.parameters.go });
        new Task(branch, 'work', { component: say });
        const other = branch.else('else');
        new Task(other, 'work', { component: say });
        new Task(other, 'only', { component: say });
      },
      { parameters: { go: bool() } },
    );
    expect(Object.keys(componentAt(ir, 'if-branches', 'if').dag.tasks)).toEqual(['if-work']);
    expect(Object.keys(componentAt(ir, 'if-branches', 'else').dag.tasks)).toEqual(['else-work', 'only']);
  });

  test('a task that ignores failures upstream', () => {
    const ir = document((p) => {
      const risky = new Task(p, 'risky', { component: say });
      new Task(p, 'anyway', { component: say }).after(risky).ignoreUpstreamFailure();
    });
    expect(tasksOf(ir).anyway).toMatchObject({
      dependentTasks: ['risky'],
      triggerPolicy: { strategy: 'ALL_UPSTREAM_TASKS_COMPLETED' },
    });
  });
});

describe('values', () => {
  test('constants, texts, dicts and facts about the run', () => {
    const ir = document(
      (p) => {
        const first = new Task(p, 'first', { component: say, inputs: { words: 'plain', times: 3 } });
        const { name, o } = p.parameters;
        new Task(p, 'text', {
          component: say,
          inputs: { words: text`${name}-${first.outputs.count} in ${p.run.id}`, times: o },
        });
        new Task(p, 'fact', { component: say, inputs: { words: p.run.name } });
        new Task(p, 'path', { component: say, inputs: { words: text`${p.workspace.path}/${name}` } });
        new Task(p, 'field', { component: say, inputs: { words: first.outputs.table.field('a').field('b"') } });
      },
      { parameters: { name: str('x'), o: optional(int()) }, workspace: { size: '1Gi', storageClass: 'fast' } },
    );
    const inputs = (key: string) => tasksOf(ir)[key].inputs.parameters;
    expect(inputs('first')).toEqual({
      words: { runtimeValue: { constant: 'plain' } },
      times: { runtimeValue: { constant: 3 } },
    });
    expect(inputs('text')).toEqual({
      words: {
        runtimeValue: {
          constant:
            "{{$.inputs.parameters['pipelinechannel--name']}}-{{$.inputs.parameters['pipelinechannel--first-count']}} in {{$.inputs.parameters['pipelinechannel--run-pipeline_job_uuid']}}",
        },
      },
      times: { componentInputParameter: 'o' },
      'pipelinechannel--name': { componentInputParameter: 'name' },
      'pipelinechannel--first-count': { taskOutputParameter: { producerTask: 'first', outputParameterKey: 'count' } },
      'pipelinechannel--run-pipeline_job_uuid': { runtimeValue: { constant: '{{$.pipeline_job_uuid}}' } },
    });
    expect(inputs('fact').words).toEqual({ runtimeValue: { constant: '{{$.pipeline_job_resource_name}}' } });
    expect(inputs('path').words).toEqual({
      runtimeValue: { constant: "{{$.workspace_path}}/{{$.inputs.parameters['pipelinechannel--name']}}" },
    });
    expect(inputs('field').words).toEqual({
      taskOutputParameter: { producerTask: 'first', outputParameterKey: 'table' },
      parameterExpressionSelector: 'parseJson(string_value)["a"]["b\\""]',
    });
    expect(ir.platform!.platforms!.kubernetes).toEqual({
      pipelineConfig: {
        workspace: {
          size: '1Gi',
          kubernetes: { pvcSpecPatch: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast' } },
        },
      },
    });
    expect(ir.spec.root.inputDefinitions!.parameters).toEqual({
      name: { parameterType: 'STRING', defaultValue: 'x', isOptional: true },
      o: { parameterType: 'NUMBER_INTEGER', isOptional: true },
    });
  });

  test('what KFP cannot pass on', () => {
    expect(
      problems(
        (p) => {
          const { n, s, d } = p.parameters;
          const first = new Task(p, 'first', { component: say });
          const loop = new ParallelFor(p, 'loop', { items: ['a'] });
          new Task(loop, 'index', { component: say, inputs: { times: loop.index } });
          new Task(p, 'computed', { component: say, inputs: { words: text`${n.gt(3)}` } });
          new Task(p, 'namespace', { component: say, inputs: { words: p.run.namespace } });
          new Task(p, 'expanded', { component: say, inputs: { words: "{{$.inputs.parameters['words']}}" } });
          new Task(p, 'literal', { component: say, inputs: { words: '{{$.unknown}} {{$.pipeline_job_name}}' } });
          new Task(p, 'none', { component: say, inputs: { words: null as Any } });
          new Task(new If(p, 'text-in-if', { condition: text`${s}-x`.eq('a-x') }), 't', { component: say });
          new Task(new If(p, 'list-in-if', { condition: s.in(d.field('l')) }), 't', { component: say });
          const called = new Pipeline<Any, Any>(p.node.scope as Chart, 'called', {
            standalone: false,
            parameters: { w: str() },
          });
          new Task(called, 'say', { component: say, inputs: { words: called.parameters.w } });
          new SubPipeline(p, 'call', { pipeline: called, inputs: { w: text`${s}!` } });
          void first;
        },
        { parameters: { n: int(), s: str(), d: dict() } },
      ).join('\n'),
    ).toMatchInlineSnapshot(`
"KFP1563 ml/p/loop/index: the input 'times' reads the index of an iteration, which KFP does not know [let the items hold it]
KFP1564 ml/p/computed: the input 'words' is computed when the pipeline runs, and KFP passes values on as they are [let a task compute it]
KFP1581 ml/p/namespace: the input 'words' reads the run's namespace, which KFP does not give there [make it a parameter of the pipeline]
KFP1578 (warning) ml/p/expanded: the input 'words' holds "{{$.inputs.parameters['words']}}", in which KFP would put a value [KFP has no escape: give the text by another way, or take the braces apart]
KFP1579 ml/p/none: the input 'words' is None, which KFP cannot pass on: the input's default would be used instead [leave the default away, or give another value]
KFP1564 ml/p/text-in-if: the condition is computed when the pipeline runs, and KFP passes values on as they are [let a task compute it]
KFP1564 ml/p/list-in-if: the condition is computed when the pipeline runs, and KFP passes values on as they are [let a task compute it]
KFP1576 (warning) ml/p/call: the input 'w' is a text with values in it, which KFP fills in for containers only: tasks of the called pipeline get placeholders [give the values as inputs, and build the text in the called pipeline]"
`);
  });

  test('dicts hold texts, and nothing that KFP would make one', () => {
    const [first, second] = [str(), int()];
    const chart = new Chart(Testing.app(), 'ml');
    const p = new Pipeline(chart, 'p', { parameters: { first, second } });
    const holding = (member: Any) => ({
      kind: 'dict',
      type: 'STRUCT',
      members: { a: member, b: { kind: 'literal', type: 'NUMBER_INTEGER', value: 1 } },
    });
    const task = new Task(p, 't', { component: useAll, inputs: {} });
    const graph = JSON.parse(JSON.stringify(p.graph));
    const node = graph.root.nodes[0];
    expect(node.id).toBe(task.node.id);
    node.inputs.table = holding({ kind: 'parameter', name: 'first', type: 'STRING' });
    const { document: ir, diagnostics } = writeIr(graph);
    expect(diagnostics).toEqual([]);
    expect(tasksOf(ir).t.inputs.parameters.table).toEqual({
      runtimeValue: { constant: { a: "{{$.inputs.parameters['pipelinechannel--first']}}", b: 1 } },
    });
    node.inputs.table = holding({ kind: 'parameter', name: 'second', type: 'NUMBER_INTEGER' });
    expect(writeIr(graph).diagnostics).toMatchInlineSnapshot(`
[
  {
    "code": "KFP1586",
    "mend": "give the task an input of its own for it",
    "message": "the input 'table', at 'a' holds an int, which KFP would put there as text",
    "path": "ml/p/t",
  },
]
`);
    node.inputs.table = { kind: 'literal', type: 'STRUCT', value: { n: 1 } };
    node.inputs.rows = { kind: 'literal', type: 'LIST', value: [Number.NaN] };
    expect(writeIr(graph).diagnostics).toMatchInlineSnapshot(`
[
  {
    "code": "KFP1585",
    "mend": "give a number that JSON knows",
    "message": "the input 'rows' is NaN, which KFP documents cannot hold",
    "path": "ml/p/t",
  },
]
`);
  });
});

describe('components', () => {
  const python = (definition: Partial<ComponentDefinition>, implementation: Any) =>
    new Component<Any, Any>(() => ({
      name: 'train',
      inputs: {},
      outputs: {},
      ...definition,
      implementation: {
        kind: 'python',
        file: 'train.py',
        function: 'train',
        line: 1,
        image: 'python:3.11',
        ...implementation,
      },
    }));

  test('a Python function becomes a module for KFP’s executor', () => {
    const component = python(
      {
        inputs: {
          rows: { kind: 'artifact', type: 'system.Dataset' },
          n: { kind: 'parameter', type: 'NUMBER_INTEGER', optional: true },
        },
        outputs: { Output: { kind: 'parameter', type: 'STRING' } },
      },
      {
        source: 'def train(rows: Input[Dataset], n: Optional[int] = 3) -> str:\n    return "a"\n',
        packages: ['pandas==2', "it's"],
        pipIndexUrls: ['https://a.example/simple', 'https://b.example/simple'],
        pipTrustedHosts: ['a.example'],
        useVenv: true,
      },
    );
    const ir = document((p) => {
      const made = new Task(p, 'make', { component: make });
      new Task(p, 'train', { component, inputs: { rows: made.outputs.data } });
    });
    const { container } = executorAt(ir, 'train');
    expect(container.args).toEqual(['--executor_input', '{{$}}', '--function_to_execute', 'train']);
    const [sh, option, install, again, exit, run, module, ...others] = container.command;
    expect([sh, option, again, exit, ...others]).toEqual(['sh', '-c', 'sh', '-ec']);
    expect([install, run, module].join('---\n')).toMatchInlineSnapshot(`
"if ! [ -x "$(command -v pip)" ]; then
  python3 -m ensurepip --user
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
python3 -m venv $tmp/venv --system-site-packages
. $tmp/venv/bin/activate
PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location --index-url 'https://a.example/simple' --extra-index-url 'https://b.example/simple' --trusted-host 'a.example' 'pandas==2' 'it'\\''s' && PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location --index-url 'https://a.example/simple' --extra-index-url 'https://b.example/simple' --trusted-host 'a.example' --no-deps 'kfp==2.17.0' && "$0" "$@"
---
program_path=$(mktemp -d)
printf "%s" "$0" > "$program_path/ephemeral_component.py"
export _KFP_RUNTIME=true
exec python3 -m kfp.dsl.executor_main --component_module_path "$program_path/ephemeral_component.py" "$@"
---

import kfp
from kfp import dsl
from kfp.dsl import *
from typing import *

def train(rows: Input[Dataset], n: Optional[int] = 3) -> str:
    return "a"
"
`);
    expect(componentAt(ir, 'train')).toEqual({
      executorLabel: 'exec-train',
      inputDefinitions: {
        artifacts: { rows: { artifactType: { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' } } },
        parameters: { n: { parameterType: 'NUMBER_INTEGER', isOptional: true } },
      },
      outputDefinitions: { parameters: { Output: { parameterType: 'STRING' } } },
    });
  });

  test('values of a run that KFP would put into code are told of', () => {
    const source = "def train() -> None:\n    print('{{$.inputs.parameters['rows']}}')\n";
    const said = (implementation: Any) =>
      problems((p) => {
        const component = python({}, { source: 'def train(): pass\n', ...implementation });
        new Task(p, 'train', { component });
      });
    const [text] = said({ source });
    expect(text).toMatchInlineSnapshot(
      `"KFP1578 (warning) ml/p/train: the text of 'train' holds a placeholder, and KFP puts a value of the run there: one that is code is run [write it in two parts, '{{' + '$', and give the function an input]"`,
    );
    expect(said({ packages: ["a{{$.inputs.parameters['rows']}}"] })).toEqual([text]);
    expect(said({ packages: ['a{{b}}'] })).toEqual([]);
  });

  test('annotations that KFP’s executor does not know are said again', () => {
    const ports = {
      inputs: {
        a: { kind: 'parameter', type: 'STRING' },
        b: { kind: 'parameter', type: 'NUMBER_INTEGER', optional: true },
        m: { kind: 'artifact', type: 'google.VertexModel' },
        all: { kind: 'artifact', type: 'system.Dataset', list: true },
        given: { kind: 'artifact', type: 'system.Model' },
      },
      outputs: {
        o: { kind: 'artifact', type: 'system.HTML' },
        path: { kind: 'parameter', type: 'STRING' },
        x: { kind: 'parameter', type: 'STRUCT' },
        y: { kind: 'artifact', type: 'google.VertexModel' },
      },
    } as const;
    const source =
      "def train(a: Literal['x'], m: In[VertexModel], all, o: Output[HTML], path: t.OutputPath(str), given: InputPath(), b: int | None = None) -> Outs:\n    pass\n";
    const component = python(ports, {
      source,
      paths: ['path', 'given'],
      classes: { VertexModel: 'google.VertexModel' },
    });
    const ir = writeOne(component, {
      a: { kind: 'literal', type: 'STRING', value: 'x' },
    });
    expect(ir.container.command.at(-1)).toMatchInlineSnapshot(`
"from __future__ import annotations

import kfp
from kfp import dsl
from kfp.dsl import *
from typing import *

class VertexModel(dsl.Artifact):
    schema_title = "google.VertexModel"
    schema_version = "0.0.1"


def train(a: Literal['x'], m: In[VertexModel], all, o: Output[HTML], path: t.OutputPath(str), given: InputPath(), b: int | None = None) -> Outs:
    pass


train.__annotations__ = {"a": str, "b": int, "m": dsl.Input[VertexModel], "all": dsl.Input[List[dsl.Dataset]], "given": dsl.InputPath(dsl.Artifact), "o": dsl.Output[dsl.HTML], "path": dsl.OutputPath(str), "return": NamedTuple("Outputs", [("x", dict), ("y", VertexModel)])}
"
`);
    const plain = python(ports, {
      source: source.replace(/\(.*/, '(a: str, b: Optional[int] = None) -> NamedTuple("O", [("x", dict)]):\n    pass'),
    });
    expect(writeOne(plain, {}).container.command.at(-1)).not.toContain('__annotations__');
  });

  test('a notebook ships in the module', () => {
    const notebook = { file: 'n.ipynb', source: '{"cells": []}' };
    const component = python({}, { source: 'def train():\n    dsl.run_notebook(a=1)\n', notebook });
    const module: string = writeOne(component, {}).container.command.at(-1);
    const archive = /b64decode\("([^"]+)"\)/.exec(module)![1]!;
    expect(gunzipSync(Buffer.from(archive, 'base64')).toString()).toBe(notebook.source);
    expect(module).toContain('dsl.run_notebook = _run_notebook');
    expect(module.endsWith('def train():\n    dsl.run_notebook(a=1)\n')).toBe(true);
  });

  test('a program runs as it is', () => {
    const program = [
      'python3',
      '-m',
      'kfp.dsl.executor_main',
      '--executor_input',
      '{{$}}',
      '--function_to_execute',
      'f',
    ];
    expect(writeOne(python({}, { source: '', program }), {}).container).toMatchObject({
      command: program.slice(0, 3),
      args: program.slice(3),
    });
  });

  test('what a document said of a Python component goes back', () => {
    const component = python(
      {
        kfp: {
          '/python/command': ['sh', '-ec', 'RUN'],
          '/python/preamble': 'import kfp\n',
          '/executor/container/args': ['a'],
        },
      },
      { source: 'def train():\n    pass\n' },
    );
    expect(writeOne(component, {}).container).toMatchObject({
      command: ['sh', '-ec', 'RUN', 'import kfp\ndef train():\n    pass\n'],
      args: ['a'],
    });
  });

  test('the command line of a container', () => {
    const component = new Component<Any, Any>(() => ({
      name: 'tool',
      inputs: {
        x: { kind: 'parameter', type: 'STRING' },
        o: { kind: 'parameter', type: 'STRING', optional: true },
        d: { kind: 'artifact', type: 'system.Dataset', optional: true },
      },
      outputs: { p: { kind: 'parameter', type: 'STRING' }, m: { kind: 'artifact', type: 'system.Model' } },
      implementation: {
        kind: 'container',
        image: 'tool:1',
        command: ['tool'],
        args: [
          { parts: ['--x=', { ref: 'input-value', name: 'x' }] },
          { parts: [{ ref: 'input-path', name: 'd' }] },
          { parts: [{ ref: 'input-uri', name: 'd' }] },
          { parts: [{ ref: 'input-metadata', name: 'd' }] },
          { parts: [{ ref: 'input-metadata', name: 'd', member: 'k' }] },
          { parts: [{ ref: 'output-path', name: 'p' }] },
          { parts: [{ ref: 'output-path', name: 'm' }] },
          { parts: [{ ref: 'output-uri', name: 'm' }] },
          // biome-ignore lint/suspicious/noThenProperty: so the definition calls it
          { ifPresent: 'o', then: ['--o', { parts: ['a', { ref: 'input-value', name: 'o' }] }], else: ['--none'] },
        ],
        env: { A: 'b' },
      },
    }));
    expect(writeOne(component, { x: { kind: 'literal', type: 'STRING', value: 'v' } }).container).toEqual({
      image: 'tool:1',
      command: ['tool'],
      args: [
        "--x={{$.inputs.parameters['x']}}",
        "{{$.inputs.artifacts['d'].path}}",
        "{{$.inputs.artifacts['d'].uri}}",
        "{{$.inputs.artifacts['d'].metadata}}",
        "{{$.inputs.artifacts['d'].metadata['k']}}",
        "{{$.outputs.parameters['p'].output_file}}",
        "{{$.outputs.artifacts['m'].path}}",
        "{{$.outputs.artifacts['m'].uri}}",
        JSON.stringify({
          IfPresent: { InputName: 'o', Then: ['--o', "a{{$.inputs.parameters['o']}}"], Else: ['--none'] },
        }),
      ],
      env: [{ name: 'A', value: 'b' }],
    });
  });

  test('importers', () => {
    const { document: ir, diagnostics } = written(
      (p) => {
        new Importer(p, 'known', { uri: 'gs://a/b', type: Dataset, metadata: { a: 1 }, reimport: true });
        new Importer(p, 'late', { uri: p.parameters.uri, type: Model });
        const said = new Task(p, 'say', { component: say });
        const key = { secret: 'keys', key: 'id' };
        const store = { endpoint: 'a.example', credentials: { accessKey: key, secretKey: key } };
        new Importer(p, 'made', { uri: text`s3://bucket/${said.outputs.said}`, type: Model, ...store });
      },
      { parameters: { uri: str() } },
    );
    expect(executorAt(ir, 'known')).toEqual({
      importer: {
        artifactUri: { constant: 'gs://a/b' },
        typeSchema: { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' },
        metadata: { a: 1 },
        reimport: true,
      },
    });
    expect(tasksOf(ir).late.inputs.parameters).toEqual({ uri: { componentInputParameter: 'uri' } });
    expect(executorAt(ir, 'late').importer.artifactUri).toEqual({ runtimeParameter: 'uri' });
    expect(componentAt(ir, 'late').inputDefinitions.parameters).toEqual({ uri: { parameterType: 'STRING' } });
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual(['KFP1577 ml/p/made', 'KFP1577 ml/p/made']);
  });

  test('claims, and nothing else of the cluster', () => {
    const config = new ResourceComponent({
      name: 'configure',
      manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    });
    const { document: ir, diagnostics } = written((p) => {
      const claim = new Task(p, 'claim', { component: createClaim(), inputs: { size: '1Gi' } });
      const kept = new Task(p, 'kept', {
        component: createClaim({ keep: true }),
        inputs: { size: '1Gi', pvc_name: 'data' },
      });
      new Task(p, 'delete', { component: deleteClaim(), inputs: { pvc_name: claim.outputs.name } }).after(kept);
      new Task(p, 'configure', { component: config });
      new Task(p, 'work', { component: say, volumes: { '/data': Volume.claim(claim.outputs.name) } });
    });
    expect(executorAt(ir, 'claim')).toEqual({ container: { image: 'argostub/createpvc' } });
    expect(executorAt(ir, 'delete')).toEqual({ container: { image: 'argostub/deletepvc' } });
    expect(tasksOf(ir).claim.inputs.parameters).toEqual({
      access_modes: { runtimeValue: { constant: ['ReadWriteOnce'] } },
      pvc_name_suffix: { runtimeValue: { constant: '-claim' } },
      size: { runtimeValue: { constant: '1Gi' } },
    });
    expect(Object.keys(tasksOf(ir).kept.inputs.parameters).sort()).toEqual(['access_modes', 'pvc_name', 'size']);
    expect(componentAt(ir, 'claim').inputDefinitions.parameters).toMatchObject({
      access_modes: { parameterType: 'LIST' },
      size: { parameterType: 'STRING' },
      data_source: { parameterType: 'STRUCT', isOptional: true },
    });
    const output = { producerTask: 'claim', outputParameterKey: 'name' };
    expect(platformAt(ir, 'work').pvcMount).toEqual([
      { mountPath: '/data', taskOutputParameter: output, pvcNameParameter: { taskOutputParameter: output } },
    ]);
    expect(tasksOf(ir).work.dependentTasks).toEqual(['claim']);
    expect(diagnostics).toMatchInlineSnapshot(`
[
  {
    "code": "KFP1584",
    "mend": "name the class",
    "message": "the claim names no storage class, and KFP then takes the one called 'standard'",
    "path": "ml/p/claim",
    "severity": "warning",
  },
  {
    "code": "KFP1584",
    "mend": "delete it with deleteClaim() at the end",
    "message": "the claim belongs to the run, but KFP keeps it when the run is removed",
    "path": "ml/p/claim",
    "severity": "warning",
  },
  {
    "code": "KFP1584",
    "mend": "name the class",
    "message": "the claim names no storage class, and KFP then takes the one called 'standard'",
    "path": "ml/p/kept",
    "severity": "warning",
  },
  {
    "code": "KFP1571",
    "mend": "createClaim() and deleteClaim() are what KFP has; else let a container do it",
    "message": "KFP has no task that does something with an object of the cluster, as 'configure' does",
    "path": "ml/p/configure",
  },
]
`);
  });

  test('tasks that ask for the same share a component and an executor', () => {
    const ir = document((p) => {
      new Task(p, 'a', { component: say });
      new Task(p, 'b', { component: say });
      new Task(p, 'c', { component: say, resources: { cpu: 1 } });
      new Task(p, 'd', { component: say, labels: { a: 'b' } });
    });
    expect(['a', 'b', 'c', 'd'].map((key) => tasksOf(ir)[key].componentRef.name)).toEqual([
      'comp-say',
      'comp-say',
      'comp-say-2',
      'comp-say-3',
    ]);
    expect(Object.keys(ir.spec.deploymentSpec!.executors!)).toEqual(['exec-say', 'exec-say-2', 'exec-say-3']);
  });

  /** The executor of a pipeline's one task, whose inputs are as the graph has them. */
  function writeOne(component: Component<Any, Any>, inputs: Any): Any {
    const chart = new Chart(Testing.app(), 'ml');
    const p = new Pipeline(chart, 'p', {});
    new Task(p, 'filler', { component: say });
    const graph = JSON.parse(JSON.stringify(p.graph));
    graph.root.nodes[0] = { ...graph.root.nodes[0], component: component.definition.name, inputs };
    graph.components[component.definition.name] = component.definition;
    const { document: ir, diagnostics } = writeIr(graph);
    expect(diagnostics).toEqual([]);
    return executorAt(ir, 'filler');
  }
});

describe('settings', () => {
  /** An example of each setting of a task, and whether a document can say it. */
  const TASKS: {
    readonly [K in keyof Required<GraphTaskSettings>]: readonly ['written' | 'lost' | 'ignored', TaskSettings, Any?];
  } = {
    image: ['written', { image: 'other:1' }],
    resources: ['written', { resources: { cpu: 2, memory: '4Gi', gpus: 1 }, tolerations: [] }],
    nodeSelector: ['written', { nodeSelector: { pool: 'a' } }],
    lateNodeSelector: ['written', {}, (p: Any) => ({ nodeSelector: p.d })],
    affinity: ['written', { nodeAffinity: { required: [{ key: 'a', values: ['b'] }] } }],
    tolerations: [
      'written',
      { tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 3, effect: 'NoExecute' }] },
    ],
    priorityClassName: ['lost', { priorityClassName: 'high' }],
    runtimeClassName: ['lost', { runtimeClassName: 'gvisor' }],
    schedulerName: ['lost', { schedulerName: 'volcano' }],
    topologySpreadConstraints: [
      'lost',
      { topologySpread: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
    ],
    env: ['written', { env: { A: 'b' } }],
    envFrom: ['lost', { envFrom: [{ secret: 's' }] }],
    volumes: ['written', { volumes: { '/a': Volume.memory() } }],
    mounts: ['written', { volumes: { '/a': Volume.claim('c') } }],
    initContainers: ['lost', { initContainers: [{ name: 'i', image: 'i:1', command: ['i'] }] }],
    sidecars: ['lost', { sidecars: [{ name: 's', image: 's:1', command: ['s'] }] }],
    imagePullPolicy: ['written', { imagePullPolicy: 'Always' }],
    imagePullSecrets: ['written', { imagePullSecrets: ['s'] }],
    labels: ['written', { labels: { a: 'b' } }],
    annotations: ['written', { annotations: { a: 'b' } }],
    workingDir: ['lost', { workingDir: '/a' }],
    lifecycle: ['lost', { lifecycle: { preStop: { exec: { command: ['a'] } } } }],
    security: ['written', { security: 'restricted' }],
    securityContext: ['written', { securityContext: { runAsUser: 3 } }],
    podSecurityContext: ['written', { podSecurityContext: { runAsGroup: 3 } }],
    serviceAccount: ['lost', { serviceAccount: { name: 'other' } as Any }],
    extraPodSpec: ['lost', { extraPodSpec: { hostname: 'a' } }],
    extraContainerSpec: ['lost', { extraContainerSpec: { tty: true } }],
    templateOverrides: ['lost', { templateOverrides: { daemon: true } }],
    retry: ['written', { retry: { retries: 2 } }],
    timeoutSeconds: ['written', { timeout: Duration.seconds(5) }],
    totalTimeoutSeconds: ['written', { totalTimeout: Duration.seconds(5) }],
    caching: ['written', { caching: { key: 'k' } }],
    mutexes: ['lost', { mutexes: ['m'] }],
    semaphores: ['lost', { semaphores: [{ name: 's', key: 'limit' }] }],
    debugPause: ['written', { debugPause: ['before'] }],
    metrics: ['lost', { metrics: [{ name: 'm', help: 'h', value: 1 }] }],
    logs: ['ignored', { logs: 'json' }],
    artifacts: ['lost', { artifacts: { data: { uri: 's3://a/b' } } } as Any],
    byReference: ['ignored', { byReference: ['data'] } as Any],
  };

  test('each setting of a task has its place in the table', () => {
    expect(Object.keys(TASK_SETTINGS).sort()).toEqual(Object.keys(TASKS).sort());
  });

  test.each(Object.entries(TASKS))('%s is written, or is said to be lost', (setting, [fate, settings, late]) => {
    const component = setting === 'byReference' ? readsRows : setting === 'artifacts' ? make : say;
    const parameters = { d: dict() };
    const build = (given: TaskSettings) => (p: Any) => {
      const made = new Task(p, 'made', { component: make });
      const inputs = component === readsRows ? { data: made.outputs.data } : {};
      new Task(p, 't', { component, inputs, ...given, ...late?.(p.parameters) } as Any);
    };
    const chart = new Chart(Testing.app(), 'ml');
    const pipeline = new Pipeline<Any, Any>(chart, 'p', { parameters });
    build(settings)(pipeline);
    const task: Any = pipeline.graph.root.nodes.find(({ id }) => id === 't');
    expect(task.settings).toHaveProperty(setting);
    const { document: ir, diagnostics } = writeIr(pipeline.graph);
    const own = diagnostics.filter(({ path }) => path === 'ml/p/t');
    if (fate === 'written') expect(own).toEqual([]);
    else
      expect(own.map(({ code, severity }) => [code, severity])).toEqual([
        fate === 'lost' ? ['KFP1568', undefined] : ['KFP1572', 'warning'],
      ]);
    const plain = written(
      (p) => {
        const made = new Task(p, 'made', { component: make });
        new Task(p, 't', { component, inputs: component === readsRows ? { data: made.outputs.data } : {} } as Any);
      },
      { parameters },
    ).document;
    expect(JSON.stringify(ir) !== JSON.stringify(plain)).toBe(fate === 'written');
  });

  const readsRows = new Component<Any, Any>(() => ({
    name: 'reads',
    inputs: { data: { kind: 'artifact', type: 'system.Dataset' } },
    outputs: {},
    implementation: {
      kind: 'python',
      file: 'a.py',
      function: 'reads',
      line: 1,
      image: 'a:1',
      source: 'def reads(data: Input[Dataset]):\n    pass\n',
    },
  }));

  /** The same for settings of runs. */
  const RUNS: {
    readonly [K in keyof Required<GraphRunSettings>]: readonly ['written' | 'lost', PipelineProps<Any, Any>];
  } = {
    timeoutSeconds: ['written', { timeout: Duration.seconds(5) }],
    parallelism: ['lost', { parallelism: 2 }],
    priority: ['lost', { priority: 2 }],
    retention: ['written', { retention: Duration.days(1) }],
    podRetention: ['lost', { podRetention: { strategy: 'Never' } }],
    archiveLogs: ['lost', { archiveLogs: true }],
    imagePullSecrets: ['written', { imagePullSecrets: ['s'] }],
    podDisruptionBudget: ['lost', { podDisruptionBudget: { minAvailable: 1 } }],
    hostNetwork: ['lost', { hostNetwork: true, dnsPolicy: 'Default' }],
    dnsPolicy: ['lost', { dnsPolicy: 'Default' }],
    dnsConfig: ['lost', { dnsConfig: { nameservers: ['1.1.1.1'] } }],
    mutexes: ['lost', { mutexes: ['m'] }],
    semaphores: ['lost', { semaphores: [{ name: 's', key: 'limit' }] }],
    labels: ['lost', { labels: { a: 'b' } }],
    annotations: ['lost', { annotations: { a: 'b' } }],
    metrics: ['lost', { metrics: [{ name: 'm', help: 'h', value: 1 }] }],
  };

  test('each setting of runs has its place in the table', () => {
    expect(Object.keys(RUN_SETTINGS).sort()).toEqual(Object.keys(RUNS).sort());
  });

  test.each(Object.entries(RUNS))('%s of runs is written, or is said to be lost', (setting, [fate, props]) => {
    const chart = new Chart(Testing.app(), 'ml');
    const pipeline = new Pipeline<Any, Any>(chart, 'p', props);
    new Task(pipeline, 't', { component: say });
    expect(pipeline.graph.run).toHaveProperty(setting);
    const { document: ir, diagnostics } = writeIr(pipeline.graph);
    const codes = diagnostics.map(({ code, message }) => (message.includes(`'${setting}'`) ? code : message));
    expect(codes.filter((code) => code === 'KFP1570')).toEqual(fate === 'lost' ? ['KFP1570'] : []);
    expect(ir.platform !== undefined).toBe(fate === 'written');
  });

  test('a container and what Kubernetes is told', () => {
    const ir = document(
      (p) => {
        const { secret, d, l, image, cpu } = p.parameters;
        new Task(p, 't', {
          component: say,
          image,
          resources: { cpu, cpuLimit: null, memory: Size.gibibytes(2), gpus: 2, gpuResource: 'amd.com/gpu' },
          env: {
            A: 'b',
            S: Env.secret(secret, 'k', { optional: true }),
            C: Env.configMap('c', 'k'),
            N: Env.field('metadata.name'),
          },
          volumes: {
            '/claim': { volume: Volume.claim('c'), subPath: 'sub' },
            '/secret': Volume.secret(secret, { optional: true }),
            '/config': Volume.configMap('c'),
            '/scratch': Volume.ephemeral({ size: '5Gi', storageClass: 'fast' }),
            '/dev/shm': Volume.memory('1Gi'),
          },
          nodeAffinity: {
            anyOf: [[{ key: 'a' }], [{ key: 'b', values: ['c'] }]],
            preferred: [{ weight: 3, requirements: [{ key: 'd' }] }],
          },
          tolerations: l,
          nodeSelector: d,
          imagePullSecrets: ['s', secret],
          labels: { a: 'b' },
          annotations: { c: 'd' },
          retry: { retries: 3, backoff: { duration: Duration.seconds(5), factor: 3, cap: Duration.minutes(1) } },
          timeout: Duration.minutes(1),
          caching: true,
          securityContext: { runAsUser: 1, runAsNonRoot: true },
        });
      },
      { parameters: { secret: str(), d: dict(), l: list(), image: str(), cpu: str() } },
    );
    const { t } = tasksOf(ir);
    expect(t.retryPolicy).toEqual({
      maxRetryCount: 3,
      backoffDuration: '5s',
      backoffFactor: 3,
      backoffMaxDuration: '60s',
    });
    expect(t.cachingOptions).toEqual({ enableCache: true });
    expect(t.inputs.parameters).toEqual({
      'pipelinechannel--cpu': { componentInputParameter: 'cpu' },
      'pipelinechannel--image': { componentInputParameter: 'image' },
    });
    expect(executorAt(ir, 't').container).toMatchObject({
      image: "{{$.inputs.parameters['pipelinechannel--image']}}",
      env: [{ name: 'A', value: 'b' }],
      resources: {
        resourceCpuRequest: "{{$.inputs.parameters['pipelinechannel--cpu']}}",
        resourceMemoryRequest: '2Gi',
        resourceMemoryLimit: '2Gi',
        memoryLimit: 2.147483648,
        accelerator: { type: 'amd.com/gpu', count: '2', resourceType: 'amd.com/gpu', resourceCount: '2' },
      },
    });
    const secret = { componentInputParameter: 'secret' };
    expect(platformAt(ir, 't')).toEqual({
      activeDeadlineSeconds: '60',
      configMapAsEnv: [
        {
          configMapName: 'c',
          configMapNameParameter: { runtimeValue: { constant: 'c' } },
          keyToEnv: [{ configMapKey: 'k', envVar: 'C' }],
          optional: false,
        },
      ],
      configMapAsVolume: [
        {
          configMapName: 'c',
          configMapNameParameter: { runtimeValue: { constant: 'c' } },
          mountPath: '/config',
          optional: false,
        },
      ],
      emptyDirMounts: [{ medium: 'Memory', mountPath: '/dev/shm', sizeLimit: '1Gi', volumeName: 'memory-dev-shm' }],
      fieldPathAsEnv: [{ fieldPath: 'metadata.name', name: 'N' }],
      genericEphemeralVolume: [
        {
          accessModes: ['ReadWriteOnce'],
          mountPath: '/scratch',
          size: '5Gi',
          storageClassName: 'fast',
          volumeName: 'ephemeral-scratch',
        },
      ],
      imagePullSecret: [
        { secretName: 's', secretNameParameter: { runtimeValue: { constant: 's' } } },
        { secretNameParameter: secret },
      ],
      nodeAffinity: [
        { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
        { matchExpressions: [{ key: 'b', operator: 'In', values: ['c'] }] },
        { matchExpressions: [{ key: 'd', operator: 'Exists' }], weight: 3 },
      ],
      nodeSelector: { nodeSelectorJson: { componentInputParameter: 'd' } },
      podMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      pvcMount: [
        { mountPath: '/claim', constant: 'c', pvcNameParameter: { runtimeValue: { constant: 'c' } }, subPath: 'sub' },
      ],
      secretAsEnv: [{ keyToEnv: [{ envVar: 'S', secretKey: 'k' }], optional: true, secretNameParameter: secret }],
      secretAsVolume: [{ mountPath: '/secret', optional: true, secretNameParameter: secret }],
      securityContext: { runAsNonRoot: true, runAsUser: '1' },
      tolerations: [{ tolerationJson: { componentInputParameter: 'l' } }],
    });
  });

  test('names from outside of a branch come through its inputs', () => {
    const ir = document(
      (p) => {
        const loop = new ParallelFor(p, 'each', { items: p.parameters.rows, item: { secret: str() } });
        const branch = new If(loop, 'if', { condition: p.parameters.go });
        new Task(branch, 't', { component: say, env: { S: Env.secret(loop.item.secret, 'k') } });
      },
      { parameters: { rows: list(), go: bool() } },
    );
    expect(platformAt(ir, 'each', 'if', 't').secretAsEnv[0].secretNameParameter).toEqual({
      componentInputParameter: 'pipelinechannel--each-loop-item-subvar-secret',
    });
    expect(
      componentAt(ir, 'each').dag.tasks.if.inputs.parameters['pipelinechannel--each-loop-item-subvar-secret'],
    ).toEqual({
      componentInputParameter: 'pipelinechannel--rows-loop-item',
      parameterExpressionSelector: 'parseJson(string_value)["secret"]',
    });
  });

  test('parts of settings that KFP has nothing for', () => {
    expect(
      problems(
        (p) => {
          const { s, n, d, rows } = p.parameters;
          const tell = (id: string, settings: TaskSettings) => new Task(p, id, { component: say, ...settings });
          tell('env', { env: { A: s, B: Env.resource('limits.memory') }, labels: { a: s }, annotations: { a: s } });
          tell('volumes', {
            volumes: {
              '/a': Volume.secret('s', { mode: 0o400 }),
              '/b': Volume.perRun('r', { size: '1Gi' }),
              '/c': { volume: Volume.claim('c'), readOnly: true },
              '/d': { volume: Volume.emptyDir(), subPath: 'x' },
              '/e': Volume.of('nfs', undefined, { nfs: { server: 'a', path: '/' } }),
              '/f': Volume.claim(text`a-${s}`),
              '/g': Volume.ephemeral({ size: s }),
            },
          });
          tell('amounts', {
            resources: {
              cpu: n,
              memory: '1Gi',
              ephemeralStorage: '1Gi',
              extended: { 'a.io/b': 1, 'c.io/d': 1 },
              claims: [{ name: 'a', claim: 'b' }],
            },
            tolerations: [],
          });
          tell('retry', {
            retry: { retries: 1, policy: 'OnError', on: { lost: true }, memoryFactor: 2, otherNode: true },
            resources: { memory: '1Gi' },
            totalTimeout: Duration.minutes(1),
          });
          tell('caching', { caching: { key: s, maxAge: Duration.days(1), env: ['A'] }, env: { A: 'b' } });
          tell('security', {
            security: 'none',
            securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          });
          tell('pods', { podAffinity: [{ labels: { a: 'b' } }], nodeSelector: d });
          const loop = new ParallelFor(p, 'loop', { items: rows, item: { s: str() } });
          new Task(loop, 't', { component: say, env: { S: Env.secret(loop.item.s, 'k') }, image: text`a/${s}:1` });
        },
        { parameters: { s: str(), n: int(), d: dict(), rows: list() } },
      ).join('\n'),
    ).toMatchInlineSnapshot(`
"KFP1569 ml/p/env: KFP takes no such value of the run for the setting 'env.A' [give a text that is known when the document is written]
KFP1568 ml/p/env: KFP has no counterpart of the setting 'env.B' [KFP takes Secrets, ConfigMaps and fields of the pod: use one of these]
KFP1569 ml/p/env: KFP takes no such value of the run for the setting 'labels.a' [give a text that is known when the document is written]
KFP1569 ml/p/env: KFP takes no such value of the run for the setting 'annotations.a' [give a text that is known when the document is written]
KFP1568 ml/p/volumes: KFP has no counterpart of the setting 'volumes./a.defaultMode' [KFP mounts all keys as they are]
KFP1568 ml/p/volumes: KFP has no counterpart of the setting 'volumes./b' [KFP makes no claim for a run but the workspace: use that, or createClaim]
KFP1568 ml/p/volumes: KFP has no counterpart of the setting 'volumes./c.readOnly' [KFP mounts claims to be written to: leave it away]
KFP1568 ml/p/volumes: KFP has no counterpart of the setting 'volumes./d.subPath' [KFP mounts the whole volume]
KFP1568 ml/p/volumes: KFP has no counterpart of the setting 'volumes./e' [KFP has claims, Secrets, ConfigMaps, empty and ephemeral volumes: use one of these]
KFP1569 ml/p/volumes: KFP takes no such value of the run for the setting 'volumes./f' [give a text, or a parameter, an output or a fact of the run alone]
KFP1569 ml/p/volumes: KFP takes no such value of the run for the setting 'volumes./g' [give what is known when the document is written]
KFP1572 (warning) ml/p/amounts: the setting 'resources.cpu': KFP reads an amount from a string: a number of the run counts as none [do not rely on it on a KFP server]
KFP1568 ml/p/amounts: KFP has no counterpart of the setting 'resources.ephemeral-storage' [leave it away, or run the pipeline on Argo]
KFP1568 ml/p/amounts: KFP has no counterpart of the setting 'resources' [KFP knows one kind of accelerator for a task: ask for one]
KFP1568 ml/p/amounts: KFP has no counterpart of the setting 'resources.claims' [leave it away, or run the pipeline on Argo]
KFP1568 ml/p/retry: KFP has no counterpart of the setting 'retry.policy' [KFP retries what failed]
KFP1568 ml/p/retry: KFP has no counterpart of the setting 'retry.on' [leave it away, or run the pipeline on Argo]
KFP1568 ml/p/retry: KFP has no counterpart of the setting 'retry.memoryFactor' [leave it away, or run the pipeline on Argo]
KFP1568 ml/p/retry: KFP has no counterpart of the setting 'retry.otherNode' [leave it away, or run the pipeline on Argo]
KFP1568 ml/p/retry: KFP has no counterpart of the setting 'totalTimeout' [give an attempt a timeout, or the whole run one]
KFP1569 ml/p/caching: KFP takes no such value of the run for the setting 'caching.key' [give a text that is known when the document is written]
KFP1568 ml/p/caching: KFP has no counterpart of the setting 'caching.maxAge' [KFP reuses results of any age: leave it away]
KFP1568 ml/p/caching: KFP has no counterpart of the setting 'caching.env' [give the values as inputs: KFP looks at those alone]
KFP1572 (warning) ml/p/security: the setting 'security': a KFP server takes all capabilities from pods [do not rely on it on a KFP server]
KFP1568 ml/p/security: KFP has no counterpart of the setting 'securityContext.readOnlyRootFilesystem' [leave it away, or run the pipeline on Argo]
KFP1572 (warning) ml/p/pods: the setting 'podAffinity': KFP’s backend does not read it [do not rely on it on a KFP server]
KFP1572 (warning) ml/p/loop/t: the setting 'image': KFP’s backend puts a value in place of all of it, and not into a text [do not rely on it on a KFP server]
KFP1569 ml/p/loop/t: KFP takes no such value of the run for the setting 'env.S' [give a text, or a parameter, an output or a fact of the run alone]"
`);
  });

  test('the pipeline root', () => {
    const repository = { kind: 's3', bucket: 'b' } as const;
    expect(
      document((p) => new Task(p, 't', { component: say }), { artifactRepository: repository, artifactPrefix: 'a/b' })
        .spec.defaultPipelineRoot,
    ).toBe('s3://b/a/b');
    expect(
      problems((p) => new Task(p, 't', { component: say }), {
        artifactPrefix: 'a',
        artifactGc: 'OnWorkflowDeletion',
        runner: { name: 'a' },
      }),
    ).toMatchInlineSnapshot(`
[
  "KFP1570 ml/p: KFP has no counterpart of the setting of runs 'artifactGc' [KFP keeps artifacts: leave it away]",
  "KFP1570 ml/p: the artifact prefix cannot be the pipeline root of a KFP document, which names a bucket and is known beforehand [name the bucket of the artifact repository and a prefix that is text, or leave the prefix away]",
]
`);
  });
});

describe('what KFP has nothing for', () => {
  test('nodes', () => {
    expect(
      problems(
        (p) => {
          const called = new Pipeline<Any, Any>(p.node.scope as Chart, 'called', {
            standalone: false,
            parameters: { n: int() },
            outputs: { done: bool(), n: int() },
          });
          const said = new Task(called, 'say', { component: say, inputs: { times: called.parameters.n } });
          called.returns({ done: said.outputs.loud, n: said.outputs.count });
          new RepeatUntil(p, 'repeat', { pipeline: called, inputs: { n: 1 }, until: 'done', maxIterations: 3 } as Any);
          const first = new Task(p, 'first', { component: say }).continueOnFailure();
          new Approval(p, 'approve', {}).after(first);
          const made = new Task(p, 'made', { component: make });
          const maybe = new If(p, 'maybe', { condition: p.parameters.go });
          const inner = new ExitHandler(maybe, 'inner');
          new Task(inner, 't', { component: say });
          new OnExit(inner, 'exit', { component: say });
          new Task(p, 'after-maybe', { component: say }).after(maybe);
          const anyway = new Task(p, 'anyway', { component: say }).after(first, made).ignoreUpstreamFailure();
          new Task(p, 'later', { component: say }).after(anyway);
          new Task(p, 'on-failure', { component: say }).after(made.failed);
          const data = new ParallelFor(p, 'data', { items: p.parameters.rows });
          const outer = new ParallelFor(data, 'inner-loop', { items: [1, 2] });
          const score = new Task(outer, 'score', { component: say });
          new Task(p, 'lists', {
            component: useAll,
            inputs: { rows: data.collect(outer.collect(score.outputs.said)) },
          });
          new Task(p, 'items', { component: useAll, inputs: { rows: data.collect(data.item as Any) } });
        },
        { parameters: { go: bool(), rows: list() } },
      ).join('\n'),
    ).toMatchInlineSnapshot(`
"KFP1561 ml/p/repeat: KFP repeats nothing [call the pipeline a known number of times, or loop in a task]
KFP1567 ml/p/first: its failure does not make the run fail, which KFP knows nothing of [leave continueOnFailure() away]
KFP1560 ml/p/approve: KFP has no approvals [split the pipeline in two, and run the second one by hand]
KFP1566 ml/p/maybe/inner: KFP has exit handlers only where nothing else is around them [put it directly into a pipeline]
KFP1575 (warning) ml/p/after-maybe: it runs after 'ml/p/maybe', which may take no branch: KFP then leaves it out, and Argo runs it [give the If an Else, or do not wait for it]
KFP1574 (warning) ml/p/anyway: it ignores failures of several tasks: KFP runs it once for each of them [let it wait for one]
KFP1574 (warning) ml/p/later: it runs after 'ml/p/anyway', which ignores failures: KFP's backend refuses what waits for such a task [wait for what comes before it]
KFP1565 ml/p/on-failure: it waits for more than success, which KFP cannot [wait for success, or call ignoreUpstreamFailure() on a task]
KFP1580 ml/p/data: the output 'data--item' is no output of a task, and KFP gives nothing else out of a pipeline or a loop [let a task return it]
KFP1587 ml/p/data: the loop gives its output 'data-inner-loop-score--said' as a list of lists, and KFP gives one list there [join them as KFP does: collect(…, { flat: true })]"
`);
  });

  test('outputs of a pipeline that no task gives', () => {
    expect(
      problems(
        (p) => {
          new Task(p, 't', { component: say });
          p.returns({ name: p.parameters.name });
        },
        { parameters: { name: str() }, outputs: { name: str() } },
      ),
    ).toMatchInlineSnapshot(`
[
  "KFP1580 ml/p: the output 'name' is no output of a task, and KFP gives nothing else out of a pipeline or a loop [let a task return it]",
]
`);
  });

  test('a container without a command, and with a value in its environment', () => {
    const component = new Component<Any, Any>(() => ({
      name: 'bare',
      inputs: { x: { kind: 'parameter', type: 'STRING', optional: true } },
      outputs: {},
      implementation: {
        kind: 'container',
        image: 'a:1',
        command: [],
        args: [],
        env: { A: { parts: [{ ref: 'input-value', name: 'x' }] } },
      },
    }));
    expect(problems((p) => new Task(p, 't', { component }))).toMatchInlineSnapshot(`
[
  "KFP1582 (warning) ml/p/t: the container of 'bare' has no command, and KFP does not ask the image for its entry point [name the program as its command]",
  "KFP1588 ml/p/t: the variable A of the container of 'bare' holds a value of the run, which KFP cannot put there [give it as an argument]",
]
`);
  });
});

test('what a document said besides goes back to its place', () => {
  const chart = new Chart(Testing.app(), 'ml');
  const called = new Pipeline<Any, Any>(chart, 'called', { standalone: false });
  new Task(called, 'say', { component: say });
  const pipeline = new Pipeline<Any, Any>(chart, 'p', {});
  const task = new Task(pipeline, 't', { component: say });
  new SubPipeline(pipeline, 'call', { pipeline: called });
  called.kfp = { '/component/note': 'c' };
  pipeline.kfp = { '/spec/sdkVersion': 'kfp-2.17.0', '/platform/platforms/other': { a: 1 } };
  (task as Any).kfp = {
    '/task/taskInfo/name': 'A title',
    '/executor/container/lifecycle': { preCacheCheck: {} },
    '/platform/enabledSharedMemory': { size: '1Gi' },
  };
  const { document: ir } = writeIr(pipeline.graph);
  expect(ir.spec.sdkVersion).toBe('kfp-2.17.0');
  expect(ir.platform!.platforms).toMatchObject({ other: { a: 1 } });
  expect(tasksOf(ir).t.taskInfo).toEqual({ name: 'A title' });
  expect(executorAt(ir, 't').container.lifecycle).toEqual({ preCacheCheck: {} });
  expect(platformAt(ir, 't')).toEqual({ enabledSharedMemory: { size: '1Gi' } });
  expect(componentAt(ir, 'call').note).toBe('c');
});

describe('what KFP does otherwise', () => {
  test('artifacts, importers and final statuses', () => {
    expect(
      problems((p) => {
        const made = new Task(p, 'make', { component: make });
        const each = new ParallelFor(p, 'each', { items: ['a'] });
        const all = new Task(each, 'make-each', { component: make });
        new Importer(each, 'imported', { uri: 's3://a/b', type: Dataset });
        const artifacts = new ParallelFor(p, 'artifacts', { items: each.collect(all.outputs.data) });
        new Task(artifacts, 'use', { component: use, inputs: { data: artifacts.item as Any } });
        new Importer(p, 'told', {
          uri: 's3://a/b',
          type: Dataset,
          metadata: new Task(p, 'm', { component: say }).outputs.table,
        });
        new OnExit(p, 'bye', { component: say, inputs: { words: text`it ${p.finalStatus.field('state')}` } });
        void made;
      }).join('\n'),
    ).toMatchInlineSnapshot(`
"KFP1577 (warning) ml/p/each/imported: the importer: it stands in a loop, which KFP’s backend does not carry out [let a task pass the artifact on]
KFP1573 (warning) ml/p/artifacts: KFP’s backend does not run loops over artifacts [let one task take the whole list]
KFP1569 ml/p/told: KFP takes no value of the run for all of an importer's metadata [give a dict, in which values may stand]
KFP1583 ml/p/bye: the input 'words' reads a member of a final status, which KFP gives as a whole [give the task the final status, and let it read the member]"
`);
  });
});

describe('YAML', () => {
  test('keys stand in the order of the alphabet, texts as they are', () => {
    const text = printIr({
      spec: {
        schemaVersion: '2.1.0',
        root: { dag: { tasks: {} } },
        pipelineInfo: { name: 'p', description: 'yes' },
        components: { 'comp-a': { executorLabel: '1.0' } },
        deploymentSpec: {
          executors: { e: { container: { image: 'i', command: ['a\n  b\n', '- c', '{{$}}', '07'] } } },
        },
      },
      platform: { platforms: { kubernetes: {} } },
    });
    expect(text).toMatchInlineSnapshot(`
"components:
  comp-a:
    executorLabel: "1.0"
deploymentSpec:
  executors:
    e:
      container:
        command:
          - |
            a
              b
          - "- c"
          - "{{$}}"
          - "07"
        image: i
pipelineInfo:
  description: "yes"
  name: p
root:
  dag:
    tasks: {}
schemaVersion: 2.1.0
---
platforms:
  kubernetes: {}
"
`);
  });

  test('numbers are numbers for PyYAML as well', () => {
    const values = [1e21, 1.5e300, 1e-7, -2e-10, 0.1, 3, -0, 123456789012];
    const text = printIr({ spec: { values } as Any });
    expect(text.split('\n')).toHaveLength(values.length + 2);
    // PyYAML's rules for a float and for an int.
    for (const line of text.split('\n').slice(1, -1)) {
      expect(line).toMatch(/^ {2}- -?(\d+|\d+\.\d*(e[-+]\d+)?)$/);
    }
    expect((YAML.parse(text, { version: '1.1' }) as Any).values).toEqual(values);
  });

  test('text that YAML 1.1 or PyYAML would read as something else stands in quotes', () => {
    const odd = ['a\tb', ' \n', '\n \n', '=', '<<', 'a\u2028b', 'a\u0085b', 'a\x7fb', 'a\tb\n\uffff'];
    const spec = { list: odd, dict: Object.fromEntries(odd.map((text) => [text, text])), lines: 'a\n\tb\n' };
    const text = printIr({ spec } as Any);
    expect(YAML.parse(text, { version: '1.1' })).toEqual(spec);
    expect(text.slice(text.indexOf('lines:'))).toMatchInlineSnapshot(`
"lines: |
  a
  	b
list:
  - "a\\tb"
  - " \\n"
  - "\\n \\n"
  - "="
  - "<<"
  - "a\\u2028b"
  - "a\\u0085b"
  - "a\\u007fb"
  - "a\\tb\\n\\uffff"
"
`);
  });

  test('what is printed reads as what was written', () => {
    const ir = everything();
    const [spec, platform] = YAML.parseAllDocuments(printIr(ir), { version: '1.1' }).map((each) => each.toJS());
    expect({ spec, platform }).toEqual(JSON.parse(JSON.stringify(ir)));
  });
});

/** A document with something of all kinds. */
function everything(): IrDocument {
  return written(
    (p) => {
      const { n, s, d, rows, secret } = p.parameters;
      const called = new Pipeline<Any, Any>(p.node.scope as Chart, 'called', {
        standalone: false,
        parameters: { word: str(), data: Dataset },
        outputs: { said: str() },
      });
      const inCalled = new Task(called, 'called-say', { component: say, inputs: { words: called.parameters.word } });
      new Task(called, 'called-use', { component: use, inputs: { data: called.parameters.data } });
      called.returns({ said: inCalled.outputs.said });
      const first = new Task(p, 'first', {
        component: say,
        inputs: { words: text`${s} and ${n}`, times: 2 },
        caching: true,
        retry: { retries: 2, backoff: { duration: Duration.seconds(3), factor: 2, cap: Duration.minutes(2) } },
        resources: { cpu: 2, memory: '1Gi', gpus: 1 },
        tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 4 }],
        env: { A: 'b', S: Env.secret(secret, 'k') },
        volumes: { '/c': Volume.claim('c'), '/m': Volume.memory('1Gi'), '/n': Volume.emptyDir() },
        timeout: Duration.minutes(3),
        nodeSelector: { a: 'b' },
        labels: { l: 'v' },
        securityContext: { runAsUser: 3, runAsNonRoot: true },
        imagePullSecrets: ['pull'],
      });
      const small = new If(p, 'small', { condition: n.lt(3) });
      const a = new Task(small, 'a', { component: make, inputs: { seed: first.outputs.said } });
      const b = new Task(small.else('large'), 'b', { component: make });
      const chosen = oneOf(a.outputs.data, b.outputs.data);
      const loop = new ParallelFor(p, 'loop', { items: rows, item: { x: str() }, parallelism: 2 });
      const looped = new Task(loop, 'looped', { component: make, inputs: { seed: loop.item.x } });
      const inner = new ParallelFor(loop, 'inner', { items: ['u', 'v'] });
      new Task(inner, 'innermost', { component: say, inputs: { words: inner.item, times: n } }).after(looped);
      const all = new Task(p, 'all', {
        component: useAll,
        inputs: { data: loop.collect(looped.outputs.data), table: d },
      }).after(first);
      const handler = new ExitHandler(p, 'exit-handler');
      const call = new SubPipeline(handler, 'call', { pipeline: called, inputs: { word: 'w', data: chosen } });
      new OnExit(handler, 'bye', { component: say, inputs: { words: s } });
      new Task(p, 'anyway', { component: say, inputs: { words: d.field('k') } }).after(all).ignoreUpstreamFailure();
      const imported = new Importer(p, 'imported', { uri: s, type: Dataset, metadata: { a: 'b' }, reimport: true });
      new Task(p, 'use', { component: use, inputs: { data: imported.output } });
      new Task(p, 'fact', { component: say, inputs: { words: p.run.id } });
      p.returns({ said: call.outputs.said! });
    },
    {
      parameters: {
        n: int(3),
        s: str('x', { description: 'A word.' }),
        d: dict(),
        rows: list([{ x: 'a' }]),
        secret: optional(str()),
      },
      outputs: { said: str() },
      displayName: 'P',
      description: 'All of it.',
      timeout: Duration.hours(1),
      retention: Duration.days(1),
    },
  ).document;
}

describe('the normal form', () => {
  const base = everything();
  const copy = (): Any => JSON.parse(JSON.stringify(base));

  test('is that of the document itself, whatever the order of its keys', () => {
    const turned = (value: Any): Any => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, each]) => [name, turned(each)]),
      );
    };
    expect(normalForm(turned(copy()))).toEqual(normalForm(base));
  });

  test('shows where values come from, through every level', () => {
    const { root }: Any = normalForm(base);
    expect(root.tasks['loop(innermost)'].tasks['loop(innermost)'].tasks.innermost).toMatchObject({
      inputs: { words: { item: 'loop(innermost)/loop(innermost)' }, times: { parameter: 'n' } },
    });
    expect(root.tasks.all.inputs.data).toEqual({ collected: { task: 'loop(innermost)/looped', output: 'data' } });
    expect(root.tasks['exit-handler(call)'].tasks.call.inputs.data).toEqual({
      oneOf: [
        { task: 'branches(a)/branch(a)/a', output: 'data' },
        { task: 'branches(a)/branch(b)/b', output: 'data' },
      ],
    });
    expect(root.tasks.first.inputs.words).toEqual({ text: [{ parameter: 's' }, ' and ', { parameter: 'n' }] });
    expect(root.tasks['branches(a)'].tasks['branch(b)'].condition).toEqual([
      '!',
      ['<', { parameter: 'n' }, { literal: 3 }],
    ]);
  });

  /** Changes that say the same in other words. */
  const SAME: Readonly<Record<string, (ir: Any) => void>> = {
    'other names of components and executors': ({ spec, platform }) => {
      const rename = (name: string) => `${name}-renamed`;
      const renamed = (record: Any) =>
        Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]));
      for (const component of [spec.root, ...(Object.values(spec.components) as Any[])]) {
        if (component.executorLabel) component.executorLabel = rename(component.executorLabel);
        for (const task of Object.values<Any>(component.dag?.tasks ?? {}))
          task.componentRef.name = rename(task.componentRef.name);
      }
      spec.components = renamed(spec.components);
      spec.deploymentSpec.executors = renamed(spec.deploymentSpec.executors);
      const { kubernetes } = platform.platforms;
      kubernetes.deploymentSpec.executors = renamed(kubernetes.deploymentSpec.executors);
    },
    'a component for each task': ({ spec }) => {
      spec.components['comp-say-again'] = structuredClone(spec.components[spec.root.dag.tasks.fact.componentRef.name]);
      spec.root.dag.tasks.fact.componentRef.name = 'comp-say-again';
    },
    'other names of groups': ({ spec }) => {
      const { tasks } = spec.root.dag;
      tasks['for-loop-7'] = { ...tasks.loop, taskInfo: { name: 'for-loop-7' } };
      delete tasks.loop;
      tasks.all.dependentTasks = tasks.all.dependentTasks.map((key: string) => (key === 'loop' ? 'for-loop-7' : key));
      tasks.all.inputs.artifacts.data.taskOutputArtifact.producerTask = 'for-loop-7';
    },
    'other names of what is passed on': (ir) => {
      const text = JSON.stringify(ir).replaceAll('pipelinechannel--n', 'pipelinechannel--another');
      Object.assign(ir, JSON.parse(text));
    },
    'a dependency that data implies': ({ spec }) => {
      spec.root.dag.tasks.all.dependentTasks = ['first'];
    },
    'defaults written out': ({ spec, platform }) => {
      spec.root.dag.tasks.fact.cachingOptions = { enableCache: false };
      delete spec.root.dag.tasks.use.cachingOptions;
      spec.root.inputDefinitions.parameters.n.isOptional = true;
      spec.root.dag.tasks.all.triggerPolicy = { strategy: 'ALL_UPSTREAM_TASKS_SUCCEEDED' };
      const config: Any = Object.values(platform.platforms.kubernetes.deploymentSpec.executors)[0];
      delete config.secretAsEnv[0].optional;
    },
    'numbers of 64 bits as numbers, amounts in other units': ({ spec, platform }) => {
      const config: Any = Object.values(platform.platforms.kubernetes.deploymentSpec.executors)[0];
      config.activeDeadlineSeconds = Number(config.activeDeadlineSeconds);
      config.tolerations[0].tolerationSeconds = 4;
      const { container }: Any = executorOf(spec, 'first');
      container.resources.resourceMemoryLimit = '1024Mi';
      container.resources.resourceCpuLimit = '2000m';
      delete container.resources.cpuLimit;
    },
    'what old servers read': ({ platform }) => {
      const config: Any = Object.values(platform.platforms.kubernetes.deploymentSpec.executors)[0];
      delete config.pvcMount[0].pvcNameParameter;
    },
    'names of volumes, and of who wrote the document': ({ spec, platform }) => {
      const config: Any = Object.values(platform.platforms.kubernetes.deploymentSpec.executors)[0];
      config.emptyDirMounts[0].volumeName = 'another';
      spec.sdkVersion = 'kfp-2.17.0';
    },
    'casts that change nothing': ({ spec }) => {
      const [name] = Object.keys(spec.components).filter((each) => each === 'comp-small-branches');
      const { small } = spec.components[name!].dag.tasks;
      small.triggerPolicy.condition = small.triggerPolicy.condition.replace(
        /int\((.*?)\) < 3/,
        '(double(int($1)) < 3.0)',
      );
    },
    'where the command ends and its arguments begin': ({ spec }) => {
      const { container }: Any = executorOf(spec, 'first');
      container.command = [...container.command, ...container.args];
      delete container.args;
    },
  };

  test.each(Object.entries(SAME))('is equal: %s', (_, change) => {
    const changed = copy();
    change(changed);
    expect(changed).not.toEqual(copy());
    expect(normalForm(changed)).toEqual(normalForm(base));
  });

  test('differs for whatever is changed in a document', () => {
    const equal: string[] = [];
    const normal = JSON.stringify(sortedKeys(normalForm(base)));
    let count = 0;
    for (const path of leaves(base)) {
      const changed = copy();
      change(changed, path);
      let form: string;
      try {
        form = JSON.stringify(sortedKeys(normalForm(changed)));
      } catch {
        continue; // it names something that does not exist
      }
      count += 1;
      if (form === normal) equal.push(path.join('/'));
    }
    expect(count).toBeGreaterThan(200);
    // What means nothing: names that nobody sees, and what is said twice.
    expect(
      [...new Set(equal.map((path) => path.replace(/\d+/g, 'N')))].filter(
        (path) => !MEANINGLESS.some((known) => known.test(path)),
      ),
    ).toEqual([]);
  });

  test('differs for whatever is added to a document', () => {
    const normal = JSON.stringify(sortedKeys(normalForm(base)));
    const equal: string[] = [];
    for (const path of objects(base)) {
      const changed = copy();
      path.reduce((at, name) => at[name], changed).zzz = 'x';
      try {
        if (JSON.stringify(sortedKeys(normalForm(changed))) === normal) equal.push(path.join('/'));
      } catch {
        // It is no task, no component or no value.
      }
    }
    const known = [
      // Components and executors that nothing uses.
      /^spec\/components$/,
      /^spec\/deploymentSpec\/executors$/,
      /^platform\/platforms\/kubernetes\/deploymentSpec\/executors$/,
      // Inputs that the component does not have, and that stand in no text; what of a group nobody reads.
      /\/inputs\/parameters$/,
      /^spec\/root\/dag\/tasks\/exit-handler\/inputs\/artifacts$/,
      /\/comp-(small|large|small-branches|loop|exit-handler)\/dag\/outputs\/(parameters|artifacts)$/,
      ...MEANINGLESS,
    ];
    expect(equal.filter((path) => !known.some((each) => each.test(path)))).toEqual([]);
  });

  const MEANINGLESS = [
    // Who wrote it, and the titles of groups.
    /^spec\/sdkVersion$/,
    /\/tasks\/(small|large|small-branches|loop|inner|exit-handler)\/taskInfo\/name$/,
    // What the compiler needs to pass values on.
    /^spec\/components\/comp-(small|large|small-branches|loop|inner|exit-handler)\/(input|output)Definitions\//,
    // An importer has the interface of all importers.
    /^spec\/components\/comp-importer-of-system-dataset\//,
    // A default says it.
    /\/parameters\/(n|s|rows|words|seed)\/isOptional$/,
    // Data implies it.
    /\/dependentTasks\/N$/,
    // Old servers read it.
    /\/resources\/(cpuLimit|cpuRequest|memoryLimit|memoryRequest)$/,
    /\/accelerator\/(type|count)$/,
    /\/(secretName|constant)$/,
    /\/volumeName$/,
  ];

  function executorOf(spec: Any, key: string): Any {
    const { executorLabel } = spec.components[spec.root.dag.tasks[key].componentRef.name];
    return spec.deploymentSpec.executors[executorLabel];
  }

  function* leaves(value: Any, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
    if (typeof value !== 'object' || value === null) yield path;
    else
      for (const [name, each] of Object.entries(value))
        yield* leaves(each, [...path, Array.isArray(value) ? Number(name) : name]);
  }

  function* objects(value: Any, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) yield path;
    for (const [name, each] of Object.entries(value))
      yield* objects(each, [...path, Array.isArray(value) ? Number(name) : name]);
  }

  function change(root: Any, path: readonly (string | number)[]): void {
    const parent = path.slice(0, -1).reduce((at, name) => at[name], root);
    const last = path.at(-1)!;
    const value = parent[last];
    parent[last] =
      typeof value === 'string'
        ? /^\d+$/.test(value)
          ? `${value}1`
          : `${value}x`
        : typeof value === 'number'
          ? value + 1
          : !value;
  }

  function sortedKeys(value: Any): Any {
    if (Array.isArray(value)) return value.map(sortedKeys);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((name) => [name, sortedKeys(value[name])]),
    );
  }
});

test('names are given once', () => {
  const names = new FreeNames(['b']);
  expect(['a', 'a', 'a-2', 'a', 'b', 'a-2'].map((wanted) => names.take(wanted))).toEqual([
    ...['a', 'a-2', 'a-2-2', 'a-3', 'b-2', 'a-2-3'],
  ]);
  const many = Array.from({ length: 30_000 }, () => names.take('many'));
  expect(new Set(many).size).toBe(many.length);
});
