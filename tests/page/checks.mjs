// SPDX-License-Identifier: Apache-2.0
//
// What every report must keep, whatever it looks like inside. Each check gives a list of faults, empty where all is well.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Lines and words are compared without blanks: where a line is broken is the view's business.
export const squeezed = (text) => text.replace(/[\s\u200b\u00ad]+/gu, '');

export async function widerThanThePage(page, width) {
  await page.setViewportSize({ width, height: 900 });
  return page.evaluate((at) => {
    const faults = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.push(`${at} px: the page is ${root.scrollWidth} px wide`);
    const scrolls = (e) => e !== document.body && e !== root && getComputedStyle(e).overflowX !== 'visible';
    for (const e of faults.length > 0 ? document.body.querySelectorAll('*') : []) {
      let inside = e.parentElement;
      while (inside && !scrolls(inside)) inside = inside.parentElement;
      if (!inside && e.getBoundingClientRect().right > root.clientWidth + 1) faults.push(`${e.tagName}.${e.getAttribute('class')} ${e.textContent.slice(0, 60)}`);
      if (faults.length > 5) break;
    }
    return faults;
  }, width);
}

// axe-core's rules for WCAG and good practice; in a second colour scheme only what colours can change.
export async function inaccessible(page, colorScheme, onlyColours = false) {
  await page.emulateMedia({ media: 'screen', colorScheme });
  await page.evaluate(axe);
  const violations = await page.evaluate(async (rules) => {
    const result = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) });
    return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any.map((a) => a.message)}`).join('; ')}`);
  }, onlyColours ? ['color-contrast', 'link-in-text-block'] : null);
  return violations.map((v) => `${colorScheme}: ${v}`.slice(0, 600));
}

// On paper nothing scrolls: what does not fit is lost.
export async function cutInPrint(page) {
  const paper = 794 - 76;  // A4 without its margins, in CSS pixels
  await page.setViewportSize({ width: paper, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  const faults = await page.evaluate((width) => {
    const found = [];
    const named = (e) => `${e.tagName}.${e.getAttribute('class')} "${e.textContent.trim().slice(0, 60)}"`;
    for (const e of document.body.querySelectorAll('*')) {
      if (found.length > 5) break;
      const box = e.getBoundingClientRect(), style = getComputedStyle(e);
      if (box.width === 0 || style.visibility === 'hidden' || style.clipPath !== 'none' || style.position === 'absolute') continue;
      if (box.right > width + 1) found.push(`ends at ${Math.round(box.right)} of ${width} px: ${named(e)}`);
      if (e instanceof SVGElement) {
        const picture = e.ownerSVGElement?.getBoundingClientRect();
        if (picture && e.tagName === 'text' && (box.left < picture.left - 1 || box.right > picture.right + 1 || box.top < picture.top - 1 || box.bottom > picture.bottom + 1))
          found.push(`is cut by its picture: ${named(e)}`);
        continue;
      }
      const clips = (overflow) => overflow !== 'visible';
      if (clips(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1) found.push(`is cut at its right: ${named(e)}`);
      if (clips(style.overflowY) && e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 1) found.push(`is cut at its end: ${named(e)}`);
    }
    return found;
  }, paper);
  await page.emulateMedia({ media: 'screen' });
  return faults;
}

// Every quoted line of every cause that the page holds, folded or not, must be in the PDF.
export async function missingInPdf(page, report, path) {
  await page.pdf({ path, format: 'A4', margin: { top: '10mm', bottom: '10mm', left: '10mm', right: '10mm' } });
  const printed = squeezed(execFileSync('pdftotext', ['-raw', path, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  const there = squeezed(await page.evaluate(() => document.body.textContent));
  const evidence = report.json.causes.flatMap((cause) => cause.evidence);
  const quoted = evidence.map((e) => squeezed(e.text)).filter((text) => /^[\x20-\x7e]+$/.test(text) && there.includes(text));
  if (evidence.length > 0 && quoted.length === 0) return ['the page quotes no evidence'];
  // A page break may stand in a long line.
  return quoted.filter((text) => !printed.includes(text) && !(printed.includes(text.slice(0, 40)) && printed.includes(text.slice(-40)))).map((text) => `not in the PDF: ${text.slice(0, 120)}`);
}

// Everything that can be operated is reached by the tab key, shows that it has the focus, and has a name.
export async function unreachableByKeyboard(page) {
  await page.evaluate(axe);
  const wanted = await page.evaluate(() => {
    const list = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^="-"]), [role=button], [role=tab], [role=link]')]
      .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.getAttribute('tabindex') !== '-1');
    list.forEach((e, i) => { e.dataset.tested = i; });
    globalThis.axe.setup(document);
    const name = (e) => globalThis.axe.commons.text.accessibleText(e).trim();
    const all = list.map((e) => ({ html: e.outerHTML.slice(0, 120), name: name(e), group: e.type === 'radio' ? e.name : '' }));
    globalThis.axe.teardown();
    document.activeElement?.blur();
    return all;
  });
  const faults = wanted.filter((e) => e.name === '').map((e) => `no name: ${e.html}`);
  const reached = new Set();
  for (let i = 0; i < wanted.length * 2 + 20 && reached.size < wanted.length; ++i) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e);
      const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
      return { index: e.dataset.tested, shown, html: e.outerHTML.slice(0, 120) };
    });
    if (at.index === undefined) continue;
    if (reached.has(+at.index) && reached.size > 1 && +at.index === 0) break;  // once round
    reached.add(+at.index);
    if (!at.shown) faults.push(`focus cannot be seen: ${at.html}`);
  }
  const groups = new Set([...reached].map((i) => wanted[i].group).filter(Boolean));  // one tab stop for a group of radio buttons
  wanted.forEach((e, i) => { if (!reached.has(i) && !groups.has(e.group)) faults.push(`not reached by the keyboard: ${e.html}`); });
  return faults;
}

// What the standard and accessibility want; a region need not be a <section>.
const validator = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ['html-validate:standard', 'html-validate:a11y'], rules: { 'prefer-native-element': 'off' } }));

export async function invalid(path) {
  const report = await validator.validateFile(path);
  return report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)).slice(0, 8);
}
