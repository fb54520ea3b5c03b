import { expect, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { unique } from '../support/people.ts';
import type { Page } from '@playwright/test';

/** Makes an agent through its page, and returns the address where it is built. */
async function make(page: Page, template: string, name: string): Promise<string> {
  await visit(page, '/agents/new');
  await page.getByRole('radio', { name: template }).check();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Handle', { exact: true }).fill(`r_${unique()}`);
  await expect(page.getByText('Free', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page).toHaveURL(/\/agents\/acc\w*_\w+/);
  return new URL(page.url()).pathname;
}

/** Goes to another page of the agent that is open. */
async function tab(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'This agent' }).getByRole('link', { name }).click();
  await expect(page.getByRole('navigation', { name: 'This agent' }).getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
}

async function learn(page: Page, title: string, text: string): Promise<void> {
  await tab(page, 'Knowledge');
  const form = page.locator('details').filter({ hasText: 'Paste a text' });
  if (!(await form.getByLabel('Title').isVisible())) await form.locator('summary').click();
  await form.getByLabel('Title').fill(title);
  await form.getByLabel('Text', { exact: true }).fill(text);
  await form.getByRole('button', { name: 'Add the text' }).click();
  // It is read by itself in a moment, and the page sees that by itself.
  await expect(page.getByRole('row').filter({ hasText: title }).getByText('Ready')).toBeVisible({ timeout: 30_000 });
}

async function check(page: Page, question: string, says: string): Promise<void> {
  await page.getByLabel('Question').fill(question);
  await page.getByLabel('It says', { exact: false }).first().fill(says);
  await page.getByLabel('It cites').selectOption('any');
  await page.getByRole('button', { name: 'Save the check' }).click();
  await expect(page.getByRole('heading', { name: question })).toBeVisible();
}

async function run(page: Page, outcome: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await expect(page.getByText(outcome)).toBeVisible({ timeout: 30_000 });
}

test('an agent is made of a template, taught, checked, published, changed, compared and gone back with', async ({ page, member }) => {
  test.slow();
  expect(member.handle).toBeTruthy();
  await visit(page, '/agents');
  await expect(page.getByText('No agents yet')).toBeVisible();
  await axe(page);
  const name = `Robo ${unique()}`;
  const home = await make(page, 'Expert', name);
  await expect(page.getByLabel('Instructions')).not.toBeEmpty();
  await axe(page);

  await learn(page, 'Amplifier', '# Reset\n\nTo reset the amplifier, hold the red button for ten seconds.');
  await axe(page);

  await tab(page, 'Checks');
  await page.getByRole('link', { name: 'Write a check' }).click();
  await axe(page);
  await check(page, 'How do I reset the amplifier?', 'blue button');
  await run(page, /of 3 pass/);
  await expect(page.getByText('The answer does not say “blue button”.')).toBeVisible();
  await axe(page);
  await tab(page, 'Versions');
  await expect(page.getByText('Some checks have failed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toBeDisabled();

  await tab(page, 'Checks');
  const failed = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'How do I reset the amplifier?' }) });
  await failed.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByLabel('It says').first()).toHaveValue('blue button');
  await check(page, 'How do I reset the amplifier?', 'red button');
  await run(page, /All 3 checks pass/);

  await tab(page, 'Versions');
  await page.getByLabel('Note').fill('The first one');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Published. It answers by this version from now on.')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Version 1' })).toContainText('Answers');
  await axe(page);

  await tab(page, 'Build');
  await page.getByLabel('Tone').fill('solemn');
  await expect(page.getByText('Not saved yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. Try it out, or run its checks.')).toBeVisible();
  await expect(page.getByText('Changed since published')).toBeVisible();
  await tab(page, 'Versions');
  await page.getByRole('link', { name: 'See what changed' }).click();
  const changed = page.getByRole('list', { name: 'What changed: Tone' });
  await expect(changed.getByRole('insertion')).toHaveText('Added: solemn');
  await axe(page);

  await visit(page, `${home}/checks`);
  await run(page, /All 3 checks pass/);
  await tab(page, 'Versions');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Version 2' })).toContainText('Answers');
  const first = page.getByRole('row').filter({ hasText: 'The first one' });
  await first.locator('summary').click();
  await first.getByRole('button', { name: 'Go back to version 1' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Version 3' })).toContainText('Made of version 1');
  await tab(page, 'Build');
  await expect(page.getByLabel('Tone')).not.toHaveValue('solemn');

  await visit(page, '/agents');
  await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText('Version 3');
  await axe(page);
});

test('a tool that asks waits for a yes or a no, and the answer goes on', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await make(page, 'From nothing', 'Reckoner');
  await tab(page, 'Tools');
  const calculator = page.getByRole('radiogroup', { name: 'Calculator' });
  await calculator.getByRole('radio', { name: 'Ask' }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. It uses them from the next answer to you on')).toBeVisible();

  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  const ask = async (question: string) => {
    await page.getByRole('textbox', { name: 'Ask Reckoner' }).fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  await ask('What is 1234 * 5678?');
  await expect(steps).toContainText('Wants to calculate');
  await expect(steps).toContainText('1234');
  await axe(page);
  await steps.getByRole('button', { name: 'Allow' }).click();
  await expect(steps).toContainText('Calculated');
  await expect(page.locator('.chat-message:not([data-mine])')).toContainText(/7[., ]?006[., ]?652/);

  await ask('What is 17 * 23?');
  await steps.getByRole('button', { name: 'Refuse' }).click();
  await expect(steps.last()).toContainText('Was not allowed to calculate');
});

test('a server of tools on a private address is refused, and nothing typed is lost', async ({ page, guard, member }) => {
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/\/agents\/add_server$/, 422);
  await visit(page, '/agents');
  await page.getByRole('link', { name: 'Tool servers' }).click();
  await expect(page.getByRole('heading', { name: 'No servers yet' })).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('calendar');
  await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9/mcp');
  await page.getByLabel(/^Secret/).fill('Bearer something-secret');
  await page.getByRole('button', { name: 'Add the server' }).click();
  await expect(page.getByLabel('Address', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('calendar');
  await axe(page);
});

test('of two tabs that save, the later one is told and loses nothing', async ({ page, context, guard, member }) => {
  guard.expectStatus(/\/agents\/save$/, 409);
  expect(member.handle).toBeTruthy();
  const home = await make(page, 'From nothing', 'Robo');
  const other = await context.newPage();
  await visit(other, home);
  await other.getByLabel('Instructions').fill('Said in the other tab.');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByText('Saved. Try it out')).toBeVisible();
  await page.getByLabel('Instructions').fill('Said here.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'saved somewhere else' })).toBeVisible();
  await expect(page.getByText('Said in the other tab.')).toBeVisible();
  await expect(page.getByLabel('Instructions')).toHaveValue('Said here.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. Try it out')).toBeVisible();
  await visit(page, home);
  await expect(page.getByLabel('Instructions')).toHaveValue('Said here.');
});

test('a file that is no text says so, and a page that is not public is not read', async ({ page, guard, member }) => {
  guard.expectStatus(/\/agents\/add_page$/, 422);
  expect(member.handle).toBeTruthy();
  await make(page, 'From nothing', 'Robo');
  await tab(page, 'Knowledge');
  const file = { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nnothing of a PDF') };
  await page.getByLabel('Files', { exact: true }).setInputFiles(file);
  const row = page.getByRole('row').filter({ hasText: 'broken.pdf' });
  await expect(row.getByText("Can't be read", { exact: true })).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('A public page').fill('http://127.0.0.1/');
  await page.getByRole('button', { name: 'Add the page' }).click();
  await expect(page.locator('#address-error')).toBeVisible();
  await expect(page.getByLabel('A public page')).toHaveValue('http://127.0.0.1/');
  await row.locator('summary').click();
  await row.getByRole('button', { name: 'Remove it' }).click();
  await expect(row).toHaveCount(0);
});

test('caps are kept, and what is retired is not changed any more', async ({ page, guard, member }) => {
  guard.expectStatus(/\/agents\/set_caps$/, 422);
  expect(member.handle).toBeTruthy();
  const home = await make(page, 'Entertainer', 'Robo');
  await tab(page, 'Limits');
  await axe(page);
  await page.getByLabel('In a day').fill('5');
  await page.getByLabel('In a month').fill('4');
  await page.getByRole('button', { name: 'Save the caps' }).click();
  await expect(page.getByText("A month can't have a lower cap than a day.")).toBeVisible();
  await page.getByLabel('In a month').fill('40');
  await page.getByRole('button', { name: 'Save the caps' }).click();
  await expect(page.getByText('The caps were saved.')).toBeVisible();
  await expect(page.getByText('of 40.00 EUR')).toBeVisible();
  await page.locator('summary').filter({ hasText: 'Retire this agent' }).click();
  await page.getByRole('button', { name: 'Retire it for good' }).click();
  await expect(page.getByText('This agent is retired.')).toBeVisible();
  await visit(page, home);
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
});

test("nobody sees or builds another's agent", async ({ page, open, guard, member, newMember }) => {
  guard.expectStatus(/\/agents\//, 404);
  expect(member.handle).toBeTruthy();
  const home = await make(page, 'Expert', 'Robo');
  const eve = await open({ as: await newMember() });
  for (const path of ['', '/tools', '/knowledge', '/checks', '/versions', '/limits']) {
    const answer = await eve.goto(home + path);
    expect(answer?.status(), path).toBe(404);
    await expect(eve.getByRole('heading', { level: 1, name: "This page can't be shown" })).toBeVisible();
  }
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('an agent is made and saved, and a refused form keeps what was typed', async ({ page, member, guard }) => {
    guard.expectStatus(/\/agents\//, 422);
    expect(member.handle).toBeTruthy();
    await page.goto('/agents/new');
    await page.getByRole('radio', { name: 'Customer support' }).check();
    await page.getByLabel('Name', { exact: true }).fill('Robo');
    await page.getByLabel('Handle', { exact: true }).fill(`r_${unique()}`);
    await page.getByRole('button', { name: 'Make the agent' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Robo' })).toBeVisible();
    await page.getByLabel('Headline').fill('Knows the manual');
    await page.getByLabel('Longest answer').fill('1');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Choose from 64 to 8192 tokens.')).toBeVisible();
    await expect(page.getByLabel('Headline')).toHaveValue('Knows the manual');
    await page.getByLabel('Longest answer').fill('512');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(page.getByLabel('Headline')).toHaveValue('Knows the manual');
  });
});

test('nothing of the builder is wider than a phone', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const home = await make(page, 'Expert', `Robo ${'with a long name '.repeat(2)}`);
  await page.setViewportSize({ width: 360, height: 800 });
  for (const path of ['', '/tools', '/knowledge', '/checks', '/checks/new', '/versions', '/limits']) {
    await visit(page, home + path);
    const [inside, outside] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(inside, path).toBeLessThanOrEqual(outside);
  }
});
