import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerArguments,
  ContainerReference,
  OptionalArguments,
  ParameterDefinition,
} from '../components/definition';
import { isOptional } from '../components/optional-arguments';
import { memberOf } from '../graph/member';
import type { Presence } from '../graph/presence';
import type { TemplateArtifacts } from './artifacts';
import { isNothing, string, tag } from './expression-printer';
import { inArgument, literalText, rawText, textBesideTags, withDollars } from './raw-text';
import { PatchExpression } from './setting-printer';

/** Prints the command line of a container that knows nothing of the library. */
export class ArgumentPrinter {
  /**
   * @param presence the inputs of which synth knows whether they are given
   */
  public constructor(
    private readonly component: ComponentDefinition,
    private readonly artifacts: TemplateArtifacts,
    private readonly presence: Presence,
  ) {}

  /** Arguments as a template lists them; undefined where the run decides how many there are. */
  public known(all: ContainerArguments): string[] | undefined {
    const chosen = this.chosen(all);
    const certain = chosen.filter((each): each is ContainerArgument => !isOptional(each));
    return certain.length === chosen.length ? certain.map((each) => this.text(each)) : undefined;
  }

  /**
   * The same as part of the pod's patch, where the run decides how many there are. Argo patches the pod before its executor
   * takes the command line over; the patch's lists stand for the template's.
   */
  public late(all: ContainerArguments): PatchExpression {
    const lists: string[] = [];
    let plain: string[] = [];
    const end = () => {
      if (plain.length > 0) lists.push(listOf(plain));
      plain = [];
    };
    for (const each of this.chosen(all)) {
      if (!isOptional(each)) {
        plain.push(this.expression(each));
        continue;
      }
      end();
      const print = (part: readonly ContainerArgument[] = []) => listOf(part.map((text) => this.expression(text)));
      lists.push(`(${isNothing(variableOf(each.ifPresent))} ? ${print(each.else)} : ${print(each.then)})`);
    }
    end();
    return new PatchExpression(`flatten([${lists.join(', ')}])`);
  }

  /** The text of an argument, or of a variable of the environment. */
  public text(argument: ContainerArgument): string {
    if (typeof argument === 'string') return literalText(argument);
    return (
      argument.parts
        // A brace beside a tag, or beside what comes out of one, would begin another tag.
        .map((part) => (typeof part === 'string' ? textBesideTags(part) : this.reference(part)))
        .join('')
    );
  }

  private chosen(all: ContainerArguments): readonly (ContainerArgument | OptionalArguments)[] {
    return all.flatMap((each): readonly (ContainerArgument | OptionalArguments)[] => {
      const isPresent = isOptional(each) ? memberOf(this.presence, each.ifPresent) : undefined;
      if (!isOptional(each) || isPresent === undefined) return [each];
      return isPresent ? each.then : (each.else ?? []);
    });
  }

  private reference(reference: ContainerReference): string {
    const { ref, name } = reference;
    const { artifacts } = this;
    switch (ref) {
      case 'input-path':
        return artifacts.inputPath(name).argument;
      case 'output-path':
        return artifacts.outputPath(name).argument;
      case 'output-uri':
        return artifacts.outputUri(name).argument;
      case 'input-value':
        return tag(rawText(variableOf(name), this.component.inputs[name] as ParameterDefinition));
      default:
        return tag(inArgument(this.raw(reference)));
    }
  }

  /** An argument in Argo's expression language. Kubernetes looks through what comes of it; Argo does no more. */
  private expression(argument: ContainerArgument): string {
    if (typeof argument === 'string') return string(withDollars(argument));
    if (argument.parts.length === 0) return string('');
    return argument.parts
      .map((part) => (typeof part === 'string' ? string(withDollars(part)) : this.referenceExpression(part)))
      .join(' + ');
  }

  private referenceExpression(reference: ContainerReference): string {
    const { ref, name } = reference;
    const { artifacts } = this;
    switch (ref) {
      case 'input-path':
        return artifacts.inputPath(name).expression;
      case 'output-path':
        return artifacts.outputPath(name).expression;
      case 'output-uri':
        return artifacts.outputUri(name).expression;
      case 'input-value':
        return dollars(rawText(variableOf(name), this.component.inputs[name] as ParameterDefinition, false));
      default:
        return dollars(this.raw(reference));
    }
  }

  /** What the reference of an input artifact says, as text; nothing where there is no artifact. */
  private raw({ ref, name, member }: ContainerReference): string {
    const variable = variableOf(name);
    const said = ref === 'input-uri' ? this.artifacts.inputUri(name) : metadataOf(variable, member);
    return this.component.inputs[name]?.optional ? `(${isNothing(variable)} ? '' : ${said})` : said;
  }
}

function variableOf(input: string): string {
  return `inputs.parameters['${input}']`;
}

function listOf(texts: readonly string[]): string {
  return `[${texts.join(', ')}]`;
}

function dollars(expression: string): string {
  return `replace(${expression}, '$', '$$')`;
}

/** Metadata is JSON in a JSON string. A member is given as text: what is no string, as JSON. */
function metadataOf(variable: string, member: string | undefined): string {
  const metadata = `fromJSON(fromJSON(${variable}).metadata)`;
  if (member === undefined) return `toJson(${metadata})`;
  return `map([${metadata}[${string(member)}]], # == nil ? '' : type(#) == 'string' ? # : toJson(#))[0]`;
}
