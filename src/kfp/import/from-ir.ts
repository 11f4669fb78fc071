import * as path from 'node:path';
import type { Construct } from 'constructs';
import type { Json } from '../../components/definition';
import type { ReturnPorts } from '../../components/ports';
import { Pipeline, type PipelineParameters, type PipelineProps } from '../../constructs/pipeline';
import { Runner } from '../../constructs/platform/runner';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import { contentHash } from '../../graph/content-hash';
import { kebab, NAME_LIMIT, nearest } from '../../graph/names';
import { pointer } from '../ir/passthrough';
import { type ReadIr, readIrFile } from '../ir/read';
import type { IrComponent, IrDocument } from '../ir/types';
import { ExecutorImports } from './components';
import { addToBag } from './created';
import { DocumentImport } from './document-import';
import { PipelineImport } from './pipeline-import';
import { rootPrefix } from './pipeline-root';
import { ImportReport } from './report';
import { reportNotReused } from './reuse';
import { SubPipelines } from './sub-pipelines';

/** Props of {@link Pipeline.fromIr}: those of a pipeline, less what the document says, and more about that. */
export interface FromIrProps
  extends Omit<PipelineProps<PipelineParameters, ReturnPorts>, 'parameters' | 'outputs' | 'workspace'> {
  /** The compiled pipeline: YAML or JSON, or a zip or tar.gz of it. A path relative to the project's root. */
  readonly file: string;
  /**
   * How Python components run: by this library's runtime, which needs no package of KFP's; or by KFP's own executor, as KFP runs
   * them, which pip installs in each pod.
   * @default 'runtime'
   */
  readonly executor?: 'runtime' | 'kfp' | undefined;
  /** Other defaults of parameters than the document's. @default - the document's */
  readonly defaults?: { readonly [parameter: string]: Json } | undefined;
  /**
   * What every task asks of its pod, those of pipelines that it calls included, over what the document says of most of them.
   * @default - nothing
   */
  readonly tasks?: TaskSettings | undefined;
  /** The Kubernetes name of the pipeline. @default - the document's name of the pipeline, in kebab case */
  readonly name?: string | undefined;
}

/**
 * The pipeline of a compiled KFP pipeline. What is wrong with the document is among the diagnostics of the pipeline, like anything
 * else.
 */
export function pipelineFromIr(scope: Construct, id: string, props: FromIrProps): Pipeline {
  const read = readIrFile(props.file);
  const { file: _, executor: __, defaults: ___, ...own } = props;
  if (!read.document) {
    const pipeline = new Pipeline(scope, id, own) as unknown as Pipeline;
    pipeline.problems = read.problems.map((problem) => ({ path: pipeline.node.path, ...problem }));
    return pipeline;
  }
  return imported(scope, id, props, own, read, read.document);
}

function imported(
  scope: Construct,
  id: string,
  props: FromIrProps,
  own: Omit<FromIrProps, 'file' | 'executor' | 'defaults'>,
  read: ReadIr,
  document: IrDocument,
): Pipeline {
  const report = new ImportReport(read, scope.node.path === '' ? id : `${scope.node.path}/${id}`);
  report.add(read.problems);
  for (const { path: place } of read.unknown) {
    report.warning(
      'KFP1526',
      place,
      'the field is unknown, and nothing is made of it; an export has it again',
      'nothing has to be done where it means nothing to you',
    );
  }
  const executors = new ExecutorImports(document, read, {
    executor: props.executor ?? 'runtime',
    file: projectPath(props.file),
  });
  const run = executors.runSettings();
  report.add(run.problems);
  const { workspace, ...runSettings } = run.props;
  const context = new DocumentImport(document, read, report, executors, props.tasks, workspace);
  const { root, pipelineInfo } = document.spec;
  const main = new PipelineImport(context, withDefaults(root, props, report), ['spec', 'root']);
  const prefix = rootPrefix(document.spec.defaultPipelineRoot, props, report);
  const name = props.name ?? nameOf(pipelineInfo.name);
  main.create(
    (interfaces) =>
      new Pipeline(scope, id, {
        ...described(pipelineInfo),
        ...runSettings,
        ...(prefix !== undefined && { artifactPrefix: prefix }),
        ...defined(own),
        ...interfaces,
        name,
      }),
  );
  const { pipeline } = main;
  context.pipelines = new SubPipelines(context, pipeline);
  main.run();
  reportNotReused(context);
  const { runner } = props;
  // Any other account is told of by a rule, where it is not allowed.
  if (runner instanceof Runner) for (const component of executors.resourceComponents) runner.allow(component);
  pipeline.problems = report.problems;
  addToBag(
    pipeline,
    context.unknownAt(['spec'], '/spec'),
    context.unknownAt(['platform'], '/platform'),
    run.kfp,
    sayings(document, props.name === undefined ? pipeline.name : undefined),
  );
  return pipeline;
}

/** What the document says of the pipeline that has no place in it. */
function sayings({ spec, platform }: IrDocument, name: string | undefined): Readonly<Record<string, Json>> {
  const { pipelineInfo, sdkVersion, defaultPipelineRoot } = spec;
  const others = Object.entries(platform?.platforms ?? {}).filter(([key]) => key !== 'kubernetes');
  return {
    ...(name !== undefined && pipelineInfo.name !== name && { '/spec/pipelineInfo/name': pipelineInfo.name }),
    ...Object.fromEntries(others.map(([key, value]) => [pointer(['platform', 'platforms', key]), value as Json])),
    ...(sdkVersion !== undefined && { '/spec/sdkVersion': sdkVersion }),
    ...(defaultPipelineRoot !== undefined && { '/spec/defaultPipelineRoot': defaultPipelineRoot }),
  };
}

function described({ displayName, description }: IrDocument['spec']['pipelineInfo']) {
  return {
    ...(displayName !== undefined && displayName !== '' && { displayName }),
    ...(description !== undefined && description !== '' && { description }),
  };
}

/** KFP names runs after the last part of a pipeline's name. */
function nameOf(given: string): string {
  const name = kebab(given.slice(given.lastIndexOf('/') + 1)) || 'pipeline';
  if (name.length <= NAME_LIMIT) return name;
  return `${name.slice(0, NAME_LIMIT - 9).replace(/-+$/, '')}-${contentHash(given)}`;
}

/** The root with other defaults. */
function withDefaults(root: IrComponent, { defaults = {} }: FromIrProps, report: ImportReport): IrComponent {
  const { parameters = {} } = root.inputDefinitions ?? {};
  const changed = { ...parameters };
  for (const [name, value] of Object.entries(defaults)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter) changed[name] = { ...parameter, isOptional: true, defaultValue: value };
    else {
      const meant = nearest(name, Object.keys(parameters));
      report.error(
        'KFP1530',
        ['spec', 'root', 'inputDefinitions', 'parameters'],
        `a default is given for '${name}', which is no parameter of the pipeline`,
        meant ? `did you mean '${meant}'?` : `its parameters are: ${Object.keys(parameters).join(', ') || 'none'}`,
      );
    }
  }
  return { ...root, inputDefinitions: { ...root.inputDefinitions, parameters: changed } };
}

/** A file's path as it stands in the app's output, which knows of no folder outside of the project. */
function projectPath(file: string): string {
  const relative = path.relative(process.cwd(), path.resolve(file)).split(path.sep).join('/');
  return relative.startsWith('../') || path.isAbsolute(relative) ? path.basename(file) : relative;
}

/** Props that are given: what is undefined is as good as left out. */
function defined<T extends object>(props: T): T {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as T;
}
