import type { PythonImplementation } from './definition';

const NOTEBOOK = '.ipynb';

/** What the text of a Python component is called among those of its file. */
export function shippedName({ shipsAs, function: name }: PythonImplementation): string {
  return shipsAs ?? name;
}

/**
 * The texts of a Python component that ship, by their names among those of its Python file: the function's by its own name,
 * and its notebook's with an ending, which no function's name has. A program brings its own.
 */
export function shippedTexts(implementation: PythonImplementation): Record<string, string> {
  const { source, notebook, program } = implementation;
  if (program) return {};
  const name = shippedName(implementation);
  return { [name]: source, ...(notebook && { [name + NOTEBOOK]: notebook.source }) };
}

/** The name of the file that holds such a text where the component runs. */
export function shippedFile(name: string): string {
  return name.endsWith(NOTEBOOK) ? name : `${name}.py`;
}
