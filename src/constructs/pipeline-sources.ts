import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { runtimeConfigMap, type SourceConfigMap, sourceConfigMap } from '../argo/sources';
import type { Component } from '../components/component';
import { shippedTexts } from '../components/shipped-texts';
import { Manifest } from './manifest';

const ID = 'kfp-sources';

/**
 * The ConfigMaps that a chart's Python components need: one for the runtime, one for each Python file. Pipelines of one
 * chart share them; each chart has its own, so that it can be applied alone.
 */
export class PipelineSources extends Construct {
  /** The sources of the chart that a construct is in. */
  public static of(construct: Construct): PipelineSources {
    const chart = Chart.of(construct);
    return (chart.node.tryFindChild(ID) as PipelineSources | undefined) ?? new PipelineSources(chart, ID);
  }

  /** Files whose components are there: all components of a file ship together. */
  private readonly files = new Set<string>();
  private readonly names = new Set<string>();

  /** Adds what a component's pods need. A component with problems adds nothing: synth will report them. */
  public add(component: Component<never, unknown, unknown>): void {
    const { implementation } = component.definition;
    if (implementation.kind !== 'python' || this.files.has(implementation.file) || component.isBroken) return;
    this.files.add(implementation.file);
    const functions: Record<string, string> = {};
    for (const companion of component.companions) {
      if (companion.implementation.kind !== 'python') continue;
      Object.assign(functions, shippedTexts(companion.implementation));
    }
    this.emit(runtimeConfigMap());
    if (Object.keys(functions).length > 0) this.emit(sourceConfigMap(implementation.file, functions));
  }

  private emit({ name, labels, annotations, data }: SourceConfigMap): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    new Manifest(this, name, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      labels,
      annotations,
      contentAddressed: true,
      body: () => ({ fields: { immutable: true, data: { ...data } } }),
    });
  }
}
