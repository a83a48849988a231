// SPDX-License-Identifier: Apache-2.0
//
// What each test file has: its reports and one Chromium, until its last test is over.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { launch } from './browser.mjs';
import { Reports } from './reports.mjs';

export const reports = new Reports();
export const browser = await launch();
after(async () => {
  await browser.close();
  reports.remove();
});
export const clean = (faults) => assert.deepEqual(faults, []);
