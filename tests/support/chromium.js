// How every test starts Debian's Chromium: patiently. playwright-core comes from where NODE_PATH says.
'use strict';

// A busy machine may take long for anything; only a browser that hangs is an error.
const kPatience = 240000;

function launched(executablePath) {
  const { chromium } = require('playwright-core');
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args, timeout: kPatience });
}

module.exports = { kPatience, launched };
