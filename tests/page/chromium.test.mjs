// SPDX-License-Identifier: Apache-2.0
//
// The reports of the five incidents and of a hostile bundle, in both languages, in one Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { join } from 'node:path';
import { open, openAllDetails, watched } from './browser.mjs';
import { cutInPrint, inaccessible, invalid, missingInPdf, squeezed, unreachableByKeyboard, widerThanThePage } from './checks.mjs';
import { browser, clean, reports } from './session.mjs';

// The hostile bundle in one language: it is large, and what it shows does not depend on our words.
const all = [...reports.ofSeeds(), ...reports.ofHostileBundle().slice(0, 1)];
describe('a report', { concurrency: 2 }, () => {
  for (const report of all) {
    test(report.name, async (t) => {
      await t.test('is valid HTML', async () => clean(await invalid(report.html)));

      const { page, faults, close } = await open(browser, report.html);
      await t.test('fits phones and wide screens', async () => {
        for (const width of [390, 1280, 1920]) clean(await widerThanThePage(page, width));
        await openAllDetails(page);
        for (const width of [390, 1280, 1920]) clean(await widerThanThePage(page, width));
      });
      await t.test('is accessible in light and dark', async () => {
        clean(await inaccessible(page, 'light'));
        clean(await inaccessible(page, 'dark', true));
      });
      await t.test('is reached by the keyboard', async () => clean(await unreachableByKeyboard(page)));
      await t.test('prints whole', async () => clean(await cutInPrint(page)));
      await t.test('asks for nothing and says nothing', () => clean(faults));
      await close();

      const plain = await open(browser, report.html, { javascript: false });
      await t.test('is quiet and complete without JavaScript', async () => {
        clean(plain.faults);
        const text = squeezed(await plain.page.textContent('body'));
        for (const cause of report.json.causes) assert.ok(text.includes(squeezed(cause.title)), cause.title);
      });
      await t.test('is a PDF with every quoted line', async () => clean(await missingInPdf(plain.page, report, join(reports.folder, `${report.name}.pdf`))));
      await plain.close();
    });
  }
});

// tests/hostile_strings.h: every text of the report is the attack.
describe('an attack is text', { concurrency: 2 }, () => {
  const pages = reports.ofHostileStrings();
  const half = Math.ceil(pages.length / 2);
  for (const part of [pages.slice(0, half), pages.slice(half)]) {
    test(`${part[0].name} to ${part.at(-1).name}`, async () => {
      const { page, faults, show, close } = await watched(browser, { width: 390 });
      // What a page is made of: elements with the names of their attributes.
      const made = async (path) => {
        await show(path);
        return page.evaluate(() => [...new Set([...document.querySelectorAll('*')].map((e) => `${e.tagName} ${e.getAttributeNames().sort()}`))]);
      };
      const plain = new Set(await made(pages[0].html));
      for (const { name, html } of part) {
        const strange = (await made(html)).filter((e) => !plain.has(e));
        assert.deepEqual(strange, [], `${name}: elements that the plain report has not`);
        assert.equal(await page.evaluate(() => globalThis.owned), undefined, name);
        assert.deepEqual(await widerThanThePage(page, 390), [], name);
        assert.deepEqual(faults, [], name);
      }
      await close();
    });
  }
});
