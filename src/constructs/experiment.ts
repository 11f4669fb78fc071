import { isLabelValue } from '../graph/names';

/**
 * A named group of runs, as in KFP. Runs and recurring runs that name it carry it as the label `cdk8s-kfp/experiment`,
 * so that `argo list -l cdk8s-kfp/experiment=NAME` finds them. It is a value: nothing is created in the cluster.
 */
export class Experiment {
  /**
   * @param name a label value: at most 63 letters, digits, `-`, `_` and `.`
   * @throws where the name is none
   */
  public constructor(public readonly name: string) {
    if (!isLabelValue(name)) {
      throw new Error(
        `The experiment's name '${name}' cannot be a label: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends.`,
      );
    }
  }
}
