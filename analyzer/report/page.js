// SPDX-License-Identifier: Apache-2.0
// Only adds to a page that is whole without it: copy buttons, fold and unfold, a filter, zoom of the timeline.
'use strict';
(() => {
  const of = (element) => element.closest('[lang]').lang.startsWith('zh');
  const say = (element, en, zh) => (of(element) ? zh : en);
  const button = (host, en, zh, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = say(host, en, zh);
    made.addEventListener('click', () => act(made));
    return made;
  };

  // Copies what the block holds, without the prompt that the style sheet draws.
  const copy = async (block, made) => {
    const text = block.querySelector('code').textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(block.querySelector('code'));
      if (!document.execCommand('copy')) return;
      getSelection().removeAllRanges();
    }
    made.textContent = say(block, 'Copied', '已复制');
    setTimeout(() => { made.textContent = say(block, 'Copy', '复制'); }, 1500);
  };
  for (const block of document.querySelectorAll('pre.command, pre.script')) {
    const made = button(block, 'Copy', '复制', (self) => copy(block, self));
    made.className = 'copy';
    block.classList.add('copyable');
    block.append(made);
  }

  // A link to something folded opens it.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();

  for (const contents of document.querySelectorAll('nav.contents')) {
    const sheet = contents.parentElement;
    const all = (state) => () => { for (const one of sheet.querySelectorAll('details')) one.open = state; };
    const item = document.createElement('p');
    item.className = 'tools';
    item.append(button(contents, 'Unfold all', '全部展开', all(true)), button(contents, 'Fold all', '全部折叠', all(false)));
    contents.append(item);
  }

  // One filter for the rows of all tables of a section; folded parts open while something is looked for.
  for (const section of document.querySelectorAll('section[id$=timeline], section[id$=hosts], section[id$=settings], section[id$=documents]')) {
    const rows = section.querySelectorAll('tbody tr');
    if (rows.length < 8) continue;
    const field = document.createElement('input');
    field.type = 'search';
    field.className = 'filter';
    field.setAttribute('aria-label', say(section, 'Filter the rows of this section', '筛选本节各行'));
    field.placeholder = say(section, 'Filter rows', '筛选');
    field.addEventListener('input', () => {
      const wanted = field.value.trim().toLowerCase();
      for (const row of rows) {
        row.hidden = wanted !== '' && !row.textContent.toLowerCase().includes(wanted);
        if (wanted !== '' && !row.hidden) for (let at = row.parentElement; at !== section; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
      }
    });
    section.querySelector('h2').after(field);
  }

  for (const picture of document.querySelectorAll('.timeline-picture')) {
    const svg = picture.querySelector('svg');
    const plain = svg.viewBox.baseVal.width;
    let zoom = 1;
    const by = (factor) => () => {
      const middle = (picture.scrollLeft + picture.clientWidth / 2) / picture.scrollWidth;
      zoom = Math.min(16, Math.max(1, zoom * factor));
      svg.style.width = zoom === 1 ? '' : `${Math.max(picture.clientWidth, plain) * zoom}px`;
      picture.scrollLeft = middle * picture.scrollWidth - picture.clientWidth / 2;
    };
    const tools = document.createElement('p');
    tools.className = 'tools';
    tools.append(button(picture, 'Zoom in', '放大', by(1.6)), button(picture, 'Zoom out', '缩小', by(1 / 1.6)));
    picture.after(tools);
  }

  for (const choice of document.querySelectorAll('input[name=tongue]')) {
    const chosen = () => {
      if (!choice.checked) return;
      document.documentElement.lang = choice.value;
      const heading = document.querySelector(`.sheet-${choice.id.slice(-1)} h1`);
      const stamp = document.querySelector(`.sheet-${choice.id.slice(-1)} .stamp`);
      document.title = stamp.textContent + (choice.value.startsWith('zh') ? '：' : ': ') + heading.textContent;
    };
    choice.addEventListener('change', chosen);
    chosen();
  }

  // Printing opens what is folded, and folds it again.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const one of closed) one.open = true;
  });
  addEventListener('afterprint', () => { for (const one of closed) one.open = false; });
})();
