import type { ComponentDefinition } from '../components/definition';
import { type ArtifactLocation, locationOf, NO_BUCKET, repositoryUri } from '../graph/artifact-location';
import { type GraphTaskSettings, isRunValue, settingInputs } from '../graph/settings';
import { ABSENT } from '../values/codec';
import { keyExpression } from './artifact-text';
import type { RunContext } from './artifacts';
import { NO_OP } from './depends';
import { dict, escaped, isNothing, string, textValue } from './expression-printer';
import { importerMetadata } from './pod-labels';
import { withoutTags } from './raw-text';
import { SettingPrinter } from './setting-printer';
import type { Parameter, Template } from './types';

/** The run that took an artifact in, where each run takes it for another one. */
const RUN_ID: Parameter = { name: 'run--id', default: '{{workflow.uid}}' };

/** The template of an importer: it has no pod. Its output is a reference that the engine puts together. */
export function importerTemplate(
  name: string,
  component: ComponentDefinition,
  settings: GraphTaskSettings,
  { graph }: RunContext,
): Template {
  const print = new SettingPrinter(settings);
  const place = settings.artifacts!.artifact!;
  const location = locationOf(place, settings, graph.artifactRepository)!;
  const uri = isRunValue(location.text) ? print.value(location.text) : string(location.text);
  const facts = [
    ['metadata', metadata()],
    ...(place.reimport ? [['importedBy', `inputs.parameters['${RUN_ID.name}']`] as const] : []),
    ['type', string(component.outputs.artifact!.type)],
  ] as const;
  const reference = (key: string, hasUri: boolean) =>
    escaped(`toJson(${dict([['key', key], ...facts, ...(hasUri ? [['uri', '#'] as const] : [])])})`);
  return {
    name,
    metadata: importerMetadata(component),
    inputs: {
      parameters: [
        { name: 'metadata', default: ABSENT },
        ...settingInputs(settings).map(({ input }) => ({ name: input })),
        ...(place.reimport ? [{ ...RUN_ID }] : []),
      ],
    },
    outputs: {
      parameters: [
        {
          name: 'artifact',
          valueFrom: {
            expression: `map([${uri}], ${referenceOf(location, reference, repositoryUri(graph.artifactRepository))})[0]`,
            default: ABSENT,
          },
        },
      ],
    },
    dag: { failFast: false, tasks: [{ name: 'import', template: NO_OP }] },
  };
}

/** The reference to `#`, the URI. */
function referenceOf(
  { store, key }: ArtifactLocation,
  reference: (key: string, hasUri: boolean) => string,
  repository: string,
): string {
  if (key) {
    return reference(withoutTags(keyExpression('#', key)), store.kind !== 'repository');
  }
  if (store.kind !== 'unknown') return reference("''", true);
  const prefixes = [...new Set([repository, NO_BUCKET])].map(string);
  return prefixes.reduceRight(
    (otherwise, prefix) =>
      `# startsWith ${prefix} ? ${reference(withoutTags(`trimPrefix(#, ${prefix})`), false)} : ${otherwise}`,
    reference("''", true),
  );
}

/** Metadata is JSON in a JSON string, as in all references. */
function metadata(): string {
  const given = "inputs.parameters['metadata']";
  return `(${isNothing(given)} ? '{}' : ${escaped(`toJson(${textValue('STRUCT', given)})`)})`;
}
