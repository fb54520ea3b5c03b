import type { Page } from '@playwright/test';
import { expect, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { signIn } from '../support/people.ts';

/** Who administers the demo world. */
const elena = { handle: 'elena_dev', password: 'demo-server-room' };

/** Fills in the sandbox's page for a card, which must be open, and sends it. */
async function payByCard(page: Page, number = '4242 4242 4242 4242', button: string | RegExp = /^Pay/) {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Good until').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on the card').fill('Tess Example');
  await page.getByRole('button', { name: button }).click();
}

/** Waits until a checkout is paid: then it leads to its invoice. */
async function paid(page: Page) {
  await expect(page).toHaveURL(/\/checkout\/status\//);
  await expect(page.getByRole('link', { name: /invoice/i }).first()).toBeVisible({ timeout: 20_000 });
}

/** Begins to buy a plan, and chooses how to pay. */
async function choose(page: Page, plan: string, way: string | RegExp) {
  await visit(page, '/pricing');
  await page.getByRole('link', { name: `Choose ${plan}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('radio', { name: way }).check();
}

test('a visitor sees what is on sale and what it gives', async ({ page }) => {
  await visit(page, '/pricing');
  for (const plan of ['Plus', 'Studio', 'Agency']) await expect(page.getByRole('heading', { name: plan })).toBeVisible();
  await expect(page.getByText('29.00 EUR').first()).toBeVisible();
  await expect(page.getByText(/test mode|sandbox/i).first()).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: /year/i }).first().click();
  await expect(page.getByText('290.00 EUR').first()).toBeVisible();
  await page.getByRole('link', { name: 'Sign in to buy' }).first().click();
  await expect(page).toHaveURL(/sign-in/);
});

test('a plan is bought by card, is in force, and has its invoice', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/submit_card$/, 422);
  await choose(page, 'Studio', /card/i);
  await axe(page);
  await page.getByRole('button', { name: /^Pay 29\.00 EUR/ }).click();
  await expect(page).toHaveURL(/\/sandbox\//);
  await axe(page);

  // Mistyped, and nothing is lost.
  await payByCard(page, '4242 4242 4242 4241');
  await expect(page.getByLabel('Card number')).toHaveValue('4242 4242 4242 4241');
  await expect(page.getByLabel('Card number')).toHaveAttribute('aria-invalid', 'true');

  // Declined, then another card.
  await payByCard(page, '4000 0000 0000 0002');
  await expect(page.getByRole('alert').filter({ hasText: /declined|refused/i })).toBeVisible();
  await payByCard(page);
  await paid(page);
  await axe(page);

  await visit(page, '/billing');
  await expect(page.getByText('Studio').first()).toBeVisible();
  await expect(page.getByText(/4242/).first()).toBeVisible();
  await axe(page);
  await visit(page, '/billing/features');
  await expect(page.getByText('Agents at work').first()).toBeVisible();
  await axe(page);

  await visit(page, '/billing/invoices');
  await page.getByRole('link', { name: /INV-\d{4}-\d{6}/ }).first().click();
  await expect(page.getByText('4.63 EUR').first()).toBeVisible();
  await axe(page);
  const pdf = await page.request.get(`${new URL(page.url()).pathname}/pdf`);
  expect(pdf.headers()['content-type']).toContain('application/pdf');
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('3-D Secure asks, and a refusal pays nothing', async ({ page, member }) => {
  void member;
  await choose(page, 'Studio', /card/i);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await payByCard(page, '4000 0027 6000 3184');
  await page.getByRole('button', { name: 'Refuse' }).click();
  await expect(page.getByLabel('Card number')).toBeVisible();
  await payByCard(page, '4000 0027 6000 3184');
  await axe(page);
  await page.getByRole('button', { name: 'Approve' }).click();
  await paid(page);
});

test('the wallet is topped up by card, and a plan is paid from it, changed and cancelled', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/top_up$/, 422);
  await visit(page, '/wallet');
  await page.getByRole('link', { name: 'Top up' }).click();
  await page.getByLabel(/^Amount/).fill('1');
  await page.getByRole('button', { name: /top up|pay|go on/i }).click();
  await expect(page.getByText(/At least 5\.00 EUR/)).toBeVisible();
  await expect(page.getByLabel(/^Amount/)).toHaveValue('1');
  await page.getByLabel(/^Amount/).fill('200');
  await axe(page);
  await page.getByRole('button', { name: /top up|pay|go on/i }).click();
  await payByCard(page);
  // Leaving at once would take the card back before it was sent.
  await expect(page).toHaveURL(/\/checkout\/status\//);
  await expect(async () => {
    await visit(page, '/wallet');
    await expect(page.getByText('200.00 EUR').first()).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 20_000 });

  await choose(page, 'Studio', /wallet/i);
  await page.getByRole('button', { name: /^Pay 29\.00 EUR/ }).click();
  await paid(page);

  await visit(page, '/billing');
  await page.getByRole('link', { name: 'Studio' }).first().click();
  await expect(page).toHaveURL(/\/billing\/subscriptions\//);
  await axe(page);
  const subscription = page.url();
  await page.getByRole('link', { name: 'Change plan' }).click();
  await page.getByRole('link', { name: /See what Agency comes to/ }).first().click();
  await axe(page);
  const button = page.getByRole('button', { name: /^Pay .* and change/ });
  const total = (await button.textContent())?.match(/[\d,.]+ EUR/)?.[0] ?? '';
  await page.getByRole('radio', { name: /wallet/i }).check();
  await button.click();
  await expect(page).toHaveURL(/\/checkout\/status\//);
  // What was shown is what the invoice says.
  await page.getByRole('link', { name: /invoice/i }).first().click();
  await expect(page.getByText(total).first()).toBeVisible();

  await visit(page, subscription);
  await page.getByRole('link', { name: 'Cancel the subscription' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.getByText(/ends on/i).first()).toBeVisible();
  await page.getByRole('button', { name: 'Let it go on as it is' }).click();
  await expect(page.getByText(/renews on/i).first()).toBeVisible();
});

test('earnings get somewhere to go', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/submit_payout_account$/, 422);
  await visit(page, '/billing/payouts');
  await axe(page);
  await page.getByRole('button', { name: /where payouts go/i }).click();
  await page.getByLabel('IBAN').fill('DE00');
  await page.getByRole('button', { name: 'Use this account' }).click();
  await expect(page.getByLabel('IBAN')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00');
  await axe(page);
  await page.getByRole('button', { name: 'Use this account' }).click();
  await expect(page).not.toHaveURL(/\/sandbox\//);
  await expect(async () => {
    await visit(page, '/billing/payouts');
    await expect(page.getByText(/payouts go|ready/i).first()).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 15_000 });
});

test('an administrator sells, gives money back, and sees what the provider told', async ({ page, open, newMember }) => {
  const buyer = await open({ as: await newMember() });
  await choose(buyer, 'Studio', /card/i);
  await buyer.getByRole('button', { name: /^Pay/ }).click();
  await payByCard(buyer);
  await paid(buyer);
  await visit(buyer, '/billing/invoices');
  const invoice = await buyer.getByRole('link', { name: /INV-/ }).first().getAttribute('href');

  await signIn(page, elena);
  await visit(page, '/admin/billing');
  await expect(page.getByText('Active').first()).toBeVisible();
  await axe(page);
  for (const tab of ['Products', 'Subscriptions', 'Invoices', 'Payments', 'Webhooks', 'Reconciliation']) {
    await page.getByRole('link', { name: tab, exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('link', { name: tab, exact: true }).first()).toHaveAttribute('aria-current', 'page');
    await axe(page);
  }
  await page.getByRole('button', { name: 'Compare now' }).click();
  await expect(page.getByText(/compared/i).first()).toBeVisible();

  await visit(page, `/admin${invoice ?? ''}`);
  await axe(page);
  await page.getByLabel(/^Amount/).fill('9.00');
  await page.getByLabel(/^Reason/).fill('Kindness');
  await page.getByRole('radio', { name: /card/i }).check();
  await page.getByRole('button', { name: /give back/i }).click();
  await expect(page.getByRole('link', { name: /CN-\d{4}-\d{6}/ }).first()).toBeVisible();
  await visit(buyer, invoice ?? '');
  await expect(buyer.getByRole('link', { name: /CN-/ }).first()).toBeVisible();
});

test('what administrators do is not for others', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/admin/, 403);
  for (const path of ['', '/products', '/webhooks', '/payments']) {
    const answer = await page.goto(`/admin/billing${path}`);
    expect(answer?.status()).toBe(403);
  }
  await axe(page);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('a plan is bought by card', async ({ page, member }) => {
    void member;
    await page.goto('/pricing');
    await page.getByRole('link', { name: 'Choose Studio' }).click();
    await page.getByRole('radio', { name: /card/i }).check();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await payByCard(page);
    await expect(page).toHaveURL(/\/checkout\/status\//);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('link', { name: /invoice/i }).first()).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 15_000 });
  });
});
