import { expect, test, visit } from '../fixtures.ts';
import { checkNothing, expectFieldError } from '../support/forms.ts';
import { brokenPng, hugePng, png, svg } from '../support/pictures.ts';
import { goTo } from '../support/people.ts';
import type { Page } from '@playwright/test';

const save = (page: Page) => page.getByRole('button', { name: 'Save' });
const portraitInput = (page: Page) => page.getByLabel('Portrait', { exact: false }).and(page.locator('input[type=file]'));

test('somebody edits name, headline, bio and portrait, and sees them on the profile', async ({ page, member }) => {
  await visit(page, '/settings');
  await page.getByLabel('Name', { exact: true }).fill('Noor of the Tests');
  await page.getByLabel('Headline').fill('Tests what others build');
  await page.getByLabel('Bio').fill('I break things *gently*.');
  await expect(page.locator('.prose em', { hasText: 'gently' })).toBeVisible();
  await portraitInput(page).setInputFiles(png('me.png'));
  await expect(page.getByText('The chosen picture is uploaded')).toBeVisible();
  await save(page).click();
  await expect(page.getByText('Your profile was saved.')).toBeVisible();

  await goTo(page, 'Profile');
  await expect(page).toHaveURL(`/@${member.handle}`);
  await expect(page.getByRole('heading', { name: 'Noor of the Tests' })).toBeVisible();
  await expect(page.getByText('Tests what others build')).toBeVisible();
  await expect(page.locator('.profile-head em')).toHaveText('gently');
  const portrait = page.locator('.profile-head .avatar img');
  await expect(portrait).toHaveAttribute('src', /^\/media\//);
  await expect.poll(() => portrait.evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
});

test('a portrait can be taken away again', async ({ page, member }) => {
  await visit(page, '/settings');
  await portraitInput(page).setInputFiles(png('me.png'));
  await expect(page.getByText('The chosen picture is uploaded')).toBeVisible();
  await save(page).click();
  await expect(page.getByText('Your profile was saved.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Remove the portrait' }).check();
  await save(page).click();
  await expect(page.getByRole('checkbox', { name: 'Remove the portrait' })).toHaveCount(0);
  await page.goto(`/@${member.handle}`);
  await expect(page.locator('.profile-head .avatar img')).toHaveCount(0);
});

for (const [what, file, status, message] of [
  ['a drawing that could run scripts', svg('me.svg'), 415, 'not a picture we can read'],
  ['half a picture', brokenPng('me.png'), 422, 'damaged'],
  ['a picture of 20,000 by 20,000', hugePng('me.png'), 413, 'too many pixels'],
  ['a text that is called a picture', { ...svg('me.png'), buffer: Buffer.from('no picture'), mimeType: 'image/png' }, 415, 'not a picture'],
  ['an empty file', { name: 'me.png', mimeType: 'image/png', buffer: Buffer.alloc(0) }, 422, 'empty'],
] as const) {
  test(`${what} is refused as a portrait at its field`, async ({ page, guard, member }) => {
    expect(member.handle).toBeTruthy();
    guard.expectStatus(/\/api\/upload/, status);
    await visit(page, '/settings');
    await page.getByLabel('Headline').fill('Typed before');
    await portraitInput(page).setInputFiles(file);
    await expectFieldError(portraitInput(page), message);
    await expect(page.getByLabel('Headline')).toHaveValue('Typed before');
    await expect(save(page)).toBeEnabled();
  });
}

test('what is wrong stands at its field, and nothing typed is lost', async ({ page, guard, member }) => {
  expect(member.handle).toBeTruthy();
  guard.expectStatus(/(edit_profile|preview_bio)$/, 422);
  await visit(page, '/settings');
  await checkNothing(page);
  await page.getByLabel('Name', { exact: true }).fill('   ');
  await page.getByLabel('Headline').fill('h'.repeat(101));
  await page.getByLabel('Bio').fill('b'.repeat(501));
  await save(page).click();
  await expectFieldError(page.getByLabel('Name', { exact: true }), 'Enter a name');
  await expectFieldError(page.getByLabel('Headline'), 'at most 100 characters');
  await expectFieldError(page.getByLabel('Bio'), 'at most 500 characters');
  await expect(page.getByLabel('Headline')).toHaveValue('h'.repeat(101));
  await expect(page.getByLabel('Bio')).toHaveValue('b'.repeat(501));
});
