import type { ContainerArgument, ContainerImplementation, OptionalArguments } from './definition';

/** Whether arguments depend on an input's presence. */
export function isOptional(argument: ContainerArgument | OptionalArguments): argument is OptionalArguments {
  return typeof argument === 'object' && 'ifPresent' in argument;
}

/** The arguments that there may be. */
export function branchesOf(argument: ContainerArgument | OptionalArguments): readonly ContainerArgument[] {
  return isOptional(argument) ? [...argument.then, ...(argument.else ?? [])] : [argument];
}

/** The inputs on whose presence a container's command line depends. */
export function testedInputs({ command, args }: ContainerImplementation): readonly string[] {
  return [...new Set([...command, ...args].flatMap((each) => (isOptional(each) ? [each.ifPresent] : [])))];
}
