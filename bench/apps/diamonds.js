// node diamonds.js data|after: 30 stacked diamonds, each two wide, tied by their data or by `.after()`.
const { App, Chart } = require('cdk8s');
const { ContainerComponent, Pipeline, str, Task } = require('cdk8s-kfp');

const step = new ContainerComponent({
  name: 'step',
  image: 'busybox:1.37',
  inputs: { left: str(''), right: str('') },
  outputs: { value: str() },
  command: ['true'],
});

const byData = process.argv[2] === 'data';
const app = new App();
const pipeline = new Pipeline(new Chart(app, 'bench'), 'diamonds');
let top = add('top');
for (let index = 0; index < 30; index++)
  top = add(`join-${index}`, add(`left-${index}`, top), add(`right-${index}`, top));
app.synth();

function add(id, left, right = left) {
  const upstream = [...new Set([left, right])].filter(Boolean);
  if (!byData) return new Task(pipeline, id, { component: step }).after(...upstream);
  const inputs = left ? { left: left.outputs.value, right: right.outputs.value } : {};
  return new Task(pipeline, id, { component: step, inputs });
}
