// node document.js TASKS FILE: the benchmark's pipeline as a KFP document, with a component and an executor for each task, as
// the SDK writes them.
const fs = require('node:fs');
const { App, Chart, Size } = require('cdk8s');
const { float, Pipeline } = require('cdk8s-kfp');
const { parseAllDocuments, stringify } = require('yaml');
const { addTasks } = require('./tasks');

const [tasks, file] = [Number(process.argv[2]), process.argv[3]];
const pipeline = new Pipeline(new Chart(new App(), 'bench'), 'pipeline-0', {
  parameters: { rate: float(0.1) },
  crds: 'minimal',
  sizeLimit: Size.gibibytes(1),
});
addTasks(pipeline, tasks);
const [spec] = parseAllDocuments(pipeline.toIr()).map((document) => document.toJS());
const { components } = spec;
const { executors } = spec.deploymentSpec;
const [ownComponents, ownExecutors] = [{}, {}];
for (const [index, task] of Object.values(spec.root.dag.tasks).entries()) {
  const component = components[task.componentRef.name];
  const executorLabel = `${component.executorLabel}-${index}`;
  ownExecutors[executorLabel] = executors[component.executorLabel];
  task.componentRef = { name: `${task.componentRef.name}-${index}` };
  ownComponents[task.componentRef.name] = { ...component, executorLabel };
}
const whole = { ...spec, components: ownComponents, deploymentSpec: { executors: ownExecutors } };
fs.writeFileSync(file, stringify(whole, { aliasDuplicateObjects: false }));
