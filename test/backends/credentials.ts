import { type Any, containersOf, nameOf, templatesIn } from './objects';

/** Variables that hold credentials, by their names; what ends so names the Secret that holds one. */
const HOLDS = /(PASSWORD|SECRET|ACCESS_?KEY|CREDENTIAL|API_?KEY)(?!.*_NAME$)/i;

/** Credentials that stand in objects: a Secret with content, a variable with a text. */
export function credentialComplaints(objects: readonly Any[]): string[] {
  const secrets = objects.filter(({ kind, data, stringData }) => kind === 'Secret' && (data ?? stringData));
  const variables = templatesIn(objects).flatMap((template) =>
    containersOf(template)
      .flatMap(({ env = [] }) => env)
      .filter(({ name, value }) => HOLDS.test(name) && value)
      .map(({ name }) => `${template.of}: variable ${name}`),
  );
  return [...secrets.map((each) => `${nameOf(each)}: has content`), ...variables];
}
