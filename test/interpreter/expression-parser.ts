/** The part of expr-lang that the library prints. @see https://expr-lang.org/docs/language-definition */
export type Ast =
  | { readonly kind: 'constant'; readonly value: string | number | bigint | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'item' }
  | { readonly kind: 'list'; readonly items: readonly Ast[] }
  | { readonly kind: 'map'; readonly members: readonly (readonly [key: Ast, value: Ast])[] }
  | { readonly kind: 'member'; readonly of: Ast; readonly key: Ast; readonly optional: boolean }
  | { readonly kind: 'slice'; readonly of: Ast; readonly from?: Ast; readonly to?: Ast }
  /** Members of one value, one after the other: where a `?.` finds nothing, all of it is nil. */
  | { readonly kind: 'chain'; readonly of: Ast }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Ast[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Ast }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'ternary'; readonly condition: Ast; readonly then: Ast; readonly otherwise: Ast };

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'operator';
  readonly text: string;
}

/** Binding powers of operators, as in expr-lang. */
const BINARY: Readonly<Record<string, number>> = {
  '||': 10,
  '&&': 15,
  ...Object.fromEntries(
    ['==', '!=', '<', '<=', '>', '>=', 'in', 'matches', 'contains', 'startsWith'].map((o) => [o, 20]),
  ),
  '+': 30,
  '-': 30,
  '*': 60,
  '^': 100,
  '??': 500,
};
const UNARY: Readonly<Record<string, number>> = { '!': 50, '-': 90 };

/** Words that are no names, those included that the library never prints. */
const OPERATORS = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'not',
  'and',
  'or',
  'let',
  'if',
  'else',
]);

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|([A-Za-z_$][\w$]*)|(\?\.|\?\?|&&|\|\||[=!<>]=|[-+*^<>!?:.,#()[\]{}]))/y;

const KNOWN = new Map<string, Ast>();

/**
 * The tree of an expression.
 *
 * @throws where the text is none, or holds what the library never prints
 */
export function parse(text: string): Ast {
  let ast = KNOWN.get(text);
  if (!ast) {
    ast = new Parser(text).all();
    KNOWN.set(text, ast);
  }
  return ast;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new SyntaxError(`unexpected ${JSON.stringify(text.slice(at, at + 10))} in ${text}`);
    const [, number, string, name, operator] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (string !== undefined) found.push({ kind: 'string', text: unescaped(string.slice(1, -1)) });
    else if (name !== undefined) found.push({ kind: OPERATORS.has(name) ? 'operator' : 'name', text: name });
    else found.push({ kind: 'operator', text: operator! });
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|([\s\S]))/gi,
    (all, hex?: string, unit?: string, other?: string) => {
      const code = hex ?? unit;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const character = ESCAPES[other!];
      if (character === undefined) throw new SyntaxError(`expr-lang has no escape ${all}`);
      return character;
    },
  );
}

/** A Pratt parser. */
class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  public constructor(private readonly text: string) {
    this.tokens = tokens(text);
  }

  public all(): Ast {
    const ast = this.expression();
    if (this.at < this.tokens.length) this.fail();
    return ast;
  }

  private expression(): Ast {
    const condition = this.operation(0);
    if (!this.takes('?')) return condition;
    const then = this.expression();
    this.expect(':');
    return { kind: 'ternary', condition, then, otherwise: this.expression() };
  }

  private operation(power: number): Ast {
    let left = this.unary();
    for (;;) {
      const operator = this.operator();
      const binds = operator === undefined ? undefined : BINARY[operator];
      if (binds === undefined || binds < power) return left;
      this.at += 1;
      left = { kind: 'binary', operator: operator!, left, right: this.operation(binds + 1) };
    }
  }

  private unary(): Ast {
    const operator = this.operator();
    const binds = operator === undefined ? undefined : UNARY[operator];
    if (binds === undefined) return this.postfix(this.primary());
    this.at += 1;
    return { kind: 'unary', operator: operator!, operand: this.operation(binds) };
  }

  private primary(): Ast {
    const token = this.tokens[this.at];
    this.at += 1;
    switch (token?.kind) {
      case 'number':
        return { kind: 'constant', value: /^\d+$/.test(token.text) ? BigInt(token.text) : Number(token.text) };
      case 'string':
        return { kind: 'constant', value: token.text };
      case 'name':
        if (token.text === 'true' || token.text === 'false') return { kind: 'constant', value: token.text === 'true' };
        if (token.text === 'nil') return { kind: 'constant', value: null };
        if (this.takes('(')) return { kind: 'call', name: token.text, args: this.list(')') };
        if (token.text === 'sprig' && this.takes('.')) {
          const name = `sprig.${this.tokens[this.at++]?.text}`;
          this.expect('(');
          return { kind: 'call', name, args: this.list(')') };
        }
        return { kind: 'name', name: token.text };
    }
    switch (token?.text) {
      case '(': {
        const ast = this.expression();
        this.expect(')');
        return ast;
      }
      case '[':
        return { kind: 'list', items: this.list(']') };
      case '{':
        return { kind: 'map', members: this.members() };
      case '#':
        return { kind: 'item' };
      default:
        this.at -= 1;
        return this.fail();
    }
  }

  /** What stands behind a value: `.name`, `?.name`, `[key]`, `?.[key]`, `[from:to]`. */
  private postfix(start: Ast): Ast {
    let of = start;
    let chained = false;
    for (;;) {
      const optional = this.takes('?.');
      chained ||= optional;
      if (this.takes('[')) of = this.bracket(of, optional);
      else if (optional || this.takes('.')) {
        const name = this.tokens[this.at];
        if (name?.kind !== 'name') this.fail();
        this.at += 1;
        of = { kind: 'member', of, key: { kind: 'constant', value: name!.text }, optional };
      } else return chained ? { kind: 'chain', of } : of;
    }
  }

  private bracket(of: Ast, optional: boolean): Ast {
    const from = this.operator() === ':' ? undefined : this.expression();
    if (!this.takes(':')) {
      this.expect(']');
      return { kind: 'member', of, key: from!, optional };
    }
    const to = this.operator() === ']' ? undefined : this.expression();
    this.expect(']');
    return { kind: 'slice', of, ...(from && { from }), ...(to && { to }) };
  }

  private list(end: string): readonly Ast[] {
    const items: Ast[] = [];
    while (!this.takes(end)) {
      if (items.length > 0) this.expect(',');
      items.push(this.expression());
    }
    return items;
  }

  private members(): readonly (readonly [Ast, Ast])[] {
    const members: (readonly [Ast, Ast])[] = [];
    while (!this.takes('}')) {
      if (members.length > 0) this.expect(',');
      const token = this.tokens[this.at];
      let key: Ast;
      if (this.takes('(')) {
        key = this.expression();
        this.expect(')');
      } else {
        // A key that is put together needs parentheses.
        if (token?.kind !== 'string') this.fail();
        this.at += 1;
        key = { kind: 'constant', value: token!.text };
      }
      this.expect(':');
      members.push([key, this.expression()]);
    }
    return members;
  }

  private operator(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === 'operator' ? token.text : undefined;
  }

  private takes(text: string): boolean {
    if (this.operator() !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.takes(text)) this.fail();
  }

  private fail(): never {
    const token = this.tokens[this.at];
    throw new SyntaxError(`unexpected ${token ? `'${token.text}'` : 'end'} in ${this.text}`);
  }
}
