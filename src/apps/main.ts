import { App, Chart } from 'cdk8s';
import { Runner } from 'cdk8s-kfp';
import { BatchScoring } from './batch-scoring';
import { HyperparameterSearch } from './hyperparameter-search';
import { LlmFineTuning } from './llm-finetuning';
import { MlTraining } from './ml-training';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'ml' });
const runner = new Runner(platform, 'pipeline-runner');
new MlTraining(app, 'training', { runner });
new HyperparameterSearch(app, 'search', { runner });
new BatchScoring(app, 'scoring', { runner });
new LlmFineTuning(app, 'finetuning', { runner });
app.synth();
