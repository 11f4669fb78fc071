import type { ArtifactDefinition, ComponentDefinition, Json, ParameterDefinition } from '../../components/definition';
import type { TaskNode } from '../../graph/graph';
import { type GraphArtifactPlace, isRunValue } from '../../graph/settings';
import { type Expression, operandsOf } from '../../values/expression';
import type { WrittenLeaf } from './builder';
import { artifactType, interfaceOf } from './ports';
import type { ExportProblems } from './problems';
import { refuseExpression } from './refusals';
import type { TaskInputs } from './task-inputs';

const URI: ParameterDefinition = { kind: 'parameter', type: 'STRING' };

/** An importer. As KFP's SDK does, the URI is an input in any case. */
export function importerLeaf(
  node: TaskNode,
  { outputs }: ComponentDefinition,
  inputs: TaskInputs,
  problems: ExportProblems,
  isInLoop: boolean,
): WrittenLeaf {
  const place: GraphArtifactPlace = node.settings.artifacts?.artifact ?? {};
  const { uri = '', access, reimport } = place;
  const late = isRunValue(uri) && uri.expression.kind !== 'literal';
  const expression: Expression = isRunValue(uri) ? uri.expression : { kind: 'literal', type: 'STRING', value: uri };
  inputs.give('uri', expression, URI);
  if (late && holdsOutput(expression)) {
    warn(
      'its URI comes from a task, and KFP’s backend takes it from parameters of the pipeline only',
      'make it a parameter',
    );
  }
  if (isInLoop) warn('it stands in a loop, which KFP’s backend does not carry out', 'let a task pass the artifact on');
  if (
    access &&
    (typeof access.credentials !== 'string' || access.endpoint !== undefined || access.region !== undefined)
  ) {
    warn(
      'KFP’s server has one way to speak to stores: credentials, endpoint and region are lost',
      'tell the server of them',
    );
  }
  const ports: Record<string, ParameterDefinition> = { uri: URI };
  const given = node.inputs.metadata;
  const isDict = given?.kind === 'dict' || given?.kind === 'literal';
  if (given && !isDict) {
    problems.error(
      'KFP1569',
      node.path,
      "KFP takes no value of the run for all of an importer's metadata",
      'give a dict, in which values may stand',
    );
  }
  const metadata = isDict ? metadataOf(given) : undefined;
  const title = (outputs.artifact as ArtifactDefinition).type;
  return {
    component: interfaceOf(ports, outputs),
    executor: {
      importer: {
        artifactUri: late ? { runtimeParameter: 'uri' } : { constant: (expression as { value: string }).value },
        typeSchema: artifactType(title),
        ...(metadata && { metadata: metadata as Record<string, Json> }),
        ...(reimport && { reimport: true }),
      },
    },
  };

  function warn(what: string, mend: string): void {
    problems.warning('KFP1577', node.path, `the importer: ${what}`, mend);
  }

  function metadataOf(part: Expression): Json | undefined {
    if (part.kind === 'literal') return part.value;
    if (part.kind === 'dict') {
      const members = Object.entries(part.members).map(([name, member]) => [name, metadataOf(member) ?? null]);
      return Object.fromEntries(members);
    }
    if (part.kind === 'list') return part.items.map((item) => metadataOf(item) ?? null);
    const parts = part.kind === 'text' ? part.parts : [part];
    const texts = parts.map((each) => (typeof each === 'string' ? each : placeholderOf(each)));
    return texts.some((text) => text === undefined) ? undefined : texts.join('');
  }

  /** Values of the metadata are inputs of the importer, which KFP's SDK calls so. */
  function placeholderOf(value: Expression): string | undefined {
    warn('its metadata holds a value of the run, which KFP’s backend leaves as a placeholder', 'give what is known');
    const name = inputs.add(value);
    if (name === undefined) {
      refuseExpression(problems, node.path, "the importer's metadata", value);
      return undefined;
    }
    ports[name] = { kind: 'parameter', type: value.type === 'UNKNOWN' ? 'STRING' : (value.type as 'STRING') };
    return `{{$.inputs.parameters['${name}']}}`;
  }
}

function holdsOutput(expression: Expression): boolean {
  return expression.kind === 'output' || operandsOf(expression).some(holdsOutput);
}
