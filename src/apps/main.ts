import { App, Chart } from 'cdk8s';
import { ArgoBackend, ObjectStore } from 'cdk8s-kfp';
import { BatchScoring } from './batch-scoring';
import { HyperparameterSearch } from './hyperparameter-search';
import { LlmFineTuning } from './llm-finetuning';
import { MlPlatform } from './ml-platform';
import { MlTraining } from './ml-training';

const app = new App();
new ArgoBackend(new Chart(app, 'argo', { namespace: 'argo' }), 'argo', {
  scope: { managedNamespace: 'ml' },
  artifactRepository: ObjectStore.s3({ bucket: 'ml-artifacts', region: 'eu-central-1' }),
  server: {},
});
const platform = new MlPlatform(app, 'platform');
const { runner } = platform;
new MlTraining(app, 'training', { runner });
new HyperparameterSearch(app, 'search', { runner });
new BatchScoring(app, 'scoring', { runner });
new LlmFineTuning(app, 'finetuning', { platform });
app.synth();
