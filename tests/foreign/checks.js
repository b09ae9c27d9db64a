// What the clients in JavaScript share: checks that are counted, and said when they fail.
//
// A check is a sentence and a promise; it has four minutes, for busy machines. The process ends
// with 1 if one failed.
'use strict';

const kPatience = 240000;
let failed = 0;
let passed = 0;

async function check(sentence, run) {
  let timer;
  const late = new Promise((_, no) => {
    timer = setTimeout(() => no(new Error('no answer in four minutes')), kPatience);
  });
  try {
    await Promise.race([run(), late]);
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED: ${sentence}: ${error.message}`);
  } finally {
    clearTimeout(timer);
  }
}

function equal(seen, wanted, what) {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}

function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

module.exports = { check, equal, finish };
