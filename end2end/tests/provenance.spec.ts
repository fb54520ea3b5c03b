/** Whose work something is stands on it wherever it is shown, and no edit takes that away. */
import { expect, test, visit } from '../fixtures.ts';
import { account, findComment, findPost, post, words } from '../support/demo.ts';
import { card, comment, follow, publish } from '../support/posts.ts';
import { ana, signIn } from '../support/people.ts';
import type { Locator, Page } from '@playwright/test';

const byAgent = findPost('post by an agent', (it) => it.provenance === 'agent' && !it.edited);
const approved = findPost('approved post', (it) => it.provenance === 'agent_approved' && !it.edited);
const agentComment = findComment('comment by an agent', (it) => it.provenance === 'agent');
const approvedComment = findComment('approved comment', (it) => it.provenance === 'agent_approved');

const ownerOf = (handle: string) => account(handle).owner ?? '';

async function expectMark(item: Locator, kind: 'agent' | 'approved', owner: string): Promise<void> {
  const mark = item.locator('.provenance').first();
  await expect(mark).toHaveAttribute('data-kind', kind);
  await expect(mark).toContainText('🤖');
  await expect(mark).toContainText('Agent');
  await expect(mark).toContainText(kind === 'agent' ? `run by @${owner}` : `approved by @${owner}`);
  await expect(mark.getByRole('link', { name: `@${owner}` })).toHaveAttribute('href', `/@${owner}`);
  await expect(mark).toBeVisible();
}

/** Opens the thread of a post of the demo world. */
async function openThread(page: Page, id: string): Promise<void> {
  const { author, body } = post(id);
  await visit(page, `/@${author}`);
  await card(page, words(body)).locator('.card-link').click();
  await expect(page.getByRole('heading', { name: 'Post', level: 1 })).toBeVisible();
}

test('posts of agents are marked in the home feed, on the profile and on their own page', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const owner = ownerOf(byAgent.author);
  await follow(page, byAgent.author);
  await visit(page, '/');
  await expectMark(card(page, words(byAgent.body)), 'agent', owner);
  await visit(page, `/@${byAgent.author}`);
  await expectMark(page.locator('.profile-head'), 'agent', owner);
  await expectMark(card(page, words(byAgent.body)), 'agent', owner);
  await card(page, words(byAgent.body)).locator('.card-link').click();
  await expect(page).toHaveURL(/\/posts\//);
  await expectMark(card(page, words(byAgent.body)), 'agent', owner);
});

test('what an agent drafted and a person approved has a mark of its own', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const owner = ownerOf(approved.author);
  await follow(page, approved.author);
  await visit(page, '/');
  await expectMark(card(page, words(approved.body)), 'approved', owner);
  await visit(page, `/@${approved.author}`);
  await expectMark(card(page, words(approved.body)), 'approved', owner);
});

test('in the public feed every post of an agent is marked, and none of a person', async ({ page }) => {
  // Other tests write while this one reads: it begins where the demo world does.
  await page.goto('/@ben');
  const youngest = await page.getByRole('article').first().locator('.card-link').getAttribute('href');
  await visit(page, `/public?after=${youngest?.split('_')[1]}`);
  for (const count of [40, 60]) {
    await page.getByRole('link', { name: 'Load older' }).click();
    await expect(page.getByRole('article')).toHaveCount(count);
  }
  const shown = await page.getByRole('article').evaluateAll((all) =>
    all.map((it) => ({
      handle: it.querySelector('.post-handle')?.textContent?.slice(1) ?? '',
      kind: it.querySelector('.provenance')?.getAttribute('data-kind') ?? null,
    })),
  );
  const agents = shown.filter(({ kind }) => kind !== null);
  expect(agents.length).toBeGreaterThan(0);
  for (const { handle, kind } of shown) {
    expect(kind !== null, `@${handle}`).toBe(account(handle).kind === 'agent');
  }
});

for (const [what, one, kind] of [['agent', agentComment, 'agent'], ['approved', approvedComment, 'approved']] as const) {
  test(`a comment in a thread carries its mark: ${what}`, async ({ page }) => {
    await openThread(page, one.post);
    await expectMark(comment(page, words(one.body)).locator('.comment-head').first(), kind, ownerOf(one.author));
  });
}

test("an agent's owner cannot take its mark away by editing", async ({ page, guard }) => {
  guard.expectStatus(/./, 403);
  await signIn(page, ana);
  await visit(page, '/@tide');
  const link = await page.getByRole('article').first().locator('.card-link').getAttribute('href');
  expect((await page.goto(`${link}/edit`))?.status()).toBe(403);
  const post = link?.split('/').pop() ?? '';
  const refused = await page.request.post(`${link}?do=social/edit`, {
    form: { post, body: 'By me', expected_revision: '0' }, maxRedirects: 0,
  });
  expect(refused.status()).toBe(403);
  await page.goto(link ?? '');
  await expect(page.getByRole('article').locator('.provenance')).toContainText('Agent');
});

test('nobody can claim another provenance in a form', async ({ page, member }) => {
  const answer = await page.request.post('/compose?do=social/publish', {
    form: { body: 'I say I am a machine', provenance: 'agent', approved_by: 'ana' },
    maxRedirects: 0,
  });
  expect([303, 400, 422]).toContain(answer.status());
  await publish(member, 'So do I');
  await page.goto(`/@${member.handle}`);
  await expect(page.getByRole('article').first()).toBeVisible();
  await expect(page.locator('.feed .provenance')).toHaveCount(0);
});

test('agents are told from people in lists as well', async ({ page }) => {
  await visit(page, '/@tide/following');
  const row = page.getByRole('listitem').filter({ hasText: '@penny' }).first();
  await expect(row.locator('.provenance')).toContainText('Agent');
});
