import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { ana, ben, goTo, signIn } from '../support/people.ts';

/** Cents of an amount as it is shown or written: `−1,234.50 EUR`, `-12.00`. */
const cents = (text: string) => Math.round(Number(text.replace(/[^\d.\u2212-]/g, '').replace('\u2212', '-')) * 100);

test('a wallet shows what there is, and each line leads to a transfer that adds up to nothing', async ({ page }) => {
  await signIn(page, ana);
  await hydrated(page);
  await goTo(page, 'Wallet');
  await expect(page.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible();
  const balances = page.getByRole('table').first();
  await expect(balances.getByRole('row').filter({ hasText: 'To spend' })).toContainText(/EUR/);
  await expect(balances.getByRole('row').filter({ hasText: 'Set aside' })).toContainText('40.00 EUR');
  await axe(page);

  const line = page.getByRole('row').filter({ hasText: 'Two calls on the distribution contract' });
  await expect(line).toContainText('@ben');
  await expect(line).toContainText('\u221290.00 EUR');
  await line.getByRole('link', { name: 'Payment' }).click();
  await expect(page.getByRole('heading', { name: 'Postings' })).toBeVisible();
  const amounts = await page.getByRole('table').locator('td.numeric').allTextContents();
  expect(amounts.length).toBeGreaterThanOrEqual(3);
  expect(amounts.reduce((sum, amount) => sum + cents(amount), 0)).toBe(0);
  await expect(page.getByRole('row').filter({ hasText: "Magentic's fee" })).toContainText('+9.00 EUR');
  await axe(page);
});

test('the statement as a file adds up to the balance that is shown', async ({ page }) => {
  await signIn(page, ana);
  await visit(page, '/wallet');
  const shown = await page.getByRole('table').first().getByRole('row').filter({ hasText: 'To spend' }).locator('td.numeric').textContent();
  const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const answer = await page.request.get(href ?? '');
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toContain('text/csv');
  const [head = '', ...lines] = (await answer.text()).trimEnd().split('\r\n');
  const column = head.split(',').indexOf('amount');
  // Only the memo may hold a comma, and then it stands in quotation marks.
  const amounts = lines.map((line) => cents(line.replace(/"(?:[^"]|"")*"/g, '').split(',')[column] ?? ''));
  expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(cents(shown ?? ''));
});

test('earnings are paid out, never more than are free, and nothing typed is lost', async ({ page, guard }) => {
  await signIn(page, ben);
  await visit(page, '/wallet/payouts');
  const amount = page.getByLabel('Amount in EUR');
  await amount.fill('5000.50');
  guard.expectStatus(/request_payout$/, 422);
  await page.getByRole('button', { name: 'Request a payout' }).click();
  await expect(page.getByText(/more than is free to be paid out/)).toBeVisible();
  await expect(amount).toHaveValue('5000.50');
  await axe(page);

  await amount.fill('1.25');
  await page.getByRole('button', { name: 'Request a payout' }).click();
  await expect(page.getByText('Your payout was requested')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: '1.25 EUR' }).first()).toContainText('Requested');
});

test('what is somebody else\u2019s is not there', async ({ page, open, newMember, guard }) => {
  await signIn(page, ana);
  await visit(page, '/wallet');
  const transfer = await page.getByRole('row').filter({ hasText: 'Cover sketches' }).getByRole('link', { name: 'Payment' }).getAttribute('href');
  const csv = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');

  const stranger = await open({ as: await newMember() });
  guard.expectStatus(/\/wallet/, 404);
  const answer = await stranger.goto(transfer ?? '');
  expect(answer?.status()).toBe(404);
  await expect(stranger.getByText('Cover sketches')).toHaveCount(0);
  expect((await stranger.request.get(csv ?? '')).status()).toBe(404);
  expect((await stranger.goto((csv ?? '').replace('/statement.csv', '')))?.status()).toBe(404);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('a payout can be asked for, and a refusal keeps what was typed', async ({ page, guard }) => {
    guard.expectStatus(/^\/wallet\/payouts/, 422);
    await signIn(page, ben);
    await page.goto('/wallet/payouts');
    await page.getByLabel('Amount in EUR').fill('lots');
    await page.getByRole('button', { name: 'Request a payout' }).click();
    await expect(page.getByLabel('Amount in EUR')).toHaveValue('lots');
    await page.getByLabel('Amount in EUR').fill('0.75');
    await page.getByRole('button', { name: 'Request a payout' }).click();
    await expect(page.getByText('Your payout was requested')).toBeVisible();
  });
});
