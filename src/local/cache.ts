import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ComponentDefinition } from '../components/definition';
import { cacheKeyOf, keyWithTexts } from '../graph/cache-key';
import { memberOf } from '../graph/member';
import type { GraphTaskSettings } from '../graph/settings';
import { ABSENT } from '../values/codec';
import { textOf, type Values } from './evaluate';
import { exclusively } from './file-lock';
import { readIfPresent } from './read-if-present';
import { placesOf } from './reference';
import type { Reporter } from './reporter';
import { type Store, type StoredTask, writeAtomically } from './store';

/** A result that is kept for equal tasks. */
interface CacheEntry {
  /** When it was kept, as RFC 3339 text. */
  readonly createdAt: string;
  /** The run that made it. */
  readonly run: string;
  readonly texts: StoredTask['texts'];
  /** Storage keys of the files and folders that its artifacts are. Where one is gone, so is the result. */
  readonly files: readonly string[];
}

/** An instance of a task whose result may be reused. */
export interface CachedTask {
  /** The key of the instance. */
  readonly name: string;
  readonly component: ComponentDefinition;
  readonly key: string;
  readonly maxAgeSeconds?: number | undefined;
}

/** Results of tasks, kept in the store for equal ones of this run and of others. */
export class LocalCache {
  /**
   * @param run the run that looks
   * @param isOn false where results are kept, but none is reused
   */
  public constructor(
    private readonly store: Store,
    private readonly run: string,
    private readonly isOn: boolean,
    private readonly reporter: Reporter,
  ) {}

  /**
   * The result of a task: that of an equal one, or what `execute` gives, which is kept where it succeeded. While an equal task
   * runs, here or in another process, this one waits for it.
   */
  public async resultOf(
    task: CachedTask,
    execute: () => Promise<StoredTask>,
    signal: AbortSignal | undefined,
  ): Promise<StoredTask> {
    const executed = async () => {
      const result = await execute();
      if (result.state === 'Succeeded') this.keep(task, result);
      return result;
    };
    if (!this.isOn) return executed();
    const wait = async (waited: number) => {
      if (waited === 0) this.reporter.note?.(task.name, 'waiting for an equal task');
      await sleep(100);
    };
    const file = this.store.cacheFile(`${task.key}.lock`);
    return exclusively(file, wait, signal, async () => this.reused(task) ?? (await executed()));
  }

  private reused({ key, maxAgeSeconds }: CachedTask): StoredTask | undefined {
    const entry = entryOf(readIfPresent(this.store.cacheFile(`${key}.json`)));
    if (!entry || entry.files.some((file) => !fs.existsSync(this.store.pathOf(file)))) return undefined;
    const age = Date.now() - Date.parse(entry.createdAt);
    if (maxAgeSeconds !== undefined && !(age < maxAgeSeconds * 1000)) return undefined;
    const { texts, run } = entry;
    return { state: 'Succeeded', texts, cachedFrom: run, logs: '', startedAt: '', durationMs: 0, attempts: 0 };
  }

  /** Keeps a result. That it cannot be kept does not make the task fail, as on the engine. */
  private keep({ name, key, component }: CachedTask, { texts }: StoredTask): void {
    const entry: CacheEntry = {
      createdAt: new Date().toISOString(),
      run: this.run,
      texts,
      files: Object.entries(texts).flatMap(([output, text]) =>
        memberOf(component.outputs, output)?.kind === 'artifact'
          ? placesOf(text)
              .map(({ reference }) => reference.key)
              .filter((file) => fs.existsSync(this.store.pathOf(file)))
          : [],
      ),
    };
    try {
      writeAtomically(this.store.cacheFile(`${key}.json`), `${JSON.stringify(entry, null, 2)}\n`);
    } catch (error) {
      this.reporter.warning?.(`the result of ${name} is not kept: ${(error as Error).message}`);
    }
  }
}

/** The key of a task with these inputs: the one that the manifests would make of the same texts. */
export function localKey(
  component: ComponentDefinition,
  settings: GraphTaskSettings,
  inputs: Readonly<Record<string, string>>,
  values: Values,
): string {
  const key = cacheKeyOf(component, settings);
  const texts = key.parts.map((part) =>
    part.kind === 'input' ? memberOf(inputs, part.name) : textOf(part.value.expression, values),
  );
  return keyWithTexts(
    key,
    texts.map((text) => text ?? ABSENT),
  );
}

/** What is there of an entry; undefined where it is none, or another version's. */
function entryOf(text: string | undefined): CacheEntry | undefined {
  if (text === undefined) return undefined;
  try {
    const entry = JSON.parse(text) as CacheEntry;
    const isEntry =
      typeof entry.createdAt === 'string' &&
      typeof entry.run === 'string' &&
      Array.isArray(entry.files) &&
      Object.values(entry.texts).every((each) => typeof each === 'string');
    return isEntry ? entry : undefined;
  } catch {
    return undefined;
  }
}
