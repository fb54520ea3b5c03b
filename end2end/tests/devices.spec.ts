import { expect, hydrated, test, visit } from '../fixtures.ts';
import { expectSignedIn, expectSignedOut, fillSignIn, goTo, signIn } from '../support/people.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

test('a device is listed by name and address, and can be signed out from afar', async ({ page, open, guard, member }) => {
  guard.expectStatus(/my_profile$/, 401);
  const other = await open({ userAgent: FIREFOX, extraHTTPHeaders: { 'x-forwarded-for': '198.51.100.7' } });
  await signIn(other, member);
  await hydrated(other);

  await visit(page, '/settings/devices');
  const row = page.getByRole('row').filter({ hasText: 'Firefox on Windows' });
  await expect(row).toContainText('198.51.100.7');
  await expect(page.getByRole('row').filter({ hasText: 'This device' })).toHaveCount(1);
  await row.getByRole('button', { name: /Sign out/ }).click();
  await expect(row).toHaveCount(0);

  // The next click of the other device finds nobody signed in.
  await goTo(other, 'Settings');
  await expect(other.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await other.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await fillSignIn(other, member.handle, member.password);
  await expectSignedIn(other, member.handle);
});

test('all other devices are signed out at once', async ({ page, open, member }) => {
  const others = [await open(), await open({ userAgent: FIREFOX })];
  for (const other of others) await signIn(other, member);

  await visit(page, '/settings/devices');
  const rows = page.getByRole('table').getByRole('button', { name: /Sign out/ });
  // The account was made by a program that is signed in, too.
  await expect(page.getByRole('row').filter({ has: page.getByRole('button') })).toHaveCount(3);
  await page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Sign out all other devices' })).toHaveCount(0);
  for (const other of others) {
    // Their pages hear of it by themselves.
    await expect(other.getByText('You were signed out on this device.')).toBeVisible();
    await other.reload();
    await expectSignedOut(other);
  }
  await page.reload();
  await expectSignedIn(page, member.handle);
});

test('this device can be signed out here as well', async ({ page, member }) => {
  await visit(page, '/settings/devices');
  await expectSignedIn(page, member.handle);
  await page.getByRole('row').filter({ hasText: 'This device' }).getByRole('button', { name: /Sign out/ }).click();
  await expectSignedOut(page);
});
