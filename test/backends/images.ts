import { parse } from 'yaml';
import { type Any, containersOf, templatesIn } from './objects';

/** What is wrong with the images that objects name: each has a tag or a digest and is told, and nothing else is told. */
export function imageComplaints(objects: readonly Any[], told: readonly string[]): string[] {
  const named = [...new Set(imagesIn(objects))];
  return [
    ...named.filter((image) => !isPinned(image)).map((image) => `${image}: not pinned`),
    ...named.filter((image) => !told.includes(image)).map((image) => `${image}: not told`),
    ...told.filter((image) => !named.includes(image)).map((image) => `${image}: told, but not used`),
    ...(new Set(told).size === told.length ? [] : ['told twice']),
  ];
}

function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest';
}

/** What containers run, what their programs are told to run by variables and arguments, and what ConfigMaps say. */
function imagesIn(objects: readonly Any[]): string[] {
  const containers = templatesIn(objects).flatMap(containersOf);
  return [
    ...containers.map(({ image }) => image),
    ...containers
      .flatMap(({ env = [] }) => env)
      // A variable that is read from a ConfigMap is found there.
      .filter(({ name, value }) => /_IMAGE$/.test(name) && value !== undefined)
      .map(({ value }) => value),
    ...containers.flatMap(({ args = [] }) =>
      args.filter((_: string, index: number) => args[index - 1] === '--executor-image'),
    ),
    ...objects.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data = {} }) => imagesOf(data)),
  ];
}

function imagesOf(data: Readonly<Record<string, string>>): string[] {
  return Object.entries(data).flatMap(([key, text]) => (/image$/i.test(key) ? [text] : imageFields(parse(text))));
}

function imageFields(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imageFields(inner),
  );
}
