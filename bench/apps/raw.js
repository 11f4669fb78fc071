// node raw.js OBJECTS.json: the very same objects, emitted by cdk8s alone.
// The objects are there already, as plain JSON: reading them is timed, so that it can be taken out of the comparison.
const fs = require('node:fs');

const before = process.cpuUsage();
const objects = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { user, system } = process.cpuUsage(before);

const { ApiObject, App, Chart } = require('cdk8s');
const app = new App();
const chart = new Chart(app, 'bench');
for (const [index, object] of objects.entries()) new ApiObject(chart, `object-${index}`, object);
app.synth();
console.log((user + system) / 1e6);
