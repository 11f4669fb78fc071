// node parse.js FILE: what the library `yaml` needs to read a document, in CPU seconds.
const fs = require('node:fs');
const { parseAllDocuments } = require('yaml');

const text = fs.readFileSync(process.argv[2], 'utf8');
const before = process.cpuUsage();
for (const document of parseAllDocuments(text)) document.toJS();
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
