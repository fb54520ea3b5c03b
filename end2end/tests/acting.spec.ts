/** Agents act by themselves, their drafts wait for a person, and whoever likes sees less of them. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { account, findPost, words } from '../support/demo.ts';
import { unique } from '../support/people.ts';
import { card, comment, follow, publish } from '../support/posts.ts';
import type { Page } from '@playwright/test';

/** An agent that is at work and knows one thing. Returns its handle and where it is built. */
async function lampExpert(page: Page): Promise<{ handle: string; home: string }> {
  const handle = `r_${unique()}`;
  await visit(page, '/agents/new');
  await page.getByRole('radio', { name: 'From nothing' }).check();
  await page.getByLabel('Name', { exact: true }).fill('Lamp Expert');
  await page.getByLabel('Handle', { exact: true }).fill(handle);
  await expect(page.getByText('Free', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Lamp Expert' })).toBeVisible();
  await expect(page).toHaveURL(/\/agents\/acct_\w+/);
  const home = new URL(page.url()).pathname;

  await visit(page, `${home}/knowledge`);
  const form = page.locator('details').filter({ hasText: 'Paste a text' });
  if (!(await form.getByLabel('Title').isVisible())) await form.locator('summary').click();
  await form.getByLabel('Title').fill('Manual');
  await form.getByLabel('Text', { exact: true }).fill('# Charging\n\nThe lamp charges in forty minutes with its own cable.');
  await form.getByRole('button', { name: 'Add the text' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Manual' }).getByText('Ready')).toBeVisible({ timeout: 30_000 });

  await visit(page, `${home}/checks/new`);
  await page.getByLabel('Question').fill('How long does the lamp charge?');
  await page.getByLabel('It says').first().fill('forty');
  await page.getByRole('button', { name: 'Save the check' }).click();
  await expect(page.getByRole('heading', { name: 'How long does the lamp charge?' })).toBeVisible();
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await expect(page.getByText(/check passes|checks pass/)).toBeVisible({ timeout: 30_000 });
  await visit(page, `${home}/versions`);
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Published. It answers by this version from now on.')).toBeVisible();
  return { handle, home };
}

/** Says that it answers everybody. */
async function answerEverybody(page: Page, home: string): Promise<void> {
  await visit(page, `${home}/acting`);
  await page.getByRole('radio', { name: 'Everybody' }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. It goes by this from now on.')).toBeVisible();
}

/** Waits until so many drafts stand in the inbox. */
async function drafts(page: Page, count: number): Promise<void> {
  await expect(async () => {
    await page.goto('/inbox');
    await expect(page.getByRole('list', { name: 'What waits for you' }).locator('.draft-card')).toHaveCount(count, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await hydrated(page);
}

test('a mention becomes a draft, which is changed, approved, and published with the mark of both', async ({ page, member, newMember }) => {
  test.slow();
  await visit(page, '/inbox');
  await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  await axe(page);
  const { handle, home } = await lampExpert(page);
  await answerEverybody(page, home);
  await axe(page);

  const asker = await newMember();
  const post = await publish(asker, `@${handle} How long does the lamp charge? ${unique()}`);
  await drafts(page, 1);
  await axe(page);
  await page.getByRole('link', { name: `Wants to answer @${asker.handle}` }).click();
  await expect(page.getByRole('heading', { name: `@${asker.handle} wrote` })).toBeVisible();
  await axe(page);
  const text = page.getByLabel('Text');
  await expect(text).toHaveValue(/forty minutes/);
  await text.fill('Forty minutes. Use its own cable.');
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText('Approved. It was published.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What you changed' })).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'See it' }).click();
  const mark = comment(page, 'Forty minutes. Use its own cable.').locator('.provenance').first();
  await expect(mark).toHaveAttribute('data-kind', 'approved');
  await expect(mark).toContainText(`approved by @${member.handle}`);

  await visit(page, `${home}/runs`);
  await expect(page.getByRole('row').filter({ hasText: 'Mention' })).toContainText('Done');
  await axe(page);
  await page.getByRole('link', { name: 'Mention' }).click();
  await expect(page.getByRole('heading', { name: 'What it refers to' })).toBeVisible();
  await axe(page);
  await visit(page, '/agents/dashboard');
  await expect(page.getByText('0 approved, 1 edited, 0 rejected')).toBeVisible();
  await axe(page);
  await visit(page, `/posts/${post}`);
  await expect(comment(page, 'Forty minutes. Use its own cable.')).toBeVisible();
});

test('several drafts are decided at once, and one in another tab is not decided twice', async ({ page, context, guard, member, newMember }) => {
  test.slow();
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/\/agents\/decide_review$/, 409);
  const { handle, home } = await lampExpert(page);
  await answerEverybody(page, home);
  const asker = await newMember();
  for (const _ of [1, 2, 3]) await publish(asker, `@${handle} How long does the lamp charge? ${unique()}`);
  await drafts(page, 3);
  const other = await context.newPage();
  await visit(other, new URL(await page.locator('.draft-title').first().getAttribute('href') ?? '', page.url()).pathname);

  await page.getByRole('checkbox').nth(0).check();
  await page.getByRole('checkbox').nth(1).check();
  await page.getByRole('button', { name: 'Reject those chosen' }).click();
  await expect(page.getByText('Rejected. Nothing was published.')).toBeVisible();
  await expect(page.locator('.draft-card')).toHaveCount(1);
  await other.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(other.getByText('This was rejected in the meantime')).toBeVisible();

  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  await page.getByRole('link', { name: 'Decided' }).click();
  await expect(page.locator('.draft-card')).toHaveCount(3);
  await axe(page);
});

test('an agent posts on a schedule whose next times are shown', async ({ page, guard, member }) => {
  test.slow();
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/\/agents\/save_schedule$/, 422);
  const { home } = await lampExpert(page);
  await visit(page, `${home}/acting`);
  await page.getByLabel('What it posts about').fill('Tell how the lamp charges.');
  await page.getByLabel('Times of the day').fill('25:00');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('Write one to 12 times of the day, like 09:00, 17:30.')).toBeVisible();
  await page.getByLabel('Times of the day').fill('17:30, 9:00');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('Saved. The next times stand beside it.')).toBeVisible();
  const line = page.locator('details').filter({ hasText: 'Monday to Friday, 09:00, 17:30' });
  await line.locator('summary').click();
  await expect(line.getByText(/\w{3} \d+ \w{3}, \d\d:\d\d( · .+){4}/)).toBeVisible();
  await axe(page);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('which agents one sees is chosen by a form', async ({ page, member }) => {
    expect(member.handle).toBeTruthy();
    await page.goto('/settings/agents');
    await page.getByRole('radio', { name: 'People only' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved. Your feeds show it from now on.')).toBeVisible();
    await expect(page.getByRole('radio', { name: 'People only' })).toBeChecked();
  });
});

test('whoever hides agents does not see them in feeds', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const byAgent = findPost('post by an agent', (it) => it.provenance === 'agent' && !it.edited);
  expect(account(byAgent.author).owner).toBeTruthy();
  await follow(page, byAgent.author);
  await visit(page, '/');
  await expect(card(page, words(byAgent.body))).toBeVisible();

  await visit(page, '/settings/agents');
  await axe(page);
  await page.getByRole('radio', { name: 'People only' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Your feeds show it from now on.')).toBeVisible();
  await visit(page, '/');
  await expect(card(page, words(byAgent.body))).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Nothing by people here' })).toBeVisible();
  await axe(page);
  await visit(page, '/public');
  await expect(page.locator('.post-card').first()).toBeVisible();
  await expect(page.locator('.post-card .provenance')).toHaveCount(0);
  // What one goes to is shown.
  await visit(page, `/@${byAgent.author}`);
  await expect(card(page, words(byAgent.body))).toBeVisible();

  await visit(page, '/settings/agents');
  await page.getByRole('radio', { name: 'People and the agents I follow' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Your feeds show it from now on.')).toBeVisible();
  await visit(page, '/');
  await expect(card(page, words(byAgent.body))).toBeVisible();
});
