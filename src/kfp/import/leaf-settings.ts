import type { ComponentDefinition, Json, Passthrough } from '../../components/definition';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import type { Report } from '../ir/checks';
import type { IrPath } from '../ir/message';
import { pointer } from '../ir/passthrough';
import type { IrComponent, IrExecutor, IrTask, IrTaskParameter, KubernetesExecutorConfig } from '../ir/types';
import type { OuterValue } from './components';
import { type HandedOn, handedOn } from './handed-on';
import { platformSettings } from './platform';
import { type ExecutorConfig, executorConfig } from './platform-types';
import { filledText, imageSetting, readsInput, resourceSettings, type TaskInput } from './resources';
import { isRounded, retrySetting } from './retry';
import { splitSettings } from './task-config';

/** What a task says of how it is run, and what its executor does. */
interface SettingSources {
  readonly component: IrComponent;
  readonly label: string;
  readonly executor: IrExecutor;
  readonly config: KubernetesExecutorConfig | undefined;
}

/** What a task of a document asks of its pod. */
export class LeafSettings {
  private readonly config: ExecutorConfig;
  private readonly handedOn: HandedOn;

  public constructor(
    private readonly sources: SettingSources,
    private readonly task: IrTask,
    private readonly definition: ComponentDefinition,
    private readonly path: IrPath,
  ) {
    this.config = executorConfig(sources.config ?? {});
    this.handedOn = handedOn(sources.component, sources.executor.container!, this.config, task, path);
  }

  /** What is kept for the document that the pipeline is written to. */
  public get kfp(): Passthrough {
    const { cachingOptions, retryPolicy } = this.task;
    const { enableCache, cacheKey } = cachingOptions ?? {};
    const isOperation = this.definition.implementation.kind === 'resource';
    return {
      // What is done to the cluster is done each time.
      ...(isOperation && cachingOptions && { '/task/cachingOptions': { ...cachingOptions } }),
      ...(!isOperation && !enableCache && cacheKey && { '/task/cachingOptions/cacheKey': cacheKey }),
      ...(retryPolicy && isWrittenOtherwise(retryPolicy) && { '/task/retryPolicy': retryPolicy as Json }),
      ...Object.fromEntries(
        this.changedAnnotations.map(([name, text]) => [
          pointer(['platform', 'podMetadata', 'annotations', name]),
          text,
        ]),
      ),
      ...this.handedOn.kfp,
    };
  }

  /** Says what of it is done in another way than by KFP, or not at all. */
  public check(report: Report): void {
    const { label, executor } = this.sources;
    const place = ['platform', 'platforms', 'kubernetes', 'deploymentSpec', 'executors', label];
    for (const field of ['podAffinity', 'enabledSharedMemory'] as const) {
      if (this.config[field] === undefined) continue;
      report(
        'KFP1543',
        [...place, field],
        'KFP ignores this; here it holds',
        'leave it out where it must not',
        'warning',
      );
    }
    for (const [name] of this.changedAnnotations) {
      const message = 'two braces in a row have a space between them on the pod: Argo would expand them';
      const mend = 'leave the annotation out where what reads it cannot do with that';
      report('KFP1544', [...place, 'podMetadata', 'annotations', name], message, mend, 'warning');
    }
    const { nodeAffinity = [] } = this.config;
    if (nodeAffinity.length > 1 && nodeAffinity.some(({ nodeAffinityJson: json }) => json && !json.runtimeValue)) {
      const message = 'what the run gives stands for all of it, and the other terms do not hold';
      report('KFP1544', [...place, 'nodeAffinity'], message, 'let the run give all of it', 'warning');
    }
    for (const field of this.handedOn.lost) {
      const message = `what the task hands on as '${field}' is not part of a document that the pipeline is exported to`;
      report('KFP1544', this.path, message, 'nothing has to be done where it is not exported', 'warning');
    }
    if (isRounded(this.task.retryPolicy)) {
      const { backoffFactor } = this.task.retryPolicy!;
      const message = `the wait is multiplied by ${Math.max(1, Math.round(backoffFactor!))}: Argo takes whole numbers only`;
      report('KFP1549', [...this.path, 'retryPolicy', 'backoffFactor'], message, 'give a whole number', 'warning');
    }
    const { accelerator } = executor.container!.resources ?? {};
    const handsOn = this.sources.component.taskConfigPassthroughs?.some(({ field }) => field === 'RESOURCES');
    if (handsOn && readsInput(accelerator?.resourceType ?? '')) {
      report(
        'KFP1552',
        ['spec', 'deploymentSpec', 'executors', label, 'container', 'resources', 'accelerator'],
        'what the task hands on cannot have accelerators whose type only the run knows',
        'name the type of the accelerator',
      );
    }
  }

  /** The annotations that pods have otherwise than the document says. */
  private get changedAnnotations(): readonly (readonly [name: string, text: string])[] {
    const { annotations = {} } = this.config.podMetadata ?? {};
    return Object.entries(annotations).filter(([, text]) => text.includes('{{'));
  }

  /** What is asked of the pod. */
  public ofPod(input: TaskInput, outer: OuterValue): TaskSettings {
    const all = this.all(input, outer);
    const { taskConfigPassthroughs: passthroughs } = this.sources.component;
    return { ...(passthroughs?.length ? splitSettings(all, passthroughs).pod : all), ...this.ofTask() };
  }

  /** KFP's TaskConfig, where the component has an input for it. */
  public inputs(input: TaskInput, outer: OuterValue): Readonly<Record<string, unknown>> {
    const { inputs } = this.definition;
    const names = Object.keys(inputs).filter((name) => {
      const port = inputs[name]!;
      return port.kind === 'parameter' && port.type === 'TASK_CONFIG';
    });
    if (names.length === 0) return {};
    const { config } = splitSettings(this.all(input, outer), this.sources.component.taskConfigPassthroughs ?? []);
    return Object.fromEntries(names.map((name) => [name, config]));
  }

  private all(input: TaskInput, outer: OuterValue): TaskSettings {
    const container = this.sources.executor.container!;
    const image = imageSetting(container, input);
    const resources = container.resources && resourceSettings(container.resources, input);
    const platform = this.sources.config
      ? platformSettings(this.config, (source) => this.value(source, input, outer))
      : {};
    const env = {
      ...Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])),
      ...platform.env,
    };
    return {
      ...platform,
      ...(image !== undefined && { image }),
      ...(Object.keys(env).length > 0 && { env }),
      ...(resources && { resources }),
    };
  }

  /** What the task says besides of its execution. */
  private ofTask(): TaskSettings {
    const { cachingOptions, retryPolicy } = this.task;
    const retry = retrySetting(retryPolicy);
    const { enableCache = false, cacheKey } = cachingOptions ?? {};
    const isOperation = this.definition.implementation.kind === 'resource';
    return {
      ...(!isOperation && cachingOptions && { caching: enableCache && cacheKey ? { key: cacheKey } : enableCache }),
      ...(retry && { retry }),
    };
  }

  /** What a reference of the configuration means. */
  private value(source: IrTaskParameter, input: TaskInput, outer: OuterValue): unknown {
    const { runtimeValue } = source;
    if (runtimeValue?.runtimeParameter !== undefined) return input(runtimeValue.runtimeParameter);
    if (!runtimeValue) return outer(source);
    const { constant } = runtimeValue;
    return typeof constant === 'string' && readsInput(constant) ? filledText(constant, input) : constant;
  }
}

/** Whether the retries here say less than the document does. */
function isWrittenOtherwise(policy: NonNullable<IrTask['retryPolicy']>): boolean {
  return retrySetting(policy)?.backoff === undefined || isRounded(policy);
}
