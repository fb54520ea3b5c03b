import { expect, hydrated, test, visit } from '../fixtures.ts';
import { brokenPng, png, svg } from '../support/pictures.ts';
import { goTo, unique } from '../support/people.ts';
import { card, composer } from '../support/posts.ts';
import { checkNothing } from '../support/forms.ts';

const two = [png('lilac.png', [91, 63, 224]), png('green.png', [20, 140, 90], 200, 400)];

test('somebody writes a post with Markdown and two pictures, looks at it first, and publishes it', async ({ page, member }) => {
  const word = unique();
  await visit(page, '/');
  await goTo(page, 'Write');
  await expect(page).toHaveURL('/compose');
  const write = composer(page);
  await write.text.fill(`**Bold ${word}** and *soft*, see https://example.org\n\n- one\n- two`);
  await write.showPreview.click();
  await expect(write.preview.locator('strong')).toHaveText(`Bold ${word}`);
  await expect(write.preview.getByRole('listitem')).toHaveCount(2);
  await write.text.pressSequentially('\n- three');
  await expect(write.preview.getByRole('listitem')).toHaveCount(3);

  await write.files.setInputFiles(two);
  await expect(write.alts).toHaveCount(2);
  await write.alts.nth(0).fill('A lilac square');
  await write.alts.nth(1).fill('A tall green rectangle');
  await expect(write.form.getByRole('progressbar')).toHaveCount(0);
  await write.send.click();

  await expect(page).toHaveURL(/\/posts\/post_\w+$/);
  const published = card(page, word);
  await expect(published.locator('strong')).toHaveText(`Bold ${word}`);
  await expect(published.getByRole('link', { name: 'https://example.org' })).toHaveAttribute('rel', /nofollow/);
  await expect(published.getByRole('img', { name: 'A lilac square' })).toBeVisible();
  await expect(published.getByRole('img', { name: 'A tall green rectangle' })).toBeVisible();
  await expect.poll(() => published.getByRole('img').first().evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);

  for (const place of ['/', '/public', `/@${member.handle}`]) {
    await page.goto(place);
    await expect(card(page, word)).toHaveCount(1);
    await expect(card(page, word).getByRole('img')).toHaveCount(2);
  }
});

test('a draft survives a reload, with its pictures, and is gone once it is published', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  await visit(page, '/compose');
  const write = composer(page);
  await write.text.fill(`Half a thought about ${word}`);
  await write.files.setInputFiles(two[0]!);
  await expect(write.form.getByRole('progressbar')).toHaveCount(0);
  await write.alts.fill('A lilac square');

  await page.reload();
  await hydrated(page);
  await expect(write.text).toHaveValue(`Half a thought about ${word}`);
  await expect(write.alts).toHaveValue('A lilac square');
  await expect(write.form.locator('.media-draft img')).toBeVisible();
  await write.send.click();
  await expect(card(page, word).getByRole('img', { name: 'A lilac square' })).toBeVisible();

  await visit(page, '/compose');
  await expect(write.text).toHaveValue('');
  await expect(write.alts).toHaveCount(0);
});

test('what was typed before the page came alive is not lost', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const late: (() => void)[] = [];
  await page.route('**/*.wasm', (route) => void late.push(() => void route.continue()));
  await page.goto('/compose', { waitUntil: 'commit' });
  const write = composer(page);
  await write.text.fill('Typed early');
  await expect.poll(() => late.length).toBeGreaterThan(0);
  for (const go of late) go();
  await hydrated(page);
  await expect(write.text).toHaveValue('Typed early');
  await write.send.click();
  await expect(card(page, 'Typed early')).toBeVisible();
});

test('a post can be written right above the home feed and stands at its top', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  await visit(page, '/');
  const write = composer(page);
  await write.text.fill(`First words, ${word}`);
  await write.send.click();
  await expect(page.getByRole('article').first()).toContainText(word);
  await expect(write.text).toHaveValue('');
  await expect(page).toHaveURL('/');
});

test('pressing twice publishes once', async ({ page, member }) => {
  const word = unique();
  await visit(page, '/compose');
  const write = composer(page);
  await write.text.fill(`Only once, ${word}`);
  await write.send.dblclick();
  await expect(page).toHaveURL(/\/posts\/post_/);
  await page.goto(`/@${member.handle}`);
  await expect(card(page, word)).toHaveCount(1);
});

test('the same form sent twice, as after a lost answer, publishes once', async ({ page, member }) => {
  const word = unique();
  const form = { body: `Sent twice, ${word}`, submission: crypto.randomUUID() };
  const [first, second] = await Promise.all(
    [0, 1].map(() => page.request.post('/compose?do=social/publish', { form, maxRedirects: 0 })),
  );
  expect(first?.status()).toBe(303);
  expect(second?.headers()['location']).toBe(first?.headers()['location']);
  await page.goto(`/@${member.handle}`);
  await expect(card(page, word)).toHaveCount(1);
});

test('nothing can not be published', async ({ page, guard, member }) => {
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/publish$/, 422);
  await visit(page, '/compose');
  const write = composer(page);
  await checkNothing(page);
  await write.text.fill('   ');
  await write.send.click();
  await expect(write.error).toContainText('Write something, or add a picture.');
});

test('a text that is too long says by how much, and is kept', async ({ page, guard, member }) => {
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/publish$/, 422);
  await visit(page, '/compose');
  const write = composer(page);
  await write.text.fill('x'.repeat(5003));
  await expect(write.form.getByText('3 too many')).toBeVisible();
  await write.send.click();
  await expect(write.error).toContainText('3 characters too long');
  await expect(write.text).toHaveValue('x'.repeat(5003));
});

test('a picture alone is a post', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await visit(page, '/compose');
  const write = composer(page);
  await write.files.setInputFiles(two[0]!);
  await expect(write.form.getByRole('progressbar')).toHaveCount(0);
  await write.alts.fill('Only a square');
  await write.send.click();
  await expect(page.getByRole('article').getByRole('img', { name: 'Only a square' })).toBeVisible();
});

test('a fifth picture is left out, and a picture can be taken out', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await visit(page, '/compose');
  const write = composer(page);
  await write.files.setInputFiles(Array.from({ length: 5 }, (_, at) => png(`${at}.png`, [at * 40, 90, 120], 40, 40)));
  await expect(write.alts).toHaveCount(4);
  await expect(page.getByRole('status').filter({ hasText: 'at most 4 pictures' })).toBeVisible();
  await write.form.getByRole('button', { name: 'Remove this picture' }).first().click();
  await expect(write.alts).toHaveCount(3);
});

for (const [what, file, status, message] of [
  ['a drawing that could run scripts', svg('drawing.svg'), 415, 'not a picture we can read'],
  ['half a picture', brokenPng('half.png'), 422, 'damaged'],
] as const) {
  test(`${what} is refused in words, and the post can be sent without it`, async ({ page, guard, member }) => {
    expect(member.handle).toBeTruthy();
    guard.expectStatus(/\/api\/upload/, status);
    const word = unique();
    await visit(page, '/compose');
    const write = composer(page);
    await write.text.fill(`Without a picture, ${word}`);
    await write.files.setInputFiles(file);
    await expect(write.form.getByRole('status').filter({ hasText: message })).toBeVisible();
    await write.form.getByRole('button', { name: 'Remove this picture' }).click();
    await write.send.click();
    await expect(card(page, word)).toBeVisible();
  });
}

test('a visitor who wants to write is asked to sign in and comes back', async ({ page, guard, newMember }) => {
  guard.expectStatus(/^\/(compose|api\/social\/write_form)/, 401);
  const member = await newMember();
  await visit(page, '/compose');
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Handle or e-mail').fill(member.handle);
  await page.getByLabel('Password', { exact: true }).fill(member.password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/compose');
});
