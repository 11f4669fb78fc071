import { App } from 'cdk8s';
import { BatchScoring } from './batch-scoring';
import { HyperparameterSearch } from './hyperparameter-search';
import { LlmFineTuning } from './llm-finetuning';
import { MlTraining } from './ml-training';
import { addPlatform } from './platform-charts';

const app = new App();
const platform = addPlatform(app);
const { runner } = platform;
new MlTraining(app, 'training', { runner });
new HyperparameterSearch(app, 'search', { runner });
new BatchScoring(app, 'scoring', { runner });
new LlmFineTuning(app, 'finetuning', { platform });
app.synth();
