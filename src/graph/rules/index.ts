import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { absence } from './absence';
import { artifacts } from './artifacts';
import { caching } from './caching';
import { calls } from './calls';
import { commandLines } from './command-lines';
import { cycles } from './cycles';
import { empty } from './empty';
import { expandable } from './expandable';
import { inputs } from './inputs';
import { loops } from './loops';
import { metrics } from './metrics';
import { names } from './names';
import { oneOf } from './one-of';
import { packages } from './packages';
import { parameters } from './parameters';
import { printable } from './printable';
import { prometheus } from './prometheus';
import { references } from './references';
import { resourceComponents } from './resource-components';
import { locks, runSettings } from './run-settings';
import { secrets } from './secrets';
import { settings } from './settings';
import { types } from './types';

/** A rule that every pipeline must keep. It names constructs by path; their place in the user's code is added later. */
export type Rule = (graph: PipelineGraph) => readonly Diagnostic[];

/** The rules of the graph. What depends on the engine (counts, sizes) is checked by the reader that knows it. */
export const rules: readonly Rule[] = [
  empty,
  names,
  parameters,
  inputs,
  types,
  references,
  absence,
  loops,
  oneOf,
  calls,
  cycles,
  settings,
  runSettings,
  locks,
  resourceComponents,
  expandable,
  printable,
  commandLines,
  secrets,
  packages,
  metrics,
  prometheus,
  caching,
  artifacts,
];
