// The benchmark's tasks: every tenth one loads, the nine after it read what it loaded.
const { Task } = require('cdk8s-kfp');
const { buildFeatures, cleanData, evaluateModel, loadData, trainModel } = require('./components');

const READERS = [cleanData, buildFeatures, trainModel, evaluateModel];

/** Adds so many tasks to a pipeline that has the parameter `rate`. */
exports.addTasks = function addTasks(pipeline, count) {
  const { rate } = pipeline.parameters;
  let head;
  for (let index = 0; index < count; index++) {
    if (index % 10 === 0) {
      head = new Task(pipeline, `task-${index}`, {
        component: loadData,
        inputs: { seed: head ? head.output : 1 },
      });
    } else {
      new Task(pipeline, `task-${index}`, {
        component: READERS[index % 4],
        inputs: { data: head.outputs.out, rate },
      });
    }
  }
};
