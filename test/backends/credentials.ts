import { type Any, containersOf, nameOf, templatesIn } from './objects';

/** Variables that hold credentials, by their names. */
const SECRET_NAME = /PASSWORD|SECRET|ACCESS_?KEY|CREDENTIAL|API_?KEY/i;

/** Credentials that stand in objects: a Secret with content, a variable with a text. */
export function credentialComplaints(objects: readonly Any[]): string[] {
  const secrets = objects.filter(({ kind, data, stringData }) => kind === 'Secret' && (data ?? stringData));
  const variables = templatesIn(objects).flatMap((template) =>
    containersOf(template)
      .flatMap(({ env = [] }) => env)
      .filter(({ name, value }) => SECRET_NAME.test(name) && value)
      .map(({ name }) => `${template.of}: variable ${name}`),
  );
  return [...secrets.map((each) => `${nameOf(each)}: has content`), ...variables];
}
