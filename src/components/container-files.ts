import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerImplementation,
  ContainerReference,
  PortDefinition,
} from './definition';
import { branchesOf } from './optional-arguments';

/** What the command line and the variables of a container refer to. */
export function referencesOf({ command, args, env }: ContainerImplementation): readonly ContainerReference[] {
  const all: readonly ContainerArgument[] = [...[...command, ...args].flatMap(branchesOf), ...Object.values(env ?? {})];
  return all.flatMap((argument) =>
    typeof argument === 'string' ? [] : argument.parts.filter((part) => typeof part !== 'string'),
  );
}

/** The inputs that a container reads from its disk. */
export function inputsByPath({ implementation }: ComponentDefinition): ReadonlySet<string> {
  if (implementation.kind !== 'container') return new Set();
  return new Set(referencesOf(implementation).flatMap(({ ref, name }) => (ref === 'input-path' ? [name] : [])));
}

/** True where a container is told an output's URI and no path: it writes there by itself. */
export function isWrittenByUri({ implementation }: ComponentDefinition, output: string): boolean {
  if (implementation.kind !== 'container' || outputPathOf(implementation, output) !== undefined) return false;
  const refs = referencesOf(implementation).flatMap(({ ref, name }) => (name === output ? [ref] : []));
  return refs.includes('output-uri') && !refs.includes('output-path');
}

/** Where a container writes an output whose path it is not told; undefined for any other. */
export function outputPathOf(
  implementation: ComponentDefinition['implementation'],
  output: string,
): string | undefined {
  const { outputPaths = {} } = implementation as Partial<ContainerImplementation>;
  return Object.hasOwn(outputPaths, output) ? outputPaths[output] : undefined;
}

/**
 * The outputs of a container that KFP describes. KFP passes over an artifact that the program did not write, and whatever reads it
 * fails: so the program may leave it out.
 */
export function outputsAsInKfp(
  outputs: Readonly<Record<string, PortDefinition>>,
): Readonly<Record<string, PortDefinition>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, port]) => [
      name,
      port.kind === 'artifact' ? { ...port, optional: true } : port,
    ]),
  );
}
