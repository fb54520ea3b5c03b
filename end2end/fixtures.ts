/** What every test starts from. Import `test` and `expect` from here, never from Playwright itself. */
import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';
import { Guard } from './support/guard.ts';
import { type Member, join } from './support/people.ts';

type OpenOptions = BrowserContextOptions & {
  /** Who is signed in there; nobody when left out. */
  as?: Member;
};

type Fixtures = {
  /** The address this test comes from. The server counts tries by address, so tests don't use up each other's. */
  address: string;
  /** Notes what pages report by themselves and fails the test for it, unless it was announced. */
  guard: Guard;
  /** Another browser, with its own cookies: another person, or another device. */
  open: (options?: OpenOptions) => Promise<Page>;
  /** Makes an account that exists for this test only. */
  newMember: (name?: string) => Promise<Member>;
  /** An account of this test's own, signed in on `page`. */
  member: Member;
};

/**
 * Says when a page is alive: Leptos' router listens for `popstate` while it takes the page over, and what remains of that
 * happens before the next timer.
 */
const ALIVE = () => {
  const listen = window.addEventListener;
  window.addEventListener = function (this: Window, ...call: Parameters<typeof listen>) {
    listen.apply(this, call);
    if (String(call[0]) === 'popstate') setTimeout(() => Object.assign(window, { alive: true }));
  } as typeof listen;
};

let addresses = 0;

export const test = base.extend<Fixtures>({
  address: async ({}, use, info) => {
    addresses += 1;
    await use(`10.${info.workerIndex % 256}.${addresses >> 8}.${addresses & 255}`);
  },

  extraHTTPHeaders: async ({ address }, use) => {
    await use({ 'x-forwarded-for': address });
  },

  guard: [
    async ({}, use) => {
      const guard = new Guard();
      await use(guard);
      guard.verify();
    },
    { auto: true },
  ],

  context: async ({ context, guard, javaScriptEnabled }, use) => {
    await prepare(context, guard, javaScriptEnabled);
    await use(context);
  },

  open: async ({ browser, guard, extraHTTPHeaders, javaScriptEnabled }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async ({ as, ...options } = {}) => {
      const context = await browser.newContext({ extraHTTPHeaders, ...options });
      contexts.push(context);
      await prepare(context, guard, options.javaScriptEnabled ?? javaScriptEnabled);
      if (as) await context.addCookies(as.cookies);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  newMember: async ({ playwright, extraHTTPHeaders, baseURL }, use) => {
    await use(async (name) => {
      const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders });
      const member = await join(request, name);
      await request.dispose();
      return member;
    });
  },

  member: async ({ newMember, context }, use) => {
    const member = await newMember();
    await context.addCookies(member.cookies);
    await use(member);
  },
});

async function prepare(context: BrowserContext, guard: Guard, scripts: boolean | undefined): Promise<void> {
  guard.watch(context, scripts);
  await context.addInitScript(ALIVE);
}

/** Waits until the page that is open answers to clicks itself. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => 'alive' in window);
}

/** Opens a page and waits until it is alive. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

export { expect };
export type { Member };
