import type { KfpClientProps } from './client';
import { Connection } from './connection';
import { KfpExperiments } from './experiments';
import { hostUrl } from './host';
import { MetadataStore } from './metadata-store';
import { KfpPipelines } from './pipelines';
import { KfpRecurringRuns } from './recurring-runs';
import { KfpRuns } from './runs';

export { below } from './host';
export { outputsOf } from './outputs';

/** The parts of a client. @throws KfpError where the props do not do */
export function connect(props: KfpClientProps) {
  const base = hostUrl(props.host);
  const { namespace } = props;
  const connection = new Connection({ ...props, base });
  const pauseMs = props.retry?.baseDelayMs ?? 500;
  const pipelines = new KfpPipelines(connection, namespace);
  const experiments = new KfpExperiments(connection, namespace);
  const store = props.metadataHost === undefined ? base : hostUrl(props.metadataHost, 'metadata host');
  return {
    pipelines,
    experiments,
    runs: new KfpRuns(connection, namespace, pipelines, experiments, pauseMs),
    recurringRuns: new KfpRecurringRuns(connection, namespace, pipelines, experiments, pauseMs),
    metadata: new MetadataStore(new Connection({ ...props, base: store })),
    ui: props.uiHost === undefined ? base : hostUrl(props.uiHost, 'UI host'),
  };
}
