/** What is true of every page: accessible in both themes and at both sizes, no wider than a phone, valid HTML. */
import { expect, hydrated, test } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { faultsOf } from '../support/html.ts';
import { png } from '../support/pictures.ts';
import type { Member } from '../support/people.ts';
import { composer, edit, publish } from '../support/posts.ts';
import type { APIRequestContext, Page } from '@playwright/test';

type World = { page: Page; request: APIRequestContext; member: Member };
type Described = {
  name: string;
  /** Where it is. May need something to be there first. */
  path: string | ((world: World) => Promise<string>);
  as?: 'member';
  status?: number;
  /** What to do before looking. */
  then?: (page: Page) => Promise<void>;
};

/** Who looks at the pages of visitors. */
const NOBODY: Member = { handle: '', name: '', email: '', password: '', cookies: [] };

const linkTo = async (request: APIRequestContext, page: string, pattern: RegExp): Promise<string> => {
  const html = await (await request.get(page)).text();
  return html.match(pattern)?.[0] ?? 'missing';
};

const post = ({ request }: World) => linkTo(request, '/@tide', /\/posts\/post_\w+(?=")/);
const edited = ({ request }: World) => linkTo(request, '/@hanneke', /\/posts\/post_\w+\/history/);
const discussed = async ({ member }: World) => {
  const id = await publish(member, 'Something to talk about, with a `word` of code and a long_long_long_word_'.concat('x'.repeat(80)));
  const answer = await publish(member, '> quoted\n\n1. one\n2. two', id);
  let deepest = answer;
  for (let depth = 0; depth < 6; depth += 1) deepest = await publish(member, `Answer ${depth}`, deepest);
  return `/posts/${id}`;
};

const PAGES: Described[] = [
  { name: 'front page of visitors', path: '/' },
  { name: 'public feed', path: '/public' },
  { name: 'profile of a person', path: '/@ben' },
  { name: 'profile of an agent', path: '/@tide' },
  { name: 'followers', path: '/@ben/followers' },
  { name: 'following', path: '/@ben/following' },
  { name: 'post', path: post },
  { name: 'history', path: edited },
  { name: 'sign-up', path: '/sign-up' },
  { name: 'sign-up, refused', path: '/sign-up', status: 422, then: refuseSignUp },
  { name: 'check your mail', path: '/sign-up/check-mail' },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-in, refused', path: '/sign-in', status: 422, then: refuseSignIn },
  { name: 'confirm e-mail', path: '/confirm-email?token=x' },
  { name: 'confirm e-mail without a token', path: '/confirm-email' },
  { name: 'forgot password', path: '/forgot-password' },
  { name: 'forgot password, sent', path: '/forgot-password/check-mail' },
  { name: 'reset password', path: '/reset-password?token=x' },
  { name: 'settings of visitors', path: '/settings', status: 401 },
  { name: 'wallet of visitors', path: '/wallet', status: 401 },
  { name: 'market', path: '/market' },
  { name: 'market, nothing found', path: '/market?words=qqqq+zzzz&price=free&max=0.01' },
  { name: 'what somebody offers', path: '/market/by/ben' },
  { name: 'purchases of visitors', path: '/market/purchases', status: 401 },
  { name: 'no such listing', path: '/market/@nobody_of_this_name', status: 404 },
  { name: 'experts', path: '/experts' },
  { name: 'experts, nobody found', path: '/experts?need=qqqq+zzzz&max=0.01&stars=4' },
  { name: 'bookings of visitors', path: '/bookings', status: 401 },
  { name: 'no such expert', path: '/experts/nobody_of_this_name', status: 404 },
  { name: 'mailbox', path: '/dev/mailbox' },
  { name: 'letter', path: ({ request }) => linkTo(request, '/dev/mailbox', /\/dev\/mailbox\/\w+/), as: 'member' },
  { name: 'nothing here', path: '/nothing/here', status: 404 },
  { name: 'no such account', path: '/@nobody_of_this_name', status: 404 },
  { name: 'home feed, empty', path: '/', as: 'member' },
  { name: 'public feed of members', path: '/public', as: 'member' },
  { name: 'compose', path: '/compose', as: 'member', then: fillComposer },
  { name: 'own profile, empty', path: ({ member }) => Promise.resolve(`/@${member.handle}`), as: 'member' },
  { name: "another's profile", path: '/@ana', as: 'member' },
  { name: 'own post with a thread', path: discussed, as: 'member', then: openMenus },
  { name: 'edit', path: async ({ member }) => `/posts/${await publish(member, 'To be edited')}/edit`, as: 'member' },
  { name: 'own history', path: ownHistory, as: 'member' },
  { name: 'wallet, empty', path: '/wallet', as: 'member' },
  { name: 'payouts, empty', path: '/wallet/payouts', as: 'member' },
  { name: 'purchases, empty', path: '/market/purchases', as: 'member' },
  { name: 'selling, empty', path: '/market/sell', as: 'member' },
  { name: 'earnings, empty', path: '/market/earnings', as: 'member' },
  { name: 'bookings, empty', path: '/bookings', as: 'member' },
  { name: 'bookings in a calendar', path: '/bookings/calendar', as: 'member' },
  { name: 'expert: profile', path: '/experts/setup', as: 'member' },
  { name: 'expert: hours, without a profile', path: '/experts/setup/hours', as: 'member' },
  { name: 'expert: services, without a profile', path: '/experts/setup/services', as: 'member' },
  { name: 'expert: calendars, none', path: '/experts/setup/calendars', as: 'member' },
  { name: 'expert: diary, empty', path: '/experts/diary', as: 'member' },
  { name: 'tool servers, none', path: '/agents/servers', as: 'member' },
  { name: 'chat, new', path: '/chats/new?with=owl_desk', as: 'member' },
  { name: 'settings: profile', path: '/settings', as: 'member' },
  { name: 'settings: devices', path: '/settings/devices', as: 'member' },
  { name: 'settings: appearance', path: '/settings/appearance', as: 'member' },
];

for (const { name, path, as, status, then } of PAGES) {
  test(`${name}: accessible in light and dark, no wider than a phone, valid`, async ({ page, request, newMember, guard, isMobile }) => {
    if (status) guard.expectStatus(/./, status);
    const member = as ? await newMember() : NOBODY;
    await page.context().addCookies(member.cookies);
    const address = typeof path === 'string' ? path : await path({ page, request, member });

    const answer = await page.goto(address);
    expect(answer?.status()).toBe(then ? 200 : (status ?? 200));
    const html = (await answer?.text()) ?? '';
    await hydrated(page);
    await then?.(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await axe(page);
    }
    if (isMobile) {
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoWider(page);
    } else {
      // The same for both sizes.
      expect.soft(await faultsOf(html), `HTML of ${address}`).toEqual([]);
    }
    expect.soft(await page.title(), 'a title of its own').toMatch(name.startsWith('front') ? /^Magentic$/ : /^.+ · Magentic$/);
    expect.soft(await page.getByRole('heading', { level: 1 }).count(), 'headings of the first level').toBe(1);
  });
}

test.describe('at sizes in between', () => {
  test.skip(({ isMobile }) => isMobile, 'windows of computers');
  for (const width of [700, 1024, 1920]) {
    test(`${width} pixels: nothing scrolls sideways`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      for (const path of ['/', '/public', '/@ana', '/sign-up', '/settings/appearance', '/dev/mailbox']) {
        await page.goto(path);
        await expectNoWider(page);
      }
    });
  }

  test('text twice as large still fits', async ({ page }) => {
    // WCAG 1.4.4 and 1.4.10: a window of 1280 pixels at 400 % is 320 wide.
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of ['/', '/public', '/@ana', '/sign-up']) {
      await page.goto(path);
      await expectNoWider(page);
    }
  });
});

async function expectNoWider(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const culprits = [...document.querySelectorAll('body *')]
      .filter((it) => it.getBoundingClientRect().right > clientWidth + 0.5)
      .map((it) => `${it.tagName.toLowerCase()}.${it.className}`);
    return [`${scrollWidth} > ${clientWidth}`, ...culprits.slice(0, 5)];
  });
  expect.soft(wide, `${new URL(page.url()).pathname} scrolls sideways`).toEqual([]);
}

async function refuseSignUp(page: Page): Promise<void> {
  await page.getByLabel('Handle').fill('x y');
  await page.getByLabel('Name', { exact: true }).fill('Somebody');
  await page.getByLabel('E-mail').fill('somebody@example.org');
  await page.getByLabel('Password', { exact: true }).fill('password1234');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.locator('.field-error').first()).toBeVisible();
}

async function refuseSignIn(page: Page): Promise<void> {
  await page.getByLabel('Handle or e-mail').fill('somebody');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.locator('.field-error').first()).toBeVisible();
}

async function fillComposer(page: Page): Promise<void> {
  const write = composer(page);
  await write.text.fill('Something **strong**');
  await write.showPreview.click();
  await expect(write.preview.locator('strong')).toBeVisible();
  await write.files.setInputFiles([png('one.png'), png('two.png')]);
  await expect(write.alts).toHaveCount(2);
  await expect(write.form.getByRole('progressbar')).toHaveCount(0);
}

async function openMenus(page: Page): Promise<void> {
  await page.getByLabel('What you can do with this post').click();
  await expect(page.getByRole('button', { name: 'Delete' }).first()).toBeVisible();
}

async function ownHistory({ member }: World): Promise<string> {
  const id = await publish(member, 'First');
  await edit(member, id, 'Second');
  return `/posts/${id}/history`;
}
