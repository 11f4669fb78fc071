import { Chart, Cron } from 'cdk8s';
import {
  type AnyArtifact,
  Approval,
  type ApprovalDecision,
  Artifact,
  bool,
  Check,
  ContainerComponent,
  Dataset,
  dict,
  ExitHandler,
  type Float,
  float,
  If,
  type InputsOf,
  type Int,
  int,
  type LiteralOf,
  list,
  listOf,
  Metrics,
  Model,
  OnExit,
  OnExitPipeline,
  type OptionalParameter,
  type OutputsOf,
  oneOf,
  optional,
  ParallelFor,
  type Parameter,
  Pipeline,
  PythonComponent,
  RecurringRun,
  RepeatUntil,
  Run,
  type Struct,
  SubPipeline,
  str,
  Task,
  text,
  type Value,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { evaluateModel, loadData, trainModel } from '../../imports/training';

/** What must compile. */
export class Use extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const pipeline = new Pipeline(this, 'p', { parameters: { dataset: str('wine'), seed: int() } });
    const { seed } = pipeline.parameters;
    const load = new Task(pipeline, 'load', { component: loadData, inputs: { dataset: 'wine' } });

    // KFP's generic artifact fits every artifact input, and takes every artifact.
    const anything = new ContainerComponent({
      name: 'anything',
      image: 'x:1',
      inputs: { artifact: Artifact },
      outputs: { artifact: Artifact, metrics: Metrics },
      command: ['x'],
    });
    const any = new Task(pipeline, 'any', { component: anything, inputs: { artifact: load.outputs.output_dataset } });
    new Task(pipeline, 'train', { component: trainModel, inputs: { train_dataset: any.outputs.artifact, seed } });
    any.outputs.metrics.metric('whatever').gt(0);

    // An int is a float, undefined is absent.
    const half = new ContainerComponent({
      name: 'half',
      image: 'x:1',
      inputs: { x: float(), y: int(1) },
      command: ['x'],
    });
    new Task(pipeline, 'half', { component: half, inputs: { x: seed, y: undefined } });

    // Names of metrics complete, and others are taken too.
    const evaluate = new Task(pipeline, 'evaluate', {
      component: evaluateModel,
      inputs: { test_dataset: load.outputs.output_dataset, model_input: any.outputs.artifact },
    });
    const accuracy: Value<unknown> = evaluate.outputs.metrics.metric('accuracy');
    void accuracy;
    const good = new If(pipeline, 'good', {
      condition: evaluate.output.gte(0.5).and(load.output.gt(seed).not(), pipeline.run.name.ne('x')),
    });
    good.elif('fair', { condition: evaluate.outputs.metrics.metric('another').lt(evaluate.output) });
    good.else('poor');

    // A component without inputs needs none.
    const none = new ContainerComponent({ name: 'none', image: 'x:1', command: ['x'] });
    new Task(pipeline, 'none', { component: none });
    new OnExit(pipeline, 'exit', { component: none });

    // Arguments: required ones, defaulted ones, the scheduled time.
    new Run(this, 'r', { pipeline, arguments: { seed: 1 } });
    new RecurringRun(this, 'rr', {
      pipeline,
      schedule: [Cron.daily(), '0 0 3 * * *'],
      arguments: { seed: 1 },
    });
    const plain = new Pipeline(this, 'plain');
    new Run(this, 'r2', { pipeline: plain });

    // The untyped door.
    const untyped = new Task(pipeline, 'untyped', {
      component: PythonComponent.fromFile('components/training.py', 'load_data'),
      inputs: { dataset: text`${pipeline.parameters.dataset}` },
    });
    new Task(pipeline, 'train-2', {
      component: trainModel,
      inputs: { train_dataset: untyped.outputs.output_dataset! },
    });

    // Values of a narrower type go where a wider one is asked for.
    const dataset: Value<AnyArtifact> = load.outputs.output_dataset;
    const count: Value<Int> = load.output;
    void [dataset, count, Dataset, Model];

    // Lists know their elements, and take literals or values of them.
    const lists = new ContainerComponent({
      name: 'lists',
      image: 'x:1',
      inputs: { words: listOf(str()), rates: listOf(listOf(float()), [[0.1, 1]]), ids: listOf(int()) },
      outputs: { words: listOf(str()), ids: listOf(int()) },
      command: ({ inputs }) => ['x', inputs.words, inputs.ids],
    });
    const { words, ids } = new Task(pipeline, 'lists', { component: lists, inputs: { words: ['a'], ids: [1] } })
      .outputs;
    new Task(pipeline, 'lists-2', { component: lists, inputs: { words, ids, rates: undefined } });
    const wider: Value<readonly Float[]> = ids;
    void wider;

    // A parameter may be left out without having a default.
    const optionals = new ContainerComponent({
      name: 'optionals',
      image: 'x:1',
      inputs: { note: optional(str()), ids: optional(listOf(int())), base: optional(Model) },
      command: ({ inputs }) => ['x', inputs.note, inputs.ids, inputs.base.path],
    });
    new Task(pipeline, 'optionals', { component: optionals });
    new Task(pipeline, 'optionals-2', { component: optionals, inputs: { note: 'x', ids, base: any.outputs.artifact } });

    // Both as parameters of a pipeline.
    const parameters = { words: listOf(str(), ['a']), ids: listOf(int()), note: optional(str()) };
    const listing = new Pipeline(this, 'listing', { parameters });
    new Run(this, 'r3', { pipeline: listing, arguments: { ids: [1, 2], words: [] } });
  }
}

/** What must compile of control flow. */
export class Flow extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const make = new ContainerComponent({
      name: 'make',
      image: 'x:1',
      inputs: { rate: float(0.1), rows: int(1), name: str('x'), on: bool(true), ids: listOf(int(), []) },
      outputs: {
        data: Dataset,
        model: Model,
        rate: float(),
        rows: int(),
        name: str(),
        on: bool(),
        ids: listOf(int()),
        any: list(),
      },
      command: ['x'],
    });
    const all = new ContainerComponent({
      name: 'all',
      image: 'x:1',
      inputs: {
        rates: listOf(float()),
        models: optional(listOf(Model)),
        nested: optional(listOf(listOf(int()))),
        note: optional(str()),
        status: optional(dict()),
      },
      command: ['x'],
    });
    const pipeline = new Pipeline(this, 'p', {
      parameters: { names: listOf(str(), ['a']), rates: listOf(float()), any: list([]), note: optional(str()) },
      outputs: { model: Model, models: listOf(Model), rates: listOf(float()), note: optional(str()) },
    });
    const { names, rates, any, note } = pipeline.parameters;
    const made = new Task(pipeline, 'make', { component: make });

    // Literal items: scalars, structs with fields, whose numbers are of either kind.
    const numbers = new ParallelFor(pipeline, 'numbers', { items: [1, 0.5], parallelism: 2 });
    new Task(numbers, 'make', { component: make, inputs: { rate: numbers.item, rows: numbers.index } });
    const texts = new ParallelFor(pipeline, 'texts', { items: ['a', 'b'] });
    new Task(texts, 'make', { component: make, inputs: { name: texts.item } });
    const flags = new ParallelFor(pipeline, 'flags', { items: [true, false] });
    new If(flags, 'on', { condition: flags.item.and(flags.index.gt(0)) });
    const structs = new ParallelFor(pipeline, 'structs', {
      items: [
        { rate: 0.1, rows: 3, name: 'a', on: true, ids: [1], deep: { name: 'x' } },
        { rate: 1, rows: 6, name: 'b', on: false, ids: [], deep: { name: 'y' } },
      ],
    });
    const { rate, rows, name, on, ids } = structs.item;
    new Task(structs, 'spread', { component: make, inputs: { ...structs.item } });
    new Task(structs, 'make', { component: make, inputs: { rate, rows, name, on, ids } });
    new Task(structs, 'untyped', { component: make, inputs: { name: structs.item.field('name') } });
    new Task(structs, 'deep', { component: make, inputs: { name: structs.item.deep.field('name') } });
    new Task(structs, 'whole', { component: all, inputs: { rates: [1], status: structs.item } });
    new If(structs, 'many', { condition: rows.gt(3).or(name.in(['a', 'c']), on.eq(true)) });
    const items = [0.1, 0.2];
    const listed = new ParallelFor(pipeline, 'listed', { items });
    new Task(listed, 'make', { component: make, inputs: { rate: listed.item } });

    // Items of a value: what the list says, what is declared, or nothing.
    const byName = new ParallelFor(pipeline, 'by-name', { items: names });
    const eachName: Value<string> = byName.item;
    const byId = new ParallelFor(byName, 'by-id', { items: made.outputs.ids });
    const inner = new Task(byId, 'make', {
      component: make,
      inputs: { name: eachName, rows: byId.item, rate: byId.item },
    });
    const dynamic = new ParallelFor(pipeline, 'dynamic', { items: any, item: { rate: float(), names: listOf(str()) } });
    new Task(dynamic, 'make', { component: make, inputs: { rate: dynamic.item.rate } });
    const byInner = new ParallelFor(dynamic, 'inner', { items: dynamic.item.names });
    new Task(byInner, 'make', { component: make, inputs: { name: byInner.item } });
    const scalar = new ParallelFor(pipeline, 'scalar', { items: any, item: int() });
    new Task(scalar, 'make', { component: make, inputs: { rows: scalar.item } });
    const untyped = new ParallelFor(pipeline, 'untyped', { items: any });
    new Task(untyped, 'make', { component: make, inputs: { rows: untyped.item, name: untyped.item } });

    // Collected values know how deep they are, and are items again.
    const collected: Value<readonly (readonly Int[])[]> = byName.collect(byId.collect(inner.outputs.rows));
    new Task(pipeline, 'nested', {
      component: all,
      inputs: { rates: byName.collect(new Task(byName, 'm', { component: make }).outputs.rate), nested: collected },
    });
    const models: Value<readonly Model[]> = texts.collect(new Task(texts, 'model', { component: make }).outputs.model);
    new Task(pipeline, 'models', { component: all, inputs: { rates, models } });
    const byModel = new ParallelFor(pipeline, 'by-model', { items: models });
    const eachModel: Value<Model> = byModel.item;
    void eachModel;

    // One of branches.
    const many = new If(pipeline, 'many', { condition: made.outputs.rows.gt(1) });
    const a = new Task(many, 'a', { component: make });
    const b = new Task(many.else('few'), 'b', { component: make });
    const chosen: Value<Model> = oneOf(a.outputs.model, b.outputs.model);
    const either = oneOf(a.outputs.rate, b.outputs.rate);
    new If(pipeline, 'either', { condition: either.gt(oneOf(a.outputs.rows, b.outputs.rows)) });

    // Pipelines as components: required, defaulted, optional, artifacts, lists.
    const fit = new Pipeline(this, 'fit', {
      standalone: false,
      parameters: {
        rows: Dataset,
        base: optional(Model),
        parts: listOf(Dataset),
        rate: float(),
        trees: int(3),
        note: optional(str()),
      },
      outputs: { model: Model, rate: float(), good: bool(), parts: listOf(Dataset), note: optional(str()) },
    });
    const { rows: given, base, parts } = fit.parameters;
    const artifacts: readonly [Value<Dataset>, Value<Model>, Value<readonly Dataset[]>] = [given, base, parts];
    void artifacts;
    const fitted = new Task(fit, 'make', { component: make, inputs: { rate: fit.parameters.rate } });
    const { model, rate: fittedRate, on: good, name: text1 } = fitted.outputs;
    fit.returns({ model, rate: fittedRate, good, parts, note: text1 });
    const some = structs.collect(new Task(structs, 'data', { component: make }).outputs.data);
    const data = made.outputs.data;
    const call = new SubPipeline(pipeline, 'call', { pipeline: fit, inputs: { rows: data, parts: some, rate: 1 } });
    new SubPipeline(pipeline, 'call-2', {
      pipeline: fit,
      inputs: {
        rows: data,
        parts: call.outputs.parts,
        rate: call.outputs.rate,
        base: call.outputs.model,
        trees: 3,
        note,
      },
    });
    const plain = new Pipeline(this, 'plain', { standalone: false, parameters: { note: str('x') } });
    new SubPipeline(pipeline, 'plain', { pipeline: plain });
    new OnExitPipeline(pipeline, 'exit', { pipeline: plain, inputs: { note: pipeline.run.name } });

    // Repetitions: `until` names a boolean output.
    const tuned = new RepeatUntil(pipeline, 'tune', {
      pipeline: fit,
      inputs: { rows: data, parts: some, rate: 0.5 },
      until: 'good',
      maxIterations: 5,
    });
    new If(pipeline, 'tuned', { condition: tuned.iterations.lt(5).and(tuned.outputs.good, tuned.outputs.rate.gt(1)) });
    pipeline.returns({ model: oneOf(chosen, tuned.outputs.model), models, rates, note });

    // Approvals, checks, exit handlers, and how others have ended.
    const approval = new Approval(pipeline, 'approve', { message: text`Go live with ${either}?` });
    const decision: Value<ApprovalDecision> = approval.decision;
    new If(pipeline, 'approved', {
      condition: approval.approved.or(decision.eq('timed-out'), decision.in(['rejected'])),
    });
    const check = new Check(pipeline, 'check', {
      rules: { 'good rate': either.gt(0.5), known: made.outputs.name.in(names) },
    });
    const handler = new ExitHandler(pipeline, 'handler').after(check, approval, many);
    new OnExit(handler, 'exit', { component: all, inputs: { rates: [], status: handler.finalStatus } });
    new Task(pipeline, 'late', { component: make })
      .after(check.failed.or(handler.succeeded.and(approval.skipped.not())), made.ended, many.else('none'))
      .ignoreUpstreamFailure()
      .continueOnFailure();
    new Task(pipeline, 'status', { component: make, inputs: { name: pipeline.finalStatus.field('state') } });

    // Optional and list arguments of a run.
    new Run(this, 'run', { pipeline, arguments: { rates: [0.5], note: null, any: [1, 'a', { b: null }] } });
  }
}

/** Nothing but `true` can be given for it, and that only where two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What is declared for lists and for what may be left out is what tasks take and give. */
export const declared: readonly [
  Same<LiteralOf<readonly string[]>, readonly string[]>,
  Same<LiteralOf<readonly Int[]>, readonly number[]>,
  Same<LiteralOf<readonly (readonly Float[])[]>, readonly (readonly number[])[]>,
  Same<LiteralOf<readonly boolean[]>, readonly boolean[]>,
  Same<LiteralOf<readonly unknown[]>, readonly unknown[]>,
  Same<LiteralOf<readonly ('a' | 'b')[]>, readonly ('a' | 'b')[]>,
  Same<typeof ports.words, Parameter<readonly string[], false>>,
  Same<typeof ports.rates, Parameter<readonly (readonly Float[])[], true>>,
  Same<typeof ports.note, OptionalParameter<string>>,
  Same<
    InputsOf<typeof ports>,
    {
      readonly words: readonly string[] | Value<readonly string[]>;
      readonly dicts: readonly { readonly [key: string]: unknown }[] | Value<readonly Struct[]>;
      readonly lists: readonly (readonly unknown[])[] | Value<readonly (readonly unknown[])[]>;
      readonly parts: Value<readonly (Dataset | Artifact)[]>;
      readonly all: Value<readonly AnyArtifact[]>;
      readonly rates?: readonly (readonly number[])[] | Value<readonly (readonly Float[])[]> | undefined;
      readonly note?: string | Value<string> | null | undefined;
      readonly ids?: readonly number[] | Value<readonly Int[]> | null | undefined;
      readonly base?: Value<Model | Artifact> | undefined;
      readonly any?: Value<AnyArtifact> | undefined;
      readonly models?: Value<readonly (Model | Artifact)[]> | undefined;
    }
  >,
  Same<
    OutputsOf<Pick<typeof ports, 'words' | 'rates' | 'parts'>>,
    {
      readonly words: Value<readonly string[]>;
      readonly rates: Value<readonly (readonly Float[])[]>;
      readonly parts: Value<readonly Dataset[]>;
    }
  >,
] = [true, true, true, true, true, true, true, true, true, true, true];

const ports = {
  words: listOf(str()),
  dicts: listOf(dict()),
  lists: listOf(list()),
  rates: listOf(listOf(float()), [[0.1, 1]]),
  note: optional(str()),
  ids: optional(listOf(int())),
  parts: listOf(Dataset),
  all: listOf(Artifact),
  base: optional(Model),
  any: optional(Artifact),
  models: optional(listOf(Model)),
};

const parameters = { rows: int(3) };

/** A subclass keeps its parameters by naming them. */
export class Sub extends Pipeline<typeof parameters> {
  public constructor(scope: Construct) {
    super(scope, 'sub', { parameters });
    this.parameters.rows.gt(2);
  }
}
