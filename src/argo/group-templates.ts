import type { Json } from '../components/definition';
import type { ApprovalNode, Branch, CalledPipeline, IfNode, LoopNode, RepeatNode } from '../graph/graph';
import { portOf } from '../graph/walk';
import { ABSENT, encodeValue } from '../values/codec';
import { type Expression, isArtifactType, type ValueType } from '../values/expression';
import { argumentsOf } from './arguments';
import { inputParameter } from './component-template';
import type { DagPrinter } from './dag-templates';
import { encoded, escaped, negated, operand, condition as printCondition, tag } from './expression-printer';
import { pipelineTemplateName } from './template-names';
import type { DagTask, OutputParameter, Parameter, Template } from './types';

/** The DAG of an If: one task for each branch, of which at most one runs. */
export function ifTemplate(node: IfNode, printer: DagPrinter): Template[] {
  const { closure } = printer;
  const inputs = closure.ofNode(node);
  const names = inputs.map((outer) => closure.nameOf(outer));
  const resolve = printer.references.in(new Set(names));
  const before: string[] = [];
  const bodies: Template[] = [];
  const tasks = node.branches.map((branch, index): DagTask => {
    const { condition } = branch;
    const terms = condition
      ? [...before, before.length > 0 ? operand(condition, resolve) : printCondition(condition, resolve)]
      : [...before];
    if (condition) before.push(negated(condition, resolve));
    const outer = closure.ofDag(branch.body);
    const template = printer.templateName(branchPrefix(branch, index), branch.id);
    bodies.push(...printer.dag(template, branch.body, outer));
    return { name: branch.id, template, when: tag(terms.join(' && ')), ...argumentsOf(printer.passOn(outer, resolve)) };
  });
  const outputs = [...new Set(node.branches.flatMap(({ body }) => Object.keys(body.outputs)))];
  return [
    {
      name: printer.templateName('if', node.id),
      ...parameters(
        'inputs',
        names.map((name) => ({ name })),
      ),
      ...parameters(
        'outputs',
        outputs.map((name) => taken(name, node.branches)),
      ),
      dag: { failFast: false, tasks },
    },
    ...bodies,
  ];
}

function branchPrefix({ condition }: Branch, index: number): string {
  if (index === 0) return 'then';
  return condition ? 'elif' : 'else';
}

/** The output of the branch that was taken. A ternary over states is evaluated lazily here, unlike in an argument. */
function taken(name: string, branches: readonly Branch[]): OutputParameter {
  const choices = branches
    .filter(({ body }) => Object.hasOwn(body.outputs, name))
    .map(({ id }) => `tasks['${id}'].status == 'Succeeded' ? tasks['${id}'].outputs.parameters['${name}'] : `);
  return { name, valueFrom: { expression: `${choices.join('')}'${ABSENT}'`, default: ABSENT } };
}

/**
 * The DAG that holds a loop: its parallelism counts iterations, each of which is a DAG of its own. Items go by their
 * index, so that the engine's names of nodes do not hold them.
 */
export function loopTemplate(node: LoopNode, printer: DagPrinter): Template[] {
  const { id, items, itemType, parallelism, body } = node;
  const { closure } = printer;
  const around = closure.ofBodies(node);
  const passed = around.map((outer) => closure.nameOf(outer));
  const text = `inputs.parameters['${id}--items']`;
  const literal = items.kind === 'literal' ? (items.value as readonly Json[]) : undefined;
  const isSafe = literal?.every(isPlain) ?? false;
  const decoded = isSafe ? `fromJSON(${text})` : decodedList(text);
  const inside = closure.ofDag(body);
  const own = new Set(
    inside.filter((outer) => outer.kind === 'loop' && outer.loop === id).map((outer) => closure.nameOf(outer)),
  );
  const item = `${id}--item`;
  const index = `${id}--index`;
  const template = printer.templateName('each', id);
  const count = literal ? String(literal.length) : tag(`len(${decoded})`);
  const task: DagTask = {
    name: id,
    template,
    withSequence: { count },
    ...argumentsOf([
      ...(own.has(item)
        ? [{ name: item, value: tag(isSafe ? plainItem(itemType, decoded) : encodedItem(itemType, decoded)) }]
        : []),
      ...(own.has(index) ? [{ name: index, value: '{{item}}' }] : []),
      ...passed.map((name) => ({ name, value: `{{inputs.parameters.${name}}}` })),
    ]),
  };
  const outputs = Object.entries(body.outputs).map(
    ([name, value]): OutputParameter => ({
      name,
      valueFrom: {
        expression: node.flat?.includes(name) ? joined(id, name) : collected(id, name, value),
        default: '[]',
      },
    }),
  );
  return [
    {
      name: printer.templateName('for', id),
      ...(parallelism !== undefined && { parallelism }),
      ...parameters(
        'inputs',
        [`${id}--items`, ...passed].map((name) => ({ name })),
      ),
      ...parameters('outputs', outputs),
      dag: { failFast: false, tasks: [task] },
    },
    ...printer.dag(template, body, inside),
  ];
}

function decodedList(text: string): string {
  return `fromJSON(${text} startsWith 'json:' ? ${text}[5:] : ${text})`;
}

/** Whether a literal's text is the value itself, or its JSON, with nothing in it to escape. */
function isPlain(item: Json): boolean {
  if (typeof item === 'string') return encodeValue('STRING', item) === item;
  return item !== null && !encodeValue('LIST', [item]).startsWith(ABSENT);
}

function plainItem(type: ValueType, list: string): string {
  return type === 'STRING' ? `${list}[int(item)]` : `toJson(${list}[int(item)])`;
}

/** The text of a list's item. References of artifacts are texts, where the list was put together of texts. */
export function encodedItem(type: ValueType, list: string): string {
  const item = `${list}[int(item)]`;
  if (isArtifactType(type)) return `map([${item}], type(#) == 'string' ? # : ${escaped('toJson(#)')})[0]`;
  if (type === 'UNKNOWN') return encoded(type, item);
  const isScalar = type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE' || type === 'BOOLEAN';
  return `map([${item}], # == nil ? '${ABSENT}null' : ${isScalar ? 'toJson(#)' : encoded(type, '#')})[0]`;
}

/**
 * The list of what the iterations gave, from the list of their texts that Argo makes. Texts that are all objects or lists
 * it has parsed already. What an iteration did not give is left out, and what JSON cannot write is null.
 */
export function collected(task: string, name: string, { type }: Expression): string {
  const all = `filter(fromJSON(tasks['${task}'].outputs.parameters['${name}']), # != '${ABSENT}')`;
  return encoded('LIST', `map(${all}, # == '${ABSENT}null' ? nil : ${element(type)})`);
}

/**
 * The list of the elements of all lists that the iterations gave. Their texts are joined, because what is in them may be lists as
 * well, which stay as they are.
 */
function joined(task: string, name: string): string {
  const all = `filter(fromJSON(tasks['${task}'].outputs.parameters['${name}']), # != '${ABSENT}' && # != '${ABSENT}null')`;
  const texts = `map(${all}, type(#) == 'string' ? (# startsWith 'json:' ? #[5:] : #) : toJson(#))`;
  return encoded('LIST', `fromJSON('[' + join(filter(map(${texts}, #[1:len(#) - 1]), # != ''), ',') + ']')`);
}

function element(type: ValueType): string {
  switch (type) {
    case 'STRING':
      return "# startsWith 'json:' ? fromJSON(#[5:]) : #";
    case 'NUMBER_INTEGER':
      return 'int(#)';
    case 'NUMBER_DOUBLE':
      return "# in ['NaN', 'Infinity', '-Infinity'] ? nil : float(#)";
    case 'BOOLEAN':
      return "# == 'true'";
    case 'UNKNOWN':
      // What looks like JSON is taken for it: nobody said that it is text.
      return `type(#) != 'string' ? # : # startsWith 'json:' ? fromJSON(#[5:]) : # matches '^(-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?|true|false)$' ? fromJSON(#) : #`;
    default:
      return "type(#) == 'string' ? fromJSON(# startsWith 'json:' ? #[5:] : #) : #";
  }
}

/** A template that calls a pipeline, and then itself again. */
export function repeatTemplate(node: RepeatNode, printer: DagPrinter, pipeline: CalledPipeline): Template {
  const { id, until, limit } = node;
  const name = printer.templateName('repeat', id);
  const iteration = `${id}--iteration`;
  const variable = `inputs.parameters['${iteration}']`;
  const returned = Object.keys(pipeline.root.outputs);
  const carried = new Set(returned.filter((output) => Object.hasOwn(pipeline.parameters, output)));
  const inputs = Object.entries(pipeline.parameters).flatMap(([input, parameter]): Parameter[] => {
    if (Object.hasOwn(node.inputs, input)) return [{ name: input }];
    return carried.has(input) ? [inputParameter(input, portOf(parameter))] : [];
  });
  const call = 'call';
  const next = 'next';
  const last = (output: string) =>
    `tasks['${next}'].status == 'Succeeded' ? tasks['${next}'].outputs.parameters['${output}'] : tasks['${call}'].outputs.parameters['${output}']`;
  return {
    name,
    ...parameters('inputs', [...inputs, { name: iteration }]),
    ...parameters('outputs', [
      ...returned.map((output) => ({ name: output, valueFrom: { expression: last(output), default: ABSENT } })),
      {
        name: 'iterations',
        valueFrom: {
          expression: `tasks['${next}'].status == 'Succeeded' ? tasks['${next}'].outputs.parameters['iterations'] : string(int(${variable}) + 1)`,
          default: ABSENT,
        },
      },
    ]),
    dag: {
      failFast: false,
      tasks: [
        {
          name: call,
          template: pipelineTemplateName(node.pipeline),
          ...argumentsOf(inputs.map(({ name: input }) => ({ name: input, value: `{{inputs.parameters.${input}}}` }))),
        },
        {
          name: next,
          template: name,
          depends: `${call}.Succeeded`,
          when: tag(`int(${variable}) + 1 < ${limit} && tasks['${call}'].outputs.parameters['${until}'] != 'true'`),
          ...argumentsOf([
            ...inputs.map(({ name: input }) => ({
              name: input,
              value: carried.has(input)
                ? `{{tasks.${call}.outputs.parameters.${input}}}`
                : `{{inputs.parameters.${input}}}`,
            })),
            { name: iteration, value: tag(`string(int(${variable}) + 1)`) },
          ]),
        },
      ],
    },
  };
}

/**
 * A template that waits for a person. Its input of the decision's name is what Argo's UI makes a field of.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/intermediate-inputs/
 */
export function approvalTemplate(node: ApprovalNode, printer: DagPrinter): Template {
  const { id, message, timeoutSeconds } = node;
  return {
    name: printer.templateName('approval', id),
    inputs: {
      parameters: [
        ...(message ? [{ name: 'message' }] : []),
        { name: 'decision', default: 'rejected', enum: ['approved', 'rejected'] },
      ],
    },
    outputs: { parameters: [{ name: 'decision', valueFrom: { supplied: {}, default: 'timed-out' } }] },
    suspend: timeoutSeconds === undefined ? {} : { duration: String(timeoutSeconds) },
  };
}

/** Inputs or outputs, where there are some. */
function parameters<K extends 'inputs' | 'outputs'>(
  key: K,
  list: readonly (K extends 'inputs' ? Parameter : OutputParameter)[],
): Pick<Template, K> | Record<never, never> {
  return list.length > 0 ? ({ [key]: { parameters: list } } as unknown as Pick<Template, K>) : {};
}
