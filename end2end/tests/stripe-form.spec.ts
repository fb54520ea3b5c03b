/** Paying with the form for a card on our own page, against a server of its own and a stand-in for Stripe. */
import type { Page } from '@playwright/test';
import { test as base, expect, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { type Running, launch } from '../support/server.ts';
import { Stripe, WEBHOOK_SECRET } from '../support/stripe.ts';

type Shop = { url: string; stripe: Stripe };

const test = base.extend<object, { shop: Shop }>({
  shop: [
    async ({}, use, info) => {
      const stripe = await Stripe.start();
      let running: Running | undefined;
      try {
        running = await launch(`server-stripe-${info.workerIndex}`, 0, {
          STRIPE_SECRET_KEY: 'sk_test_end2end',
          STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
          STRIPE_API_BASE: stripe.url,
          STRIPE_PUBLISHABLE_KEY: 'pk_test_end2end',
          STRIPE_JS: `${stripe.url}/v3/`,
        });
        stripe.tells = running.url;
        await use({ url: running.url, stripe });
        // With it a card can be made to pay.
        for (const intent of stripe.intents) expect(running.log()).not.toContain(intent.client_secret);
        await running.stop();
      } finally {
        await stripe.stop();
      }
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  baseURL: async ({ shop }, use) => {
    await use(shop.url);
  },
});

const GOOD = '4242 4242 4242 4242';
const DECLINED = '4000 0000 0000 0002';
const ASKS = '4000 0027 6000 3184';

/** The fields, which are in a frame of Stripe's. */
function fields(page: Page) {
  return page.frameLocator('iframe[title^="Secure card"]');
}

async function enter(page: Page, number: string): Promise<void> {
  await fields(page).getByLabel('Card number').fill(number);
  await fields(page).getByLabel('Expiry date').fill('12 / 34');
  await fields(page).getByLabel('Security code').fill('123');
}

/** Begins to buy a plan by card, and arrives at the form. Gives the checkout. */
async function arrive(page: Page): Promise<string> {
  await visit(page, '/pricing');
  await page.getByRole('link', { name: 'Choose Studio' }).click();
  await page.getByRole('radio', { name: /card/i }).check();
  await page.getByRole('button', { name: /^Pay 29\.00 EUR/ }).click();
  await expect(page).toHaveURL(/\/checkout\/card\/chk_/);
  return new URL(page.url()).pathname.split('/').pop() ?? '';
}

const pay = (page: Page) => page.getByRole('button', { name: 'Pay 29.00 EUR' });
const otherwise = (page: Page) => page.getByRole('button', { name: /payment provider's page/ });

/** Waits until a checkout is paid: then it leads to its invoice. */
async function paid(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/checkout\/status\//);
  await expect(page.getByRole('link', { name: /invoice/i }).first()).toBeVisible({ timeout: 20_000 });
}

/** What was begun at Stripe since then. */
function since(shop: Shop, before: number) {
  return shop.stripe.intents.slice(before);
}

test('a card pays on our own page, after another was declined', async ({ page, member, shop }) => {
  void member;
  const before = shop.stripe.intents.length;
  const checkout = await arrive(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Pay by card' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Studio' })).toBeVisible();
  await expect(page.getByText('29.00 EUR').first()).toBeVisible();
  await expect(page.getByText(/test mode/i).first()).toBeVisible();
  await expect(fields(page).getByLabel('Card number')).toBeVisible();
  // Or there would be a white ground behind the text where the page is dark.
  await expect(page.locator('iframe[title^="Secure card"]')).toHaveCSS('color-scheme', 'light');
  await axe(page);
  // Nothing is begun before somebody pays, and nothing stands in the page that could be paid with.
  expect(since(shop, before)).toEqual([]);
  expect(await page.content()).not.toContain('_secret_');

  // Nothing is filled in: it says so, and leads there.
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: /Enter the number of the card/ })).toBeVisible();
  await expect(page.locator('#card')).toHaveAccessibleDescription(/Enter the number/);
  await expect(fields(page).getByLabel('Card number')).toBeFocused();
  await axe(page);

  await enter(page, DECLINED);
  await pay(page).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'Your card was declined. Nothing was paid.' });
  await expect(refusal).toBeVisible();
  await expect(refusal).toBeFocused();
  await expect(pay(page)).toBeEnabled();
  await axe(page);

  // The page is loaded again: it is the same payment.
  await page.reload();
  await enter(page, GOOD);
  await pay(page).click();
  await paid(page);
  await axe(page);
  const begun = since(shop, before);
  expect(begun.map((it) => [it.status, it.amount, it.setup_future_usage])).toEqual([['succeeded', 2900, 'off_session']]);

  // The card is kept for payments to come, and nothing more is asked of it here.
  await visit(page, '/billing');
  await expect(page.getByText('Studio').first()).toBeVisible();
  await expect(page.getByText(/4242/).first()).toBeVisible();
  await visit(page, `/checkout/card/${checkout}`);
  await expect(page.getByText('No card is needed here any more')).toBeVisible();
  await expect(pay(page)).toHaveCount(0);
  await axe(page);
});

test('only the page with the form may load the script', async ({ page, member, shop }) => {
  void member;
  const seen: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(shop.stripe.url)) seen.push(new URL(request.url()).pathname);
  });
  const checkout = await arrive(page);
  await expect(fields(page).getByLabel('Card number')).toBeVisible();
  expect(seen).toContain('/v3/');
  const policy = async (path: string) => (await page.request.get(path)).headers()['content-security-policy'] ?? '';
  expect(await policy(`/checkout/card/${checkout}`)).toContain(`frame-src ${shop.stripe.url};`);
  for (const path of ['/pricing', '/wallet/top-up', `/checkout/status/${checkout}`]) {
    expect(await policy(path)).not.toMatch(/frame-src|script-src [^;]*http/);
  }
  // Back to it from where one sees how far it is: by a page that is loaded anew.
  await visit(page, `/checkout/status/${checkout}`);
  await page.getByRole('link', { name: 'Continue to the card page' }).click();
  await expect(fields(page).getByLabel('Card number')).toBeVisible();
});

test('the bank asks, and a refusal pays nothing', async ({ page, member, shop }) => {
  void member;
  const before = shop.stripe.intents.length;
  await arrive(page);
  const bank = page.frameLocator('iframe[title="Bank"]');
  await enter(page, ASKS);
  await pay(page).click();
  await bank.getByRole('button', { name: 'Refuse' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Your bank did not hear from you' })).toBeFocused();
  await pay(page).click();
  await bank.getByRole('button', { name: 'Approve' }).click();
  await paid(page);
  expect(since(shop, before).map((it) => it.status)).toEqual(['succeeded']);
});

test('what can not be reached is said at the form', async ({ page, member, guard, shop }) => {
  void member;
  guard.expectConsole(/ERR_FAILED/);
  const before = shop.stripe.intents.length;
  await arrive(page);
  await enter(page, GOOD);
  await page.route(`${shop.stripe.url}/v1/payment_intents/**`, (route) => route.abort());
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: 'could not be reached' })).toBeFocused();
  await page.unroute(`${shop.stripe.url}/v1/payment_intents/**`);
  await page.route('**/api/billing/card_secret', (route) => route.abort());
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: /connection|reached|answer/i })).toBeFocused();
  await page.unroute('**/api/billing/card_secret');
  await pay(page).click();
  await paid(page);
  expect(since(shop, before)).toHaveLength(1);
});

test('whoever goes to the page of the provider leaves the form', async ({ page, member, shop }) => {
  void member;
  const before = shop.stripe.intents.length;
  await arrive(page);
  await enter(page, DECLINED);
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: 'declined' })).toBeFocused();
  await otherwise(page).click();
  await expect(page).toHaveURL(new RegExp(`^${shop.stripe.url}/pay/`));
  expect(since(shop, before).map((it) => it.status)).toEqual(['canceled', 'requires_payment_method']);
  await page.getByRole('button', { name: 'Pay here' }).click();
  await paid(page);
  expect(since(shop, before).map((it) => it.status)).toEqual(['canceled', 'succeeded']);
});

test('without the script the page of the provider is the way', async ({ page, member, guard, shop }) => {
  void member;
  guard.expectConsole(/ERR_FAILED/);
  await page.route(`${shop.stripe.url}/v3/`, (route) => route.abort());
  await arrive(page);
  await expect(page.getByText('The form for the card could not be loaded')).toBeVisible();
  await expect(pay(page)).toBeHidden();
  await axe(page);
  await otherwise(page).click();
  await page.getByRole('button', { name: 'Pay here' }).click();
  await paid(page);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the page of the provider is the way', async ({ page, member, shop }) => {
    void member;
    await page.goto('/pricing');
    await page.getByRole('link', { name: 'Choose Studio' }).click();
    await page.getByRole('radio', { name: /card/i }).check();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await expect(page).toHaveURL(/\/checkout\/card\//);
    await expect(page.getByText('The form for a card needs JavaScript')).toBeVisible();
    await expect(pay(page)).toBeHidden();
    await otherwise(page).click();
    await expect(page).toHaveURL(new RegExp(`^${shop.stripe.url}/pay/`));
    await page.getByRole('button', { name: 'Pay here' }).click();
    await expect(page).toHaveURL(/\/checkout\/status\//);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('link', { name: /invoice/i }).first()).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 15_000 });
  });
});
