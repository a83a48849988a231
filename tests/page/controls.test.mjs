// SPDX-License-Identifier: Apache-2.0
//
// What a reader can do with a page: switch the language, copy, filter, fold, zoom; by mouse and by keyboard, and what is left
// without JavaScript. And how big a page may get.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { join } from 'node:path';
import { open, openAllDetails } from './browser.mjs';
import { inaccessible, invalid, unreachableByKeyboard, widerThanThePage } from './checks.mjs';
import { largeIncident } from './incident.mjs';
import { root, seeds } from './reports.mjs';
import { browser, clean, reports } from './session.mjs';

const both = reports.analyze(seeds[0], join(root, 'corpus', seeds[0]), 'en,zh');

// Texts that a reader sees of one language, but for the switch, which names both.
const seen = (page, tongue) => page.evaluate((wanted) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || parent.closest('.tongues, script') || parent.closest('[lang]').lang.slice(0, 2) !== wanted) continue;
    if (parent.closest('.sheet-1, .sheet-2') && parent.checkVisibility()) found.push(texts.currentNode.data.trim().slice(0, 80));
  }
  return found;
}, tongue);

describe('two languages in one page', () => {
  test('are valid HTML', async () => clean(await invalid(both.html)));

  for (const javascript of [true, false]) {
    test(`show one at a time ${javascript ? 'with' : 'without'} JavaScript`, async () => {
      const { page, faults, close } = await open(browser, both.html, { javascript });
      if (javascript) await openAllDetails(page);
      clean(await seen(page, 'zh'));
      assert.ok((await seen(page, 'en')).length > 50);
      await page.click('label[for=tongue-2]');
      clean(await seen(page, 'en'));
      assert.ok((await seen(page, 'zh')).length > 50);
      await page.click('label[for=tongue-1]');
      clean(await seen(page, 'zh'));
      clean(faults);
      await close();
    });
  }

  test('name the page in the chosen language', async () => {
    const { page, close } = await open(browser, both.html);
    assert.match(await page.title(), /^Fault found: /);
    await page.click('label[for=tongue-2]');
    assert.match(await page.title(), /^发现故障：/);
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hans');
    await close();
  });

  test('are accessible, fit, and are reached by the keyboard in either', async () => {
    const { page, faults, close } = await open(browser, both.html);
    for (const tongue of ['#tongue-1', '#tongue-2']) {
      await page.check(tongue);
      await openAllDetails(page);
      clean(await inaccessible(page, 'light'));
      clean(await inaccessible(page, 'dark', true));
      for (const width of [390, 1280, 1920]) clean(await widerThanThePage(page, width));
      clean(await unreachableByKeyboard(page));
    }
    clean(faults);
    await close();
  });

  test('are switched by the arrow keys', async () => {
    const { page, close } = await open(browser, both.html);
    await page.focus('#tongue-1');
    await page.keyboard.press('ArrowRight');
    assert.ok(await page.isChecked('#tongue-2'));
    clean(await seen(page, 'en'));
    await close();
  });
});

describe('the controls', () => {
  const report = reports.analyze(seeds[0], join(root, 'corpus', seeds[0]), 'en');

  test('copy exactly the command', async () => {
    const { page, faults, close } = await open(browser, report.html);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openAllDetails(page);
    const commands = report.json.causes[0].fixes.flatMap((fix) => fix.commands);
    assert.ok(commands.length > 3);
    for (const command of commands) {
      const block = page.locator('#cause-1 pre.command', { has: page.locator('code', { hasText: new RegExp(`^${command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) }) }).first();
      await block.locator('button').click();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
      assert.equal(await block.locator('button').textContent(), 'Copied');
    }
    await page.locator('pre.script button').first().press('Enter');
    const script = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(script.startsWith('#!/bin/sh\n'));
    assert.equal(script, await page.textContent('pre.script code'));
    clean(faults);
    await close();
  });

  test('copy where the page may not use the clipboard by itself', async () => {
    const { page, close } = await open(browser, report.html);
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); });
    await page.locator('#cause-1 pre.command button').first().click();
    await page.context().grantPermissions(['clipboard-read']);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.locator('#cause-1 pre.command code').first().textContent());
    await close();
  });

  test('filter the rows of a section', async () => {
    const { page, close } = await open(browser, report.html);
    const rows = (shown) => page.evaluate((only) => [...document.querySelectorAll('#timeline tbody tr')].filter((row) => !only || !row.hidden).map((row) => row.textContent), shown);
    const all = await rows(false);
    await page.fill('#timeline .filter', 'TRT_embedder');  // whatever the case
    const left = await rows(true);
    assert.deepEqual(left, all.filter((row) => row.toLowerCase().includes('trt_embedder')));
    assert.ok(left.length > 0 && left.length < all.length);
    await page.fill('#timeline .filter', '');
    assert.equal((await rows(true)).length, all.length);
    await close();
  });

  test('open a folded part in which a row is found', async () => {
    const { page, close } = await open(browser, report.html);
    const folded = page.locator('#settings details.more').first();
    assert.equal(await folded.getAttribute('open'), null);
    const key = await folded.locator('tbody th code').first().textContent();
    await page.fill('#settings .filter', key);
    assert.notEqual(await folded.getAttribute('open'), null);
    assert.ok(await folded.locator('tbody th code').first().isVisible());
    await close();
  });

  test('fold and unfold everything', async () => {
    const { page, close } = await open(browser, report.html);
    const states = () => page.evaluate(() => [...document.querySelectorAll('details')].map((one) => one.open));
    await page.locator('.contents button').first().press('Enter');
    assert.ok((await states()).every(Boolean));
    await page.locator('.contents button').last().press('Space');
    assert.ok((await states()).every((open) => !open));
    // A link into what is folded opens it.
    await page.click('a[href="#cause-1-fixes"]');
    await page.waitForFunction(() => document.getElementById('cause-1').open);
    await close();
  });

  test('zoom the timeline and come back', async () => {
    const { page, close } = await open(browser, report.html);
    const width = () => page.evaluate(() => document.querySelector('.timeline-picture svg').getBoundingClientRect().width);
    const [nearer, farther] = [page.locator('.timeline-picture + .tools button').first(), page.locator('.timeline-picture + .tools button').last()];
    const plain = await width();
    await nearer.press('Enter');
    const zoomed = await width();
    assert.ok(zoomed > plain * 1.4, `${plain} to ${zoomed}`);
    for (let i = 0; i < 20; ++i) await nearer.click();
    assert.ok(await width() < plain * 20, 'there is an end');
    clean(await widerThanThePage(page, 1280));
    for (let i = 0; i < 20; ++i) await farther.click();
    assert.equal(await width(), plain);
    await close();
  });

  test('are words of the page\'s language', async () => {
    const chinese = await open(browser, reports.analyze(seeds[0], join(root, 'corpus', seeds[0]), 'zh').html);
    const words = await chinese.page.evaluate(() => [...document.querySelectorAll('button, .filter')].map((e) => e.textContent + (e.placeholder ?? '')));
    clean(words.filter((word) => /[a-z]/i.test(word)));
    await chinese.close();
  });

  test('are not there without JavaScript', async () => {
    const { page, close } = await open(browser, report.html, { javascript: false });
    assert.equal(await page.locator('button, input').count(), 0);
    await close();
  });
});

describe('a large incident', () => {
  const most = { bytes: 1_500_000, elements: 30_000 };
  const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);

  test('makes no larger page than a hundred times less does', async () => {
    const sizes = [];
    for (const events of [1_000, 100_000]) {
      const report = reports.analyze(`large-${events}`, largeIncident(join(reports.folder, `large-${events}`), events), 'en,zh');
      const { page, faults, close } = await open(browser, report.html);
      sizes.push({ bytes: statSync(report.html).size, elements: await elements(page) });
      clean(faults);
      await close();
    }
    assert.ok(sizes[1].bytes <= sizes[0].bytes * 1.05 && sizes[1].elements <= sizes[0].elements * 1.05, JSON.stringify(sizes));
    assert.ok(sizes[1].bytes <= most.bytes && sizes[1].elements <= most.elements, JSON.stringify(sizes));
  });

  test('cannot fill a page beyond its limits', async () => {
    const html = reports.huge();
    const { page, close } = await open(browser, html);
    assert.ok(statSync(html).size <= most.bytes, `${statSync(html).size} bytes`);
    assert.ok(await elements(page) <= most.elements, `${await elements(page)} elements`);
    await close();
  });
});
