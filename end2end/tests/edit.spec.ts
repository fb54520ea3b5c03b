import { expect, test, visit } from '../fixtures.ts';
import { goTo, unique } from '../support/people.ts';
import { card, edit, openMenu, publish } from '../support/posts.ts';
import type { Page } from '@playwright/test';

/** Publishes a post and opens its page. */
async function published(page: Page, member: Parameters<typeof publish>[0], text: string): Promise<string> {
  const id = await publish(member, text);
  await visit(page, `/posts/${id}`);
  return id;
}

async function change(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Text' }).fill(text);
  await page.getByRole('button', { name: 'Save' }).click();
}

test('a post is edited, says so, and its history is there for everybody', async ({ page, open, member }) => {
  const word = unique();
  const id = await published(page, member, `First line\nFirst ${word}`);
  await openMenu(card(page, word));
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveValue(`First line\nFirst ${word}`);
  await change(page, `First line\nSecond ${word}`);
  await expect(page).toHaveURL(`/posts/${id}`);
  await expect(card(page, `Second ${word}`)).toBeVisible();
  await expect(card(page, `First ${word}`)).toHaveCount(0);

  const visitor = await open();
  await visit(visitor, '/public');
  await card(visitor, `Second ${word}`).getByRole('link', { name: 'edited' }).click();
  await expect(visitor).toHaveURL(`/posts/${id}/history`);
  await expect(visitor.getByRole('heading', { name: 'Version 2, the present one' })).toBeVisible();
  await expect(visitor.getByRole('heading', { name: 'Version 1, as it was published' })).toBeVisible();
  const changed = visitor.getByRole('list', { name: 'What version 2 changed' });
  await expect(changed.getByRole('insertion')).toHaveText(`Added: Second ${word}`);
  await expect(changed.getByRole('deletion')).toHaveText(`Removed: First ${word}`);
  await expect(changed.getByText('First line')).toBeVisible();
});

test('an edit shows how it will look, and can be left', async ({ page, member }) => {
  const word = unique();
  const id = await published(page, member, `Plain ${word}`);
  await visit(page, `/posts/${id}/edit`);
  await page.getByRole('textbox', { name: 'Text' }).fill(`**Strong ${word}**`);
  await page.getByRole('button', { name: 'Show a preview' }).click();
  await expect(page.locator('.prose strong')).toHaveText(`Strong ${word}`);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(card(page, `Plain ${word}`)).toBeVisible();
  await expect(card(page, word).getByRole('link', { name: 'edited' })).toHaveCount(0);
});

test('of two edits at once the later one is told, keeps its text, and can be saved after all', async ({ page, guard, member }) => {
  guard.expectStatus(/\/edit$/, 409);
  const word = unique();
  const id = await published(page, member, `Base ${word}`);
  await visit(page, `/posts/${id}/edit`);
  await edit(member, id, `Elsewhere ${word}`);
  await change(page, `Here ${word}`);
  await expect(page.getByRole('alert').filter({ hasText: 'edited somewhere else' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveValue(`Here ${word}`);
  await expect(page.getByRole('heading', { name: 'What stands there now' })).toBeVisible();
  await expect(page.getByText(`Elsewhere ${word}`)).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(card(page, `Here ${word}`)).toBeVisible();
});

test('a post can not be edited into nothing, and too much is said at the field', async ({ page, guard, member }) => {
  guard.expectStatus(/\/edit$/, 422);
  const id = await published(page, member, `Something ${unique()}`);
  await visit(page, `/posts/${id}/edit`);
  await change(page, '   ');
  await expect(page.getByText('Write something')).toBeVisible();
  await change(page, 'x'.repeat(5001));
  await expect(page.getByText(/1 characters? too long/)).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveValue('x'.repeat(5001));
});

test('a post is deleted where it stands, gone for others, and comes back by undo', async ({ page, open, guard, member }) => {
  guard.expectStatus(/^\/posts\//, 410);
  const word = unique();
  const id = await published(page, member, `Perhaps not, ${word}`);
  await openMenu(card(page, word));
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('You deleted this.')).toBeVisible();
  await expect(card(page, word)).toHaveCount(0);

  const visitor = await open();
  const gone = await visitor.goto(`/posts/${id}`);
  expect(gone?.status()).toBe(410);
  await expect(visitor.getByText('This is gone')).toBeVisible();
  await visitor.goto(`/@${member.handle}`);
  await expect(card(visitor, word)).toHaveCount(0);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(card(page, word)).toBeVisible();
  await visitor.goto(`/posts/${id}`);
  await expect(card(visitor, word)).toBeVisible();
});

test('a deleted post can still be brought back by its author another time', async ({ page, member }) => {
  const word = unique();
  const id = await published(page, member, `Later perhaps, ${word}`);
  await openMenu(card(page, word));
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('You deleted this.')).toBeVisible();
  await visit(page, `/posts/${id}`);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(card(page, word)).toBeVisible();
});

test('a post is deleted in a feed as well', async ({ page, member }) => {
  const word = unique();
  await publish(member, `In the feed, ${word}`);
  await visit(page, '/');
  await openMenu(card(page, word));
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('You deleted this.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(card(page, word)).toBeVisible();
  await goTo(page, 'Profile');
  await expect(card(page, word)).toBeVisible();
});

test("nobody edits or deletes another's post", async ({ page, guard, member, newMember }) => {
  guard.expectStatus(/^\/(posts\/|api\/social\/draft)/, 403);
  const word = unique();
  const author = await newMember();
  const id = await publish(author, `Not yours, ${word}`);
  const answer = await page.goto(`/posts/${id}/edit`);
  expect(answer?.status()).toBe(403);
  await expect(page.getByText("You can't do that")).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveCount(0);

  for (const [what, form] of [
    ['edit', { post: id, body: 'Mine now', expected_revision: '0' }],
    ['delete', { post: id }],
    ['restore', { post: id }],
  ] as const) {
    const refused = await page.request.post(`/posts/${id}?do=social/${what}`, { form, maxRedirects: 0 });
    expect(refused.status(), what).toBe(403);
  }
  await visit(page, `/posts/${id}`);
  await expect(card(page, word)).toBeVisible();
  await expect(card(page, word).getByLabel('What you can do with this post')).toHaveCount(0);
  expect(member.handle).not.toBe(author.handle);
});
