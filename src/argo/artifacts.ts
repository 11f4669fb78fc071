import { inputsByPath, isWrittenByUri, outputPathOf } from '../components/container-files';
import type { ArtifactDefinition, ComponentDefinition } from '../components/definition';
import { type ArtifactLocation, isFolder, locationOf, NO_BUCKET, repositoryUri } from '../graph/artifact-location';
import type { Fetch, Fetches } from '../graph/artifact-sources';
import { asksForCaching } from '../graph/cache-key';
import type { PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import { kebab } from '../graph/names';
import { type GraphTaskSettings, isRunValue, type Text } from '../graph/settings';
import { encodeJson } from '../values/codec';
import { inRepository, inStore } from './artifact-stores';
import { ArtifactText, exact, keyIn } from './artifact-text';
import { type Resolve, string, tag, typed } from './expression-printer';
import { INPUT_DIR, WORK_DIR } from './paths';
import { fileText } from './raw-text';
import type { SettingPrinter } from './setting-printer';
import type { Artifact, EnvVar } from './types';

/** Reports get an extension, by which Argo's UI knows how to show them. */
const EXTENSION: Readonly<Record<string, string>> = { 'system.HTML': '.html', 'system.Markdown': '.md' };

/** What the templates of a run's tasks are printed with. */
export interface RunContext {
  readonly graph: PipelineGraph;
  /** How parameters and facts of the run are referred to, wherever that is. */
  readonly ofRun: Resolve;
}

/** Where the runtime finds an artifact that is not in its usual place. */
export type PortPlace = { readonly byReference: true } | { readonly volume: string };

/** The artifacts of a component's template, for tasks with these settings whose inputs are fetched so. */
export class TemplateArtifacts {
  private readonly graph: PipelineGraph;

  public constructor(
    private readonly component: ComponentDefinition,
    private readonly settings: GraphTaskSettings,
    private readonly fetches: Fetches,
    private readonly run: RunContext,
    private readonly print: SettingPrinter,
  ) {
    this.graph = run.graph;
  }

  /**
   * The artifacts that Argo fetches. Each key comes from the reference, which arrives as the parameter of the same name: so an
   * edge carries one parameter, whatever made the reference. Argo does not download an optional artifact whose key is empty.
   */
  public get inputs(): readonly Artifact[] {
    const fetched = this.ports('inputs').flatMap(([name, port]): Artifact[] => {
      const fetch = memberOf(this.fetches, name);
      if (fetch?.kind === 'reference' || fetch?.kind === 'mounted') return [];
      const path = `${INPUT_DIR}/${name}`;
      const optional = port.optional || port.list || fetch?.kind === 'repository';
      return [{ name, path, ...(optional && { optional: true }), ...this.locationOfInput(name, port, fetch) }];
    });
    return [...fetched, ...this.files];
  }

  /** Parameters that a container reads from a file. */
  private get files(): readonly Artifact[] {
    return [...inputsByPath(this.component)].flatMap((name): Artifact[] => {
      const port = this.component.inputs[name];
      if (port?.kind !== 'parameter') return [];
      return [{ name, path: `${INPUT_DIR}/${name}`, raw: { data: fileText(`inputs.parameters['${name}']`, port) } }];
    });
  }

  /** The artifacts that Argo uploads, as they are: no archive, so that a reader of the storage sees what the task wrote. */
  public get outputs(): readonly Artifact[] {
    return this.ports('outputs').flatMap(([name, port]): Artifact[] => {
      const location = this.locationOf(name);
      if (location?.store.kind === 'volume') return [];
      const key = this.key(name, port).field;
      const gc = this.gcOf(name);
      return [
        {
          name,
          path: this.placeOfOutput(name),
          archive: { none: {} },
          ...((port.optional || isWrittenByUri(this.component, name)) && { optional: true }),
          ...(gc && { artifactGC: { strategy: gc } }),
          ...this.locationOfOutput(location, key),
        },
      ];
    });
  }

  /** What the runtime is told of places. */
  public get variables(): readonly EnvVar[] {
    const prefix = this.uriPrefix;
    const inputs = this.ports('inputs');
    const outputs = this.ports('outputs');
    const lists = inputs.filter(([name, { list }]) => list && memberOf(this.fetches, name) === undefined);
    const others = outputs.filter(([name]) => this.uri(name) !== undefined);
    return [
      ...lists.map(([name, port]) => ({ name: `KFP_FOLDER_${name}`, value: this.folder(name, port) })),
      ...outputs.map(([name, port]) => ({ name: `KFP_KEY_${name}`, value: this.key(name, port).argument })),
      ...others.map(([name]) => ({ name: `KFP_URI_${name}`, value: this.uri(name)!.argument })),
      ...(prefix !== NO_BUCKET && inputs.length + outputs.length > 0
        ? [{ name: 'KFP_URI_PREFIX', value: prefix }]
        : []),
    ];
  }

  /** Which inputs and outputs are not where the runtime has them otherwise. */
  public get places(): { readonly inputs: Places; readonly outputs: Places } {
    const inputs: Record<string, PortPlace> = {};
    const outputs: Record<string, PortPlace> = {};
    for (const [name, fetch] of Object.entries(this.fetches)) {
      if (fetch.kind === 'reference') inputs[name] = { byReference: true };
      if (fetch.kind === 'mounted') inputs[name] = { volume: fetch.folder };
    }
    for (const [name] of this.ports('outputs')) {
      const folder = this.mountOf(name);
      if (folder !== undefined) outputs[name] = { volume: folder };
    }
    return { inputs, outputs };
  }

  /** Where a container without the runtime finds an input artifact. */
  public inputPath(name: string): ArtifactText {
    const fetch = memberOf(this.fetches, name);
    if (fetch?.kind !== 'mounted') return new ArtifactText(`${INPUT_DIR}/${name}`);
    return new ArtifactText(`${fetch.folder}/`, tag(exact(`fromJSON(inputs.parameters['${name}']).key`)));
  }

  /** An expression for the URI of an input artifact. */
  public inputUri(name: string): string {
    const reference = `fromJSON(inputs.parameters['${name}'])`;
    return `(${reference}.uri ?? (${string(this.uriPrefix)} + ${reference}.key))`;
  }

  /** Where such a container writes an output. */
  public outputPath(name: string): ArtifactText {
    const port = this.component.outputs[name];
    const folder = port?.kind === 'artifact' ? this.mountOf(name) : undefined;
    return folder === undefined
      ? new ArtifactText(this.placeOfOutput(name))
      : this.key(name, port as ArtifactDefinition).after(`${folder}/`);
  }

  /** Where Argo takes an output from. */
  public placeOfOutput(name: string): string {
    const { implementation, outputs } = this.component;
    if (implementation.kind !== 'python') return outputPathOf(implementation, name) ?? `${WORK_DIR}/${name}`;
    return `${WORK_DIR}/${outputs[name]?.kind === 'artifact' ? 'artifacts' : 'outputs'}/${name}`;
  }

  /** The URI that an output artifact gets. */
  public outputUri(name: string): ArtifactText {
    return this.uri(name) ?? this.key(name, this.component.outputs[name] as ArtifactDefinition).after(this.uriPrefix);
  }

  /** The reference of an artifact that such a container writes. Argo fills in the key. */
  public reference(name: string, port: ArtifactDefinition): string {
    const uri = this.uri(name);
    const key = `"key":"${this.key(name, port).inJson}"`;
    return `{${key},"metadata":"{}","type":${encodeJson(port.type)}${uri ? `,"uri":"${uri.inJson}"` : ''}}`;
  }

  private ports(of: 'inputs' | 'outputs'): readonly (readonly [string, ArtifactDefinition])[] {
    return Object.entries(this.component[of]).flatMap(([name, port]) =>
      port.kind === 'artifact' ? [[name, port] as const] : [],
    );
  }

  private locationOf(output: string): ArtifactLocation | undefined {
    const place = memberOf(this.settings.artifacts ?? {}, output);
    return place && locationOf(place, this.settings, this.graph.artifactRepository);
  }

  private mountOf(output: string): string | undefined {
    if (this.locationOf(output)?.store.kind !== 'volume') return undefined;
    const { volume } = this.settings.artifacts![output]!;
    return this.settings.mounts?.find((mount) => mount.volume === volume)?.path;
  }

  private locationOfInput(name: string, port: ArtifactDefinition, fetch: Fetch | undefined) {
    const { artifactRepository: repository } = this.graph;
    const reference = `fromJSON(inputs.parameters['${name}'])`;
    const given = (expression: string) =>
      tag(port.optional ? `inputs.parameters['${name}'] startsWith 'json:' ? '' : ${expression}` : expression);
    switch (fetch?.kind) {
      case 's3':
      case 'gcs':
      case 'azure': {
        const place = fetch.kind === 'azure' ? 3 : 2;
        const bucket = fetch.bucket ?? given(exact(`split(${reference}.uri, '/')[${place}]`));
        return inStore(fetch, bucket, given(exact(`${reference}.key`)));
      }
      case 'web':
        return { http: { url: given(exact(`${reference}.uri`)) } };
      default:
        return inRepository(repository, port.list ? this.folder(name, port) : inputKey(name, port));
    }
  }

  private locationOfOutput(location: ArtifactLocation | undefined, key: string) {
    const { store, text } = location ?? { store: { kind: 'repository' as const }, text: '' };
    if (store.kind !== 's3' && store.kind !== 'gcs' && store.kind !== 'azure') {
      return inRepository(this.graph.artifactRepository, key);
    }
    const bucket = store.bucket ?? tag(exact(`split(${this.valueOf(text)}, '/')[${store.kind === 'azure' ? 3 : 2}]`));
    return inStore(store, bucket, key);
  }

  /** The key of an output: by the user's choice, or one for each attempt of each task of each run. */
  private key(name: string, { type }: ArtifactDefinition): ArtifactText {
    const own = ownName(type);
    const location = this.locationOf(name);
    if (location?.key) {
      const chosen = keyIn(location.text, location.key, (text) => this.valueOf(text));
      return isFolder(location.text) ? chosen.followedBy(own) : chosen;
    }
    // What tasks of one component write to one output lies in one folder, so that what a loop gives can be fetched at once.
    const folder = `{{workflow.namespace}}/{{workflow.name}}/${kebab(this.component.name)}/${name}`;
    return this.prefix().followedBy(`${folder}/${own}`);
  }

  /** The URI of an output that has another one than its key gives. */
  private uri(name: string): ArtifactText | undefined {
    const location = this.locationOf(name);
    if (location === undefined || location.store.kind === 'repository') return undefined;
    const { text, store } = location;
    const whole = isRunValue(text) ? new ArtifactText({ expression: this.valueOf(text) }) : new ArtifactText(text);
    const complete = isFolder(text) ? whole.followedBy(ownName(this.component.outputs[name]!.type)) : whole;
    if (store.kind !== 'volume') return complete;
    return complete.after(`pvc://${claimOf(store.volume)}/`);
  }

  private get uriPrefix(): string {
    return repositoryUri(this.graph.artifactRepository);
  }

  private prefix(): ArtifactText {
    const { prefix = '' } = this.graph.artifactRepository;
    if (!isRunValue(prefix)) return new ArtifactText(prefix === '' ? '' : `${prefix.replace(/\/$/, '')}/`);
    return new ArtifactText({ expression: `trimSuffix(${typed(prefix.expression, this.run.ofRun)}, '/') + '/'` });
  }

  /** When an output is removed, where that is not as the pipeline says. What is kept for other runs never is. */
  private gcOf(output: string) {
    const { gc } = memberOf(this.settings.artifacts ?? {}, output) ?? {};
    if (gc !== undefined) return gc;
    return this.graph.artifactRepository.gc && asksForCaching(this.settings) ? 'Never' : undefined;
  }

  /** The folder that all artifacts of a list are in. */
  private folder(name: string, port: ArtifactDefinition): string {
    const { prefix } = this.graph.artifactRepository;
    return inputKey(name, port, prefix === undefined ? undefined : "[:len(split(#, '/')) - 3]");
  }

  private valueOf(text: Text): string {
    if (!isRunValue(text)) throw new Error('a text that is known at synth has no expression');
    return this.print.value(text);
  }
}

/** What an output is called in a folder that others use as well. */
function ownName(type: string): string {
  return `{{pod.name}}${EXTENSION[type] ?? ''}`;
}

type Places = Readonly<Record<string, PortPlace>>;

function claimOf(volume: object | undefined): string {
  const { name, source } = (volume ?? {}) as {
    readonly name?: string;
    readonly source?: { readonly persistentVolumeClaim?: { readonly claimName?: Text } };
  };
  const claim = source?.persistentVolumeClaim?.claimName;
  return typeof claim === 'string' ? claim : String(name);
}

/** The storage key of an input artifact: for a list, that of the folder that all of its artifacts are in. */
function inputKey(name: string, port: ArtifactDefinition, run = '[:2]'): string {
  const parameter = `inputs.parameters['${name}']`;
  if (port.list)
    return tag(
      folderOf(`fromJSON(${parameter} startsWith 'json:' ? '[' + ${parameter}[5:] + ']' : ${parameter})`, run),
    );
  if (!port.optional) return tag(`fromJSON(${parameter}).key`);
  return tag(`${parameter} startsWith 'json:' ? '' : fromJSON(${parameter}).key`);
}

/**
 * The folder that holds the artifacts of a list: that of one component's output, where all are from there, else the run's.
 * Loops in loops give lists of lists.
 */
function folderOf(list: string, parts: string): string {
  const keys = `map(flatten(${list}), #.key)`;
  const parent = "join(split(#, '/')[:len(split(#, '/')) - 1], '/')";
  const run = `join(split(#, '/')${parts}, '/')`;
  return `map([uniq(map(${keys}, ${parent}))], len(#) == 0 ? '' : len(#) == 1 ? #[0] : map(#, ${run})[0])[0]`;
}
