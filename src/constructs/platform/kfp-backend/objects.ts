import { certificateObjects } from './certificate';
import { exposureObjects } from './exposure';
import { istioObjects } from './istio';
import { peopleRoles } from './multi-user-access';
import { nativeObjects } from './native';
import { networkPolicies } from './network';
import type { KfpObject } from './object';
import { budgets } from './placement';
import type { Program } from './program';
import type { KfpSettings } from './settings';
import { upstreamObjects } from './upstream';

/** Makes objects that are no part of one program. */
type Maker = (settings: KfpSettings, programs: readonly Program[]) => readonly KfpObject[];

const MAKERS: readonly Maker[] = [
  nativeObjects,
  certificateObjects,
  budgets,
  networkPolicies,
  exposureObjects,
  upstreamObjects,
  peopleRoles,
  istioObjects,
];

/** The objects that are no part of one program, in the order in which they are printed. */
export function objects(settings: KfpSettings, programs: readonly Program[]): readonly KfpObject[] {
  return MAKERS.flatMap((make) => make(settings, programs));
}
