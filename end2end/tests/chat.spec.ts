/** Talking with an agent: from its profile to an answer that cites what it knows, and what can be done with it afterwards. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { png } from '../support/pictures.ts';
import type { Page } from '@playwright/test';

const answers = (page: Page) => page.locator('.chat-message:not([data-mine])');
const questions = (page: Page) => page.locator('.chat-message[data-mine]');
const box = (page: Page) => page.getByRole('textbox', { name: /^Ask / });
const writing = (page: Page) => page.locator('.chat-writing');

/** Asks something on a chat page, and waits for the whole answer. */
async function ask(page: Page, question: string): Promise<void> {
  const before = await answers(page).count();
  await box(page).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answers(page)).toHaveCount(before + 1);
  await expect(writing(page)).toHaveCount(0);
}

async function begin(page: Page, handle = 'owl_desk'): Promise<void> {
  await visit(page, `/chats/new?with=${handle}`);
}

async function beginWith(page: Page, question: string): Promise<void> {
  await begin(page);
  await box(page).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/\/chats\/conv_/);
  await expect(answers(page)).toHaveCount(1);
  await expect(writing(page)).toHaveCount(0);
}

test('from a profile to an answer with its sources', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await visit(page, '/@owl_desk');
  await page.getByRole('main').getByRole('link', { name: 'Chat' }).click();
  await expect(page.getByRole('heading', { name: 'Chat with Owl Desk', level: 1 })).toBeVisible();
  await hydrated(page);
  await axe(page);
  await page.getByRole('button', { name: 'Which power supply does the Night Owl need?' }).click();
  await expect(page).toHaveURL(/\/chats\/conv_/);
  await expect(answers(page)).toContainText('60 milliamperes');
  await expect(writing(page)).toHaveCount(0);
  await expect(answers(page)).toContainText('built-in answer engine');
  await answers(page).locator('a.cite').first().click();
  await expect(answers(page).locator('.passage').first()).toBeVisible();
  await expect(answers(page).locator('.passage').first()).toContainText('Owl Pedals: manual and support');
  await axe(page);
});

test('Enter sends, Shift and Enter begin a new line, and what is typed is kept', async ({ page, member, isMobile }) => {
  test.skip(isMobile, 'a phone has no Shift');
  expect(member.handle).toBeTruthy();
  await begin(page);
  await box(page).fill('What does shipping');
  await box(page).press('Shift+Enter');
  await box(page).pressSequentially('to Poland cost?');
  await page.reload();
  await hydrated(page);
  await expect(box(page)).toHaveValue('What does shipping\nto Poland cost?');
  await box(page).press('Enter');
  await expect(answers(page)).toContainText('4 euros');
  await expect(box(page)).toHaveValue('');
});

test('a reload in the middle goes on where it was', async ({ page, member, guard }) => {
  expect(member.handle).toBeTruthy();
  guard.expectOffline();
  await begin(page);
  await box(page).fill('How do I do a factory reset of the Tawny?');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/\/chats\/conv_/);
  await page.reload();
  await hydrated(page);
  await expect(answers(page)).toContainText('five seconds');
  await expect(writing(page)).toHaveCount(0);
  await expect(page.locator('.chat-caret')).toHaveCount(0);
});

test('an answer is stopped, and asked for again', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await begin(page);
  await box(page).fill('The pedal hums. What can I do, and what does a repair cost, and how long is the warranty?');
  await page.getByRole('button', { name: 'Send' }).click();
  const stop = page.getByRole('button', { name: 'Stop' });
  // The engine may be quicker than a browser: then there is nothing to stop.
  await Promise.race([stop.click().catch(() => undefined), expect(answers(page)).toContainText('tokens read')]);
  await expect(writing(page)).toHaveCount(0);
  await page.getByRole('button', { name: /answer again$/ }).click();
  await expect(answers(page)).toContainText('2 / 2');
  await expect(writing(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Earlier version' }).last().click();
  await expect(answers(page)).toContainText('1 / 2');
});

test('a question in other words is a branch beside the first', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await beginWith(page, 'How long is the warranty?');
  await page.getByRole('link', { name: 'Ask in other words' }).click();
  await page.getByRole('textbox', { name: 'Ask in other words' }).fill('What does a repair cost?');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(questions(page)).toContainText('What does a repair cost?');
  await expect(questions(page)).toContainText('2 / 2');
  await expect(answers(page)).toContainText('45 euros');
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await expect(questions(page)).toContainText('How long is the warranty?');
  await expect(answers(page)).toContainText('five years');
});

test('files and pictures stand with a question, are read, and are shown to nobody else', async ({ page, guard, member, open, newMember }) => {
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/\/api\/attachment/, 415, 422);
  await begin(page);
  const files = page.getByLabel('Attach pictures or files');
  const drafts = page.getByRole('list', { name: 'To be sent with it' }).getByRole('listitem');
  await files.setInputFiles({ name: 'archive.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\u0003\u0004 no text') });
  await expect(drafts.filter({ hasText: 'archive.zip' }).getByRole('alert')).toContainText('archive.zip');
  await page.getByRole('button', { name: 'Remove archive.zip' }).click();
  await expect(drafts).toHaveCount(0);

  const words = 'The lighthouse lamp is primed with two litres of whale-free oil each Monday.';
  await files.setInputFiles([{ name: 'lamp.txt', mimeType: 'text/plain', buffer: Buffer.from(words) }, png('lamp.png')]);
  await expect(drafts).toHaveCount(2);
  await page.getByLabel('What this picture shows').fill('A lamp');
  await axe(page);
  await box(page).fill('How much oil is the lighthouse lamp primed with?');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/\/chats\/conv_/);
  await expect(answers(page)).toContainText('two litres');
  await expect(writing(page)).toHaveCount(0);
  await expect(answers(page).locator('a.cite').first()).toBeVisible();
  await page.reload();
  const attached = questions(page).getByRole('list', { name: 'Attached' });
  await expect(attached.getByRole('link', { name: 'Picture lamp.png: A lamp' })).toBeVisible();
  await axe(page);

  const file = await attached.getByRole('link', { name: /lamp\.txt/ }).getAttribute('href');
  const mine = await page.request.get(file ?? '');
  expect(await mine.text()).toBe(words);
  expect(mine.headers()['content-disposition']).toContain('attachment; filename="lamp.txt"');
  const other = await open({ as: await newMember() });
  expect((await other.request.get(file ?? '')).status()).toBe(404);
});

test('an answer is rated with a note, and the rating stays', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await beginWith(page, 'How long is the warranty?');
  await page.getByRole('button', { name: 'Bad answer' }).click();
  await expect(page.getByRole('button', { name: 'Bad answer' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByText('Say why').click();
  await page.getByLabel('Why').fill('It did not say from when.');
  await page.getByRole('main').getByRole('button', { name: 'Send', exact: true }).first().click();
  await expect(page.getByText('What you said of it')).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('button', { name: 'Bad answer' })).toHaveAttribute('aria-pressed', 'true');
});

test('what is remembered is seen, leads to its message, and is forgotten', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await beginWith(page, 'My name is Ana. How long is the warranty?');
  await visit(page, '/settings/memories');
  const memory = page.getByRole('main').locator('.memory');
  await expect(memory).toContainText('My name is Ana');
  await expect(memory.getByRole('link', { name: 'From this message' })).toHaveAttribute('href', /\/chats\/conv_\w+#/);
  await axe(page);
  await memory.getByRole('button', { name: 'Forget' }).click();
  await expect(page.getByText('Nothing is remembered')).toBeVisible();
  await visit(page, '/chats/new?with=owl_desk');
  await ask(page, 'What is my name?').catch(() => undefined);
  await expect(page.getByRole('main')).not.toContainText('My name is Ana');
});

test('a chat is found, renamed and deleted', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await beginWith(page, 'How long is the warranty?');
  await visit(page, '/chats');
  await axe(page);
  await page.getByRole('textbox').or(page.getByRole('searchbox')).first().fill('warranty');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.locator('.chat-row')).toHaveCount(1);
  await hydrated(page);
  await page.getByLabel(/^More about/).click();
  await page.getByRole('link', { name: 'Rename' }).click();
  await page.getByLabel('Title').fill('Warranty of owls');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Warranty of owls', level: 1 })).toBeVisible();
  await visit(page, '/chats');
  await page.getByLabel(/^More about/).click();
  await page.getByRole('link', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('No chats yet')).toBeVisible();
});

test('what one lets oneself spend is set and shown', async ({ page, member, guard }) => {
  guard.expectStatus(/set_my_limits/, 422);
  expect(member.handle).toBeTruthy();
  await visit(page, '/settings/spending');
  await expect(page.getByText('You have no cap so far')).toBeVisible();
  await axe(page);
  await page.getByLabel('In a day').fill('5');
  await page.getByLabel('In a month').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText("A month can't have a lower cap than a day.")).toBeVisible();
});

test("somebody else's chat is not there", async ({ page, member, newMember, open, guard }) => {
  expect(member.handle).toBeTruthy();
  await beginWith(page, 'How long is the warranty?');
  const other = await open({ as: await newMember() });
  guard.expectStatus(/./, 404);
  const answer = await other.goto(page.url());
  expect(answer?.status()).toBe(404);
});
