import { expect, test, visit } from '../fixtures.ts';
import { unique } from '../support/people.ts';
import { png } from '../support/pictures.ts';
import { card, comment, composer, deletePost, publish } from '../support/posts.ts';
import { listen } from '../support/sockets.ts';

test('somebody comments on a post and answers a comment', async ({ page, member, newMember }) => {
  const word = unique();
  const author = await newMember();
  const id = await publish(author, `A question about ${word}`);
  await visit(page, `/posts/${id}`);
  await expect(page.getByText('No comments yet')).toBeVisible();
  const write = composer(page);
  await write.text.fill(`*First* thought on ${word}`);
  await write.send.click();
  const first = comment(page, `First thought on ${word}`);
  await expect(first.locator('em')).toHaveText('First');
  await expect(first.getByRole('link', { name: member.name })).toHaveAttribute('href', `/@${member.handle}`);
  await expect(write.text).toHaveValue('');
  await expect(card(page, `A question about ${word}`).getByRole('link', { name: '1 comment' })).toBeVisible();

  await first.getByRole('link', { name: 'Reply' }).click();
  await expect(page.getByText('You are answering a comment.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: `Answer @${member.handle}` })).toBeVisible();
  await write.text.fill(`Second thought on ${word}`);
  await write.send.click();
  await expect(first.getByText(`Second thought on ${word}`)).toBeVisible();

  await page.getByRole('link', { name: 'Answer the post instead' }).click();
  await write.text.fill(`Third thought on ${word}`);
  await write.send.click();
  await expect(comment(page, `Third thought on ${word}`)).toBeVisible();
  await expect(first.getByText(`Third thought on ${word}`)).toHaveCount(0);

  await page.reload();
  await expect(page.locator('.comment')).toHaveCount(3);
  await expect(card(page, `A question about ${word}`).getByRole('link', { name: '3 comments' })).toBeVisible();
});

test('several comments can be written one after the other', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  const id = await publish(await newMember(), `Talk to me, ${word}`);
  await visit(page, `/posts/${id}`);
  const write = composer(page);
  for (const number of ['One', 'Two', 'Three']) {
    await write.text.fill(`${number}, ${word}`);
    await write.send.click();
    await expect(comment(page, `${number}, ${word}`)).toBeVisible();
    await expect(write.text).toHaveValue('');
  }
  await page.reload();
  await expect(page.locator('.comment')).toHaveCount(3);
});

test('a comment can carry a picture', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const id = await publish(await newMember(), `Show me, ${unique()}`);
  await visit(page, `/posts/${id}`);
  const write = composer(page);
  await write.text.fill('Here it is');
  await write.files.setInputFiles(png('here.png'));
  await expect(write.form.getByRole('progressbar')).toHaveCount(0);
  await write.alts.fill('What was asked for');
  await write.send.click();
  await expect(comment(page, 'Here it is').getByRole('img', { name: 'What was asked for' })).toBeVisible();
});

test('a comment that was answered leaves a trace when it is deleted, and can be brought back', async ({ page, open, member, newMember }) => {
  const word = unique();
  const other = await newMember();
  const id = await publish(other, `Under discussion: ${word}`);
  const mine = await publish(member, `Rash words, ${word}`, id);
  await publish(other, `Calm answer, ${word}`, mine);

  await visit(page, `/posts/${id}`);
  await comment(page, `Rash words, ${word}`).getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText(`Rash words, ${word}`)).toHaveCount(0);
  await expect(page.getByText('You deleted this.')).toBeVisible();
  await expect(comment(page, `Calm answer, ${word}`)).toBeVisible();

  const visitor = await open();
  await visit(visitor, `/posts/${id}`);
  await expect(visitor.getByText('This comment was deleted.')).toBeVisible();
  await expect(comment(visitor, `Calm answer, ${word}`)).toBeVisible();

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText(`Rash words, ${word}`)).toBeVisible();
});

for (const heard of [false, true]) {
  test(`what is being answered may be deleted meanwhile, ${heard ? 'and the page hears of it' : 'unheard'}: the text is kept`, async ({ page, guard, member, newMember }) => {
    guard.expectStatus(/(publish$|thread|^\/posts\/)/, 410);
    if (!heard) guard.expectOffline();
    expect(member.handle).toBeTruthy();
    const word = unique();
    const author = await newMember();
    const id = await publish(author, `Soon gone in part, ${word}`);
    const answered = await publish(author, `This part, ${word}`, id);
    const socket = await listen(page, `/posts/${id}?reply=${answered}`);
    const write = composer(page);
    await write.text.fill(`Too late, ${word}`);
    if (!heard) await socket.cut();
    await deletePost(author, answered);
    if (heard) {
      await expect(page.getByText(`This part, ${word}`)).toHaveCount(0);
    } else {
      await write.send.click();
      await expect(page.getByRole('alert').filter({ hasText: 'was deleted in the meantime' })).toBeVisible();
    }
    await expect(write.text).toHaveValue(`Too late, ${word}`);
  });
}

test('a comment folds away with its answers, and the author stays in sight', async ({ page, member, newMember }) => {
  const word = unique();
  const id = await publish(await newMember(), `Long talk about ${word}`);
  const first = await publish(member, `Opening ${word}`, id);
  await publish(member, `Reply to it ${word}`, first);
  await visit(page, `/posts/${id}`);
  await page.getByLabel(/Fold or unfold the comment by .* and its answer/).click();
  await expect(page.getByText(`Reply to it ${word}`)).toBeHidden();
  await expect(page.locator('.comment').first().getByRole('link', { name: member.name })).toBeVisible();
});

test('an empty comment is refused in words', async ({ page, guard, member, newMember }) => {
  guard.expectStatus(/publish$/, 422);
  expect(member.handle).toBeTruthy();
  const id = await publish(await newMember(), `Say something, ${unique()}`);
  await visit(page, `/posts/${id}`);
  const write = composer(page);
  await write.send.click();
  await expect(write.error).toContainText('Write something, or add a picture.');
});
