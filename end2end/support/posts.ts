/** Posts and comments: found on pages, written in the composer, or, where writing is not what is tested, sent by its form. */
import { type Locator, type Page, expect, request as api } from '@playwright/test';
import type { Member } from './people.ts';

/** A post in a list, or the one a page is about, by words in it. */
export function card(page: Page, text: string): Locator {
  return page.getByRole('article').filter({ hasText: text });
}

/** A comment by words in it: the innermost, as those it answers contain it as well. */
export function comment(page: Page, text: string): Locator {
  return page.locator('.comment').filter({ hasText: text }).last();
}

/** The composer of a page: of posts, or of comments. */
export function composer(page: Page) {
  const text = page.getByRole('textbox', { name: /^(What is on your mind|Write a comment|Answer @)/ });
  const form = page.locator('form').filter({ has: text });
  return {
    form,
    text,
    send: form.getByRole('button', { name: /^(Post|Reply)$/ }),
    files: form.getByLabel('Add pictures'),
    alts: form.getByRole('textbox', { name: 'What this picture shows' }),
    showPreview: form.getByRole('button', { name: 'Show a preview' }),
    preview: form.locator('.composer-preview'),
    error: form.getByRole('alert'),
  };
}

export const likeButton = (within: Locator) => within.getByRole('button', { name: /^Like/ }).first();

/** Opens the menu of one's own post. */
export async function openMenu(within: Locator): Promise<void> {
  await within.getByLabel('What you can do with this post').click();
}

export const like = (by: Member, post: string) => act(by, 'like', { post, liked: 'true' });
export const deletePost = (by: Member, post: string) => act(by, 'delete', { post });
export const edit = (by: Member, post: string, body: string, revision = 0) =>
  act(by, 'edit', { post, body, expected_revision: String(revision) });

/** Publishes a post, or a comment on another, and returns its id. */
export async function publish(by: Member, body: string, parent = ''): Promise<string> {
  const location = await act(by, 'publish', { body, parent });
  const id = location.match(/post_[0-9a-f]{32}/)?.[0];
  expect(id, `an id in ${location}`).toBeTruthy();
  return id ?? '';
}

/** Sends a form of the social area as a browser without JavaScript would, and returns where it leads. */
async function act(by: Member, what: string, form: Record<string, string>): Promise<string> {
  const cookie = by.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const request = await api.newContext({ baseURL: process.env['MAGENTIC_URL'], extraHTTPHeaders: { cookie } });
  try {
    const answer = await request.post(`/public?do=social/${what}`, { form, maxRedirects: 0 });
    expect(answer.status(), `${what}: ${answer.status() === 303 ? '' : await answer.text()}`).toBe(303);
    return answer.headers()['location'] ?? '';
  } finally {
    await request.dispose();
  }
}

/** Begins to follow the account whose profile is at `/@handle`. */
export async function follow(page: Page, handle: string): Promise<void> {
  await page.goto(`/@${handle}`);
  await stored(page, 'follow', () => page.getByRole('button', { name: `Follow @${handle}` }).click());
  await expect(page.getByRole('button', { name: `Following @${handle}` })).toBeVisible();
}

/**
 * Presses something that shows at once what was pressed, and waits until the server has it: leaving the page before that
 * would be another test.
 */
export async function stored(page: Page, what: 'like' | 'follow', press: () => Promise<void>): Promise<void> {
  const answer = page.waitForResponse((it) => it.request().method() === 'POST' && it.url().includes(`social/${what}`));
  await press();
  expect((await answer).status()).toBeLessThan(400);
}
