/** The run's own database, for what would take hours otherwise: letting time pass. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';

/** Makes every link sent to an address expire now. */
export async function expireLinks(email: string): Promise<void> {
  const folder = join(process.env['MAGENTIC_DATA'] ?? '', 'postgres', 'socket');
  if (!existsSync(folder)) throw new Error(`${folder} does not exist: the path of the data folder may be too long for a socket.`);
  const sql = postgres({ path: join(folder, '.s.PGSQL.5432'), database: 'magentic', username: 'magentic', max: 1 });
  try {
    const expired = await sql`
      update email_tokens set expires_at = now() - interval '1 minute'
      where account_id in (select account_id from logins where email = ${email})`;
    if (expired.count === 0) throw new Error(`no link was sent to ${email}`);
  } finally {
    await sql.end();
  }
}
