import { App } from 'cdk8s';
import { MlTraining } from './ml-training';
import { addPlatform } from './platform-charts';

// A platform and the training pipeline of its team, in one synth: cdk8s-kfp synth src/apps/platform.ts
const app = new App();
const { runner } = addPlatform(app);
new MlTraining(app, 'training', { runner });
app.synth();
