import type { PythonImplementation } from './definition';

const NOTEBOOK = '.ipynb';

/**
 * The texts of a Python component that ship, by their names among those of its Python file: the function's by its own name,
 * and its notebook's with an ending, which no function's name has.
 */
export function shippedTexts({ function: name, source, notebook }: PythonImplementation): Record<string, string> {
  return { [name]: source, ...(notebook && { [name + NOTEBOOK]: notebook.source }) };
}

/** The name of the file that holds such a text where the component runs. */
export function shippedFile(name: string): string {
  return name.endsWith(NOTEBOOK) ? name : `${name}.py`;
}
