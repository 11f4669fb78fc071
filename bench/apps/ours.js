// node ours.js TASKS TASKS_PER_PIPELINE [OBJECTS.json]: pipelines by this library's constructs.
// The same graph as raw.js has to print: every tenth task loads, the nine after it read what it loaded.
const fs = require('node:fs');
const { App, Chart, Size } = require('cdk8s');
const { float, Pipeline } = require('cdk8s-kfp');
const { addTasks } = require('./tasks');

const [tasks, perPipeline] = process.argv.slice(2).map(Number);
const objects = process.argv[4];

const app = new App();
const chart = new Chart(app, 'bench');
for (let first = 0; first < tasks; first += perPipeline) {
  const pipeline = new Pipeline(chart, `pipeline-${first / perPipeline}`, {
    parameters: { rate: float(0.1) },
    crds: 'minimal',
    sizeLimit: Size.gibibytes(1),
  });
  addTasks(pipeline, Math.min(perPipeline, tasks - first));
}
app.synth();
if (objects) fs.writeFileSync(objects, JSON.stringify(chart.toJson()));
