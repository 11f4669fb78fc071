import type { CST, Document, Node, ParsedNode, ScalarTag, Tags } from 'yaml';
import type { Json } from '../../components/definition';
import { camelCase, type IrPath } from './message';
import { indentQuoted } from './quoted-lines';

/** The documents of a text, and where in it their members stand. */
export interface SourceMap {
  readonly documents: readonly Json[];
  /** What is wrong, by the offset in the text. */
  readonly problems: readonly SourceProblem[];
  /** The offset of a member of a document; of the last one on the way to it that exists. */
  offset(document: number, path: IrPath): number;
}

/** Why a text is not read. */
export interface SourceProblem {
  readonly message: string;
  readonly offset: number;
}

/** Deeper than anything that a pipeline says. */
export const DEPTH_LIMIT = 100;
/** How deep YAML's parser may go: for a level of what is written, it goes down a step or two. */
const STACK_LIMIT = 3 * DEPTH_LIMIT;
/** A pipeline is two documents, and Kubernetes' form of it two or three. */
const DOCUMENT_LIMIT = 20;
/** A pipeline of 1,000 tasks has 280,000. */
const LEXEME_LIMIT = 4_000_000;
/** How many nodes aliases may stand for, all in all. */
const ALIAS_LIMIT = 100_000;
/** One cause often has many effects. */
const PROBLEM_LIMIT = 20;

/**
 * Reads YAML. Plain scalars are what PyYAML takes them for, because PyYAML writes KFP's documents and leaves out the quotes by its
 * own rules: `08`, `0o7` and `12e345` are text, `yes` and `off` are booleans; and quoted scalars go on at any indentation, as it
 * takes them. Only JSON comes out of it.
 *
 * @param lexemeLimit how many words and signs the text may have: each costs time and memory
 */
export function yamlSource(text: string, lexemeLimit = LEXEME_LIMIT): SourceMap {
  // Few apps read KFP's documents, and loading the library takes long.
  const yaml = require('yaml') as typeof import('yaml');
  const source = sourceOf(yaml, text, lexemeLimit);
  const indented = source.problems.length > 0 ? indentQuoted(yaml, text, lexemeLimit) : undefined;
  if (!indented) return source;
  const again = sourceOf(yaml, indented.text, lexemeLimit);
  return {
    documents: again.documents,
    problems: again.problems.map(({ message, offset }) => ({ message, offset: indented.original(offset) })),
    offset: (document, path) => indented.original(again.offset(document, path)),
  };
}

function sourceOf(yaml: typeof import('yaml'), text: string, lexemeLimit: number): SourceMap {
  const problems: SourceProblem[] = [];
  // Looking for equal keys costs the library the square of their number: `Conversion` does it.
  const composer = new yaml.Composer({
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    customTags: (tags) => [...tags.filter(isStructural), ...plainScalars()],
  });
  const parsed = [...composer.compose(tokens(yaml, text, lexemeLimit, problems))];
  if (problems.length > 0) return { documents: [], problems, offset: () => 0 };
  const conversions = parsed.map((document) => new Conversion(yaml, document, problems));
  const documents = conversions.map((conversion) => conversion.value());
  return {
    documents,
    problems: problems.slice(0, PROBLEM_LIMIT),
    offset: (document, path) => conversions[document]?.offset(path) ?? 0,
  };
}

/**
 * The tokens of a text, until it is wrong, nests too deeply or says too much. The library composes them by recursion, and a
 * process whose stack or memory is full does not always get to throw.
 */
function* tokens(
  yaml: typeof import('yaml'),
  text: string,
  lexemeLimit: number,
  problems: SourceProblem[],
): Generator<CST.Token, unknown> {
  const parser = new yaml.Parser();
  let lexemes = 0;
  let documents = 0;
  const stop = (message: string) => problems.push({ message, offset: parser.offset });
  for (const lexeme of new yaml.Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') return stop(token.message);
      if (token.type === 'document') documents += 1;
      yield token;
    }
    lexemes += 1;
    if (parser.stack.length > STACK_LIMIT) return stop('the text is nested too deeply');
    if (documents > DOCUMENT_LIMIT) return stop('the file holds too many documents');
    if (lexemes > lexemeLimit) return stop('the text says more than any pipeline does');
  }
  yield* parser.end();
}

/** One document as JSON: each anchor is read once, whatever refers to it. */
class Conversion {
  private readonly anchors = new Map<string, { readonly node: Node; readonly value: Json; readonly size: number }>();
  private aliased = 0;
  private size = 0;

  public constructor(
    private readonly yaml: typeof import('yaml'),
    private readonly document: Document.Parsed,
    private readonly problems: SourceProblem[],
  ) {}

  public value(): Json {
    const { errors, warnings, contents } = this.document;
    // What follows an error of syntax is often only its effect.
    for (const { message, pos } of [...errors.slice(0, 1), ...warnings]) this.report(message, pos[0]);
    return errors.length > 0 || !contents ? null : this.json(contents, 0);
  }

  public offset(path: IrPath): number {
    const { isAlias, isMap, isScalar, isSeq } = this.yaml;
    let node: unknown = this.document.contents;
    let offset = startOf(node);
    for (const key of path) {
      if (isAlias(node)) node = this.anchors.get(node.source)?.node;
      if (isSeq(node)) {
        node = node.items[Number(key)];
      } else if (isMap(node)) {
        const named = (name: (text: string) => string) =>
          (node as { items: { key: unknown; value: unknown }[] }).items.find(
            (pair) => isScalar(pair.key) && name(String(pair.key.value)) === String(key),
          );
        const pair = named((name) => name) ?? named(camelCase);
        if (pair) offset = startOf(pair.key) || offset;
        node = pair?.value;
      } else {
        break;
      }
      if (typeof key === 'number') offset = startOf(node) || offset;
    }
    return offset;
  }

  private json(node: Node, depth: number): Json {
    const { isAlias, isMap, isScalar, isSeq } = this.yaml;
    if (depth > DEPTH_LIMIT) return this.refuse('the document is nested too deeply', node);
    if (isAlias(node)) return this.alias(node.source, node);
    const before = this.size;
    this.size += 1;
    let value: Json;
    if (isScalar(node)) value = this.scalar(node.value, node);
    else if (isMap(node)) value = this.map(node.items, node, depth);
    else if (isSeq(node)) value = node.items.map((item) => (item ? this.json(item as Node, depth + 1) : null));
    else value = this.refuse('this is no JSON', node);
    if (!isScalar(node) && node.tag && !/^tag:yaml\.org,2002:(map|seq)$/.test(node.tag)) {
      this.refuse(`the tag ${node.tag} is not read`, node);
    }
    const { anchor } = node as ParsedNode & { anchor?: string };
    if (anchor) this.anchors.set(anchor, { node, value, size: this.size - before });
    return value;
  }

  private alias(name: string, node: Node): Json {
    const anchor = this.anchors.get(name);
    if (!anchor) return this.refuse(`nothing before this is named &${name}`, node);
    const isFine = this.aliased <= ALIAS_LIMIT;
    this.aliased += anchor.size;
    this.size += anchor.size;
    if (this.aliased <= ALIAS_LIMIT) return anchor.value;
    return isFine ? this.refuse('aliases make this document too large', node) : null;
  }

  private scalar(value: unknown, node: Node): Json {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.refuse(`${typeof value === 'number' ? String(value) : 'this'} is no JSON`, node);
  }

  private map(pairs: readonly { key: unknown; value: unknown }[], node: Node, depth: number): Json {
    const result: Record<string, Json> = {};
    for (const { key, value } of pairs) {
      const at = (key ?? node) as Node;
      const plain = this.yaml.isScalar(key) ? key.value : undefined;
      if (!this.yaml.isScalar(key) || typeof plain === 'object') {
        this.refuse('a key is not text', at);
        continue;
      }
      // PyYAML and Go's YAML give keys their types, and JSON's keys are their texts.
      const name = typeof plain === 'string' ? plain : (key.source ?? String(plain));
      if (plain === '<<' && key.type === 'PLAIN') this.refuse('merge keys are not read', at);
      else if (name === '__proto__') this.refuse("'__proto__' is no name", at);
      else if (Object.hasOwn(result, name)) this.refuse(`the key '${name}' stands here twice`, at);
      else result[name] = value ? this.json(value as Node, depth + 1) : null;
    }
    return result;
  }

  private refuse(message: string, node: Node): null {
    this.report(message, startOf(node));
    return null;
  }

  private report(message: string, offset: number): void {
    if (this.problems.length < PROBLEM_LIMIT) this.problems.push({ message, offset });
  }
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0] ?? 0;
}

function isStructural(tag: Tags[number]): boolean {
  return typeof tag === 'object' && /:(map|seq|str|null)$/.test(tag.tag);
}

/** What PyYAML takes a scalar without quotes for, as far as KFP's documents hold it; exponents also as Go prints them. */
function plainScalars(): readonly ScalarTag[] {
  const scalar = (name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
    tag: `tag:yaml.org,2002:${name}`,
    default: true,
    test,
    resolve,
  });
  return [
    scalar('bool', /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON|false|False|FALSE|no|No|NO|off|Off|OFF)$/, (text) =>
      /^(?:true|yes|on)$/i.test(text),
    ),
    scalar('int', /^[-+]?(?:0|[1-9][0-9]*)$/, Number),
    scalar('int', /^[-+]?0x[0-9a-fA-F]+$/, (text) =>
      text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace('+', '')),
    ),
    scalar('float', /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/, (text) =>
      /nan/i.test(text) ? Number.NaN : text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    ),
    scalar('float', /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+][0-9]+)?$/, Number),
    scalar('float', /^[-+]?[0-9]+[eE][-+][0-9]+$/, Number),
  ];
}
