import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerArguments,
  ContainerImplementation,
  ContainerReference,
} from '../../components/definition';
import type { IrContainer } from '../ir/types';
import type { ExportProblems } from './problems';

/** A container component: KFP's placeholders in its command and arguments. */
export function plainContainer(
  component: ComponentDefinition,
  { command, args, env = {} }: ContainerImplementation,
  problems: ExportProblems,
  path: string,
): Pick<IrContainer, 'command' | 'args' | 'env'> {
  const print = (all: ContainerArguments) => all.map((each) => printElement(each, component));
  if (command.length === 0) {
    problems.warning(
      'KFP1582',
      path,
      `the container of '${component.name}' has no command, and KFP does not ask the image for its entry point`,
      'name the program as its command',
    );
  }
  const late = Object.entries(env).filter(([, value]) => typeof value !== 'string' && !isText(value));
  for (const [name] of late) {
    problems.error(
      'KFP1588',
      path,
      `the variable ${name} of the container of '${component.name}' holds a value of the run, which KFP cannot put there`,
      'give it as an argument',
    );
  }
  const known = Object.entries(env).filter((entry) => !late.includes(entry));
  return {
    ...(command.length > 0 && { command: print(command) }),
    ...(args.length > 0 && { args: print(args) }),
    ...(known.length > 0 && { env: known.map(([name, value]) => ({ name, value: printArgument(value, component) })) }),
  };
}

function isText(argument: ContainerArgument): boolean {
  return typeof argument === 'string' || argument.parts.every((part) => typeof part === 'string');
}

/** KFP's backend joins no texts, but puts values into one: so they are joined here. */
function printArgument(argument: ContainerArgument, component: ComponentDefinition): string {
  if (typeof argument === 'string') return argument;
  return argument.parts.map((part) => (typeof part === 'string' ? part : placeholder(part, component))).join('');
}

function printElement(element: ContainerArguments[number], component: ComponentDefinition): string {
  if (typeof element === 'string' || 'parts' in element) return printArgument(element, component);
  const print = (all: readonly ContainerArgument[]) => all.map((each) => printArgument(each, component));
  return JSON.stringify({
    IfPresent: {
      InputName: element.ifPresent,
      Then: print(element.then),
      ...(element.else && { Else: print(element.else) }),
    },
  });
}

function placeholder({ ref, name, member }: ContainerReference, { outputs }: ComponentDefinition): string {
  switch (ref) {
    case 'input-value':
      return `{{$.inputs.parameters['${name}']}}`;
    case 'input-path':
      return `{{$.inputs.artifacts['${name}'].path}}`;
    case 'input-uri':
      return `{{$.inputs.artifacts['${name}'].uri}}`;
    case 'input-metadata':
      return `{{$.inputs.artifacts['${name}'].metadata${member === undefined ? '' : `['${member}']`}}}`;
    case 'output-path':
      return outputs[name]?.kind === 'parameter'
        ? `{{$.outputs.parameters['${name}'].output_file}}`
        : `{{$.outputs.artifacts['${name}'].path}}`;
    case 'output-uri':
      return `{{$.outputs.artifacts['${name}'].uri}}`;
  }
}
