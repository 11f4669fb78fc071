import { type Diagnostic, isWarning } from '../diagnostic';
import { ExecutorImports } from '../kfp/import/components';
import { pathText, readIr } from '../kfp/ir/read';
import { componentName } from './yaml-arguments';
import type { ReadComponent } from './yaml-reader';

/** Reads a component that KFP 2 compiled: a pipeline of this one task. */
export function readCompiledComponent(name: string, text: string): ReadComponent {
  const read = readIr(name, text);
  const { document } = read;
  if (!document) return { problems: read.problems };
  const { spec } = document;
  const key = `comp-${componentName(spec.pipelineInfo?.name ?? '')}`;
  const component = spec.components && Object.hasOwn(spec.components, key) ? spec.components[key] : undefined;
  const refused = (message: string, mend: string): ReadComponent => ({
    problems: [...read.problems, { code: 'KFP1603', at: read.at(['spec']), message, mend }],
  });
  if (component?.executorLabel === undefined) {
    return refused(
      'the document is a pipeline, and no component',
      'read it with Pipeline.fromIr, and call it by a SubPipeline',
    );
  }
  const imports = new ExecutorImports(document, read, { executor: 'runtime', file: name });
  const tasks = Object.entries(spec.root?.dag?.tasks ?? {});
  const [id, task] = tasks.find(([, each]) => each.componentRef?.name === key) ?? [
    key,
    { componentRef: { name: key } },
  ];
  const imported = imports.task(key, task, ['spec', 'root', 'dag', 'tasks', id]);
  if (imported.kind === 'importer') return refused('the document describes an importer', 'use an Importer');
  const unknown = read.unknown.map(
    ({ path }): Diagnostic => ({
      ...{ code: 'KFP1602', severity: 'warning', at: read.at(path) },
      message: `${pathText(path)}: KFP knows no such field: it is passed over`,
      mend: 'remove it',
    }),
  );
  const asked = imported.settings(
    () => undefined,
    () => undefined,
  );
  // KFP says of each task whether it is cached.
  const settings = Object.keys(asked).filter((name) => name !== 'caching');
  const lost: Diagnostic[] =
    settings.length === 0
      ? []
      : [
          {
            ...{ code: 'KFP1609', severity: 'warning', at: read.at(['spec', 'deploymentSpec']) },
            message: `the document asks something of the task's pod, which is no part of a component: ${settings.join(', ')}`,
            mend: 'set it on the Task',
          },
        ];
  const { definition, companions } = imported.component;
  const problems = [...read.problems, ...imported.problems, ...unknown, ...lost];
  return { ...(problems.every(isWarning) && { definition, companions }), problems };
}
