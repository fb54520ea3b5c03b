/** What people write can not run, hide or deceive. */
import { expect, test, visit } from '../fixtures.ts';
import { unique } from '../support/people.ts';
import { png } from '../support/pictures.ts';
import { card, composer, publish } from '../support/posts.ts';
import type { Page } from '@playwright/test';

/** Each sets `window.hacked` if it ever runs. */
const ATTACKS = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '<svg onload="window.hacked = 1"></svg>',
  '[press me](javascript:window.hacked=1)',
  '[press me](JaVaScRiPt:window.hacked=1)',
  '[press me](data:text/html,<script>window.hacked=1</script>)',
  '[press me](vbscript:x)',
  '<a href="javascript:window.hacked=1">press me</a>',
  '![x](x" onerror="window.hacked=1)',
  '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
  '</textarea><script>window.hacked = 1</script>',
  '<style>body { display: none }</style>',
  '"><script>window.hacked = 1</script>',
  '</script><script>window.hacked = 1</script>',
];

async function expectInert(page: Page, within: string): Promise<void> {
  const found = await page.locator(within).first().evaluate((it) => ({
    elements: [...it.querySelectorAll('script, style, iframe, svg, object, embed, form, input')].map((bad) => bad.tagName),
    handlers: [...it.querySelectorAll('*')].flatMap((any) => any.getAttributeNames()).filter((name) => name.startsWith('on')),
    links: [...it.querySelectorAll('a')].map((link) => link.href).filter((href) => !/^(https?|mailto):/.test(href)),
  }));
  expect(found).toEqual({ elements: [], handlers: [], links: [] });
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  await expect(page.locator('body')).toBeVisible();
}

test('markup and scripts in a post are text: in the preview, in feeds, on its page and in the editor', async ({ page, member }) => {
  const word = unique();
  const text = [`Attack ${word}`, ...ATTACKS].join('\n\n');
  await visit(page, '/compose');
  const write = composer(page);
  await write.text.fill(text);
  await write.showPreview.click();
  await expect(write.preview).toContainText(word);
  await expectInert(page, '.composer-preview .prose');
  await write.send.click();
  await expect(card(page, word)).toBeVisible();
  await expectInert(page, '.post-body');
  await expect(card(page, word)).toContainText('<script>window.hacked = 1</script>');

  const id = page.url().split('/').pop();
  for (const path of [`/posts/${id}`, '/public', `/@${member.handle}`]) {
    await visit(page, path);
    await expectInert(page, `article:has-text("${word}") .post-body`);
  }
  await visit(page, `/posts/${id}/edit`);
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveValue(text);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('nor do they run in a name, a headline, a bio, a comment or the description of a picture', async ({ page, member }) => {
  const nasty = '"><img src=x onerror=window.hacked=1>';
  await visit(page, '/settings');
  await page.getByLabel('Name', { exact: true }).fill(`N ${nasty}`);
  await page.getByLabel('Headline').fill(`H ${nasty}`);
  await page.getByLabel('Bio').fill(ATTACKS.slice(0, 6).join('\n\n'));
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your profile was saved.')).toBeVisible();
  const id = await publish(member, 'An innocent post');
  await publish(member, ATTACKS.join('\n\n'), id);
  await visit(page, `/@${member.handle}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`N ${nasty}`);
  await expectInert(page, '.profile-head .prose');
  await visit(page, `/posts/${id}`);
  await expectInert(page, '.comment-body');
  await expect(page).toHaveTitle(new RegExp('onerror'));
});

test('what a form sends back is text as well', async ({ open }) => {
  const page = await open({ javaScriptEnabled: false });
  const nasty = '"><script>window.hacked = 1</script>';
  const answer = await page.request.post('/sign-up?do=identity/sign_up', {
    form: { handle: nasty, name: nasty, email: nasty, password: 'x' },
  });
  expect(answer.status()).toBe(422);
  const html = await answer.text();
  expect(html).not.toContain('<script>window.hacked');
});

test('what was typed cannot break out of the data a page carries for its scripts', async ({ page, guard }) => {
  guard.expectStatus(/^\/sign-in\?do=/, 422);
  // Refused without JavaScript, but shown by a browser that has it: the page hydrates from what was typed.
  const nasty = '</script><script>window.hacked=1</script><!--';
  await page.goto('/sign-in');
  await page.evaluate((nasty) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = '/sign-in?do=identity/sign_in';
    for (const [name, value] of [['login', nasty], ['password', 'not the password']] as const) {
      const field = document.createElement('input');
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  }, nasty);
  await expect(page.getByLabel('Handle or e-mail')).toHaveValue(nasty);
  await page.waitForFunction(() => 'alive' in window);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('marks that turn the direction of writing are taken out', async ({ page, member }) => {
  const word = unique();
  const id = await publish(member, `Open \u202Egpj.exe ${word}`);
  await visit(page, `/posts/${id}`);
  await expect(card(page, word)).toContainText('Open gpj.exe');
});

test('a megabyte of password is refused, quickly', async ({ request }) => {
  const begun = Date.now();
  const answer = await request.post('/sign-in?do=identity/sign_in', { form: { login: 'ana', password: 'x'.repeat(900_000) } });
  expect(answer.status()).toBe(422);
  expect(Date.now() - begun).toBeLessThan(5_000);
  const more = await request.post('/sign-in?do=identity/sign_in', { form: { login: 'ana', password: 'x'.repeat(3_000_000) } });
  expect(more.status()).toBe(413);
});

test('uploads are served as pictures only, and nobody sees them before they are shown', async ({ page, open, member, guard }) => {
  guard.expectStatus(/^\/media\//, 404);
  await visit(page, '/compose');
  const write = composer(page);
  const uploaded = page.waitForResponse(/api\/upload/);
  await write.files.setInputFiles(png('secret.png'));
  const { url } = (await (await uploaded).json()) as { url: string };
  const mine = await page.request.get(url);
  expect(mine.headers()['content-type']).toMatch(/^image\/(jpeg|webp|png)$/);
  expect(mine.headers()['x-content-type-options']).toBe('nosniff');
  const visitor = await open();
  expect((await visitor.request.get(url)).status()).toBe(404);
  expect(member.handle).toBeTruthy();
});
