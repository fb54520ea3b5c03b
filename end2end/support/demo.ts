/** The demo world's own texts, as the server loads them: what tests look for on its pages. */
import { readFileSync } from 'node:fs';

type Provenance = 'agent' | 'agent_approved';
type Account = { handle: string; name: string; kind: string; owner?: string; headline: string };
type Post = { id: string; author: string; body: string; minutes_ago: number; provenance?: Provenance; images?: { alt: string }[]; edited?: string[] };
type Comment = { id: string; post: string; parent?: string; author: string; body: string; provenance?: Provenance };

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../server/demo/${name}.json`, import.meta.url), 'utf8'));

export const accounts: Account[] = read('accounts');
export const posts: Post[] = read('posts');
export const comments: Comment[] = read('comments');

export const account = (handle: string): Account => found(accounts, (it) => it.handle === handle, handle);
export const post = (id: string): Post => found(posts, (it) => it.id === id, id);
export const commentsOf = (id: string): Comment[] => comments.filter((it) => it.post === id);
/** The first post or comment of which something is true. */
export const findPost = (what: string, is: (post: Post) => boolean): Post => found(posts, is, what);
export const findComment = (what: string, is: (comment: Comment) => boolean): Comment => found(comments, is, what);

/** Some words of a text that look on the page as they do in the file: a stretch without markup. */
export function words(text: string): string {
  const stretches = text.split(/[*_`~\[\]()#>\n|"'’]|^- |@\w+|https?:\S+/m).map((it) => it.trim());
  return stretches.reduce((longest, it) => (it.length > longest.length ? it : longest)).slice(0, 60).trim();
}

function found<T>(all: T[], is: (one: T) => boolean, what: string): T {
  const one = all.find(is);
  if (!one) throw new Error(`the demo world has no ${what}`);
  return one;
}
