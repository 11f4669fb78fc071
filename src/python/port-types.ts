import type { ElementType, PortDefinition } from '../components/definition';
import { SYSTEM_ARTIFACTS } from '../components/system-artifacts';
import type { ParsedComponent } from './parser';

/** The name of something that `cdk8s-kfp` exports; calling it makes the bindings import it. */
export type UseName = (name: string) => string;

/** The TypeScript type of what a task may give to an input. */
export function inputType(
  parsed: Pick<ParsedComponent, 'nullable'>,
  name: string,
  port: PortDefinition,
  use: UseName,
): string {
  if (port.kind === 'artifact') {
    if (port.list) return `${use('Value')}<readonly ${artifactElement(port.type, use)}[]>`;
    if (port.type === 'system.Artifact') return `${use('Value')}<${use('AnyArtifact')}>`;
    return `${use('Value')}<${artifactType(port, use)} | ${use('Artifact')}>`;
  }
  const literals = port.literals?.map(printLiteral) ?? [literalType(port, use)];
  const value = valueType(port, use);
  const nullable = parsed.nullable.includes(name) ? ['null'] : [];
  return [...literals, `${use('Value')}<${value}>`, ...nullable].join(' | ');
}

/** The TypeScript type of an output. */
export function outputType(port: PortDefinition, use: UseName): string {
  if (port.kind === 'artifact') return `${use('Value')}<${artifactType(port, use)}>`;
  if (port.literals && port.type === 'STRING') return `${use('Value')}<${port.literals.map(printLiteral).join(' | ')}>`;
  return `${use('Value')}<${valueType(port, use)}>`;
}

/** A string, number or boolean as TypeScript writes it; strings in the quotes that need fewer escapes. */
export function printLiteral(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (value.includes("'") && !value.includes('"')) return JSON.stringify(value);
  const inner = JSON.stringify(value).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${inner}'`;
}

const WITH_METRICS = new Set(['system.Metrics', 'system.ClassificationMetrics']);
/** The types that `cdk8s-kfp` exports. A document says of any other title that it is KFP's own. */
const EXPORTED = new Set(SYSTEM_ARTIFACTS.map((name) => `system.${name}`));

function artifactType(port: Extract<PortDefinition, { kind: 'artifact' }>, use: UseName): string {
  if (!EXPORTED.has(port.type)) return `${use('GoogleArtifact')}<${printLiteral(port.type)}>`;
  const name = port.type.slice('system.'.length);
  const metrics = WITH_METRICS.has(port.type) ? (port.metrics ?? []) : [];
  return metrics.length > 0 ? `${use(name)}<${metrics.map(printLiteral).join(' | ')}>` : use(name);
}

/** An element of a list of artifacts: a generic artifact fits everywhere. */
function artifactElement(type: string, use: UseName): string {
  if (type === 'system.Artifact') return use('AnyArtifact');
  return `(${artifactType({ kind: 'artifact', type }, use)} | ${use('Artifact')})`;
}

/** The type of a value that is known at synth. */
function literalType({ type, element }: ElementType, use: UseName): string {
  switch (type) {
    case 'STRING':
      return 'string';
    case 'NUMBER_INTEGER':
    case 'NUMBER_DOUBLE':
      return 'number';
    case 'BOOLEAN':
      return 'boolean';
    case 'LIST':
      return `readonly ${elementOf(element ? literalType(element, use) : use('Json'))}[]`;
    default:
      return `{ readonly [key: string]: ${use('Json')} }`;
  }
}

/** The type inside `Value<…>` of a value that exists when the pipeline runs. */
function valueType({ type, element }: ElementType, use: UseName): string {
  switch (type) {
    case 'STRING':
      return 'string';
    case 'NUMBER_INTEGER':
      return use('Int');
    case 'NUMBER_DOUBLE':
      return use('Float');
    case 'BOOLEAN':
      return 'boolean';
    case 'LIST':
      return element ? `readonly ${elementOf(valueType(element, use))}[]` : use('List');
    default:
      return use('Struct');
  }
}

/** `readonly readonly string[][]` is not TypeScript. */
function elementOf(type: string): string {
  return type.startsWith('readonly ') ? `(${type})` : type;
}
