/** Accessibility, as far as a program can tell. */
import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The page as it stands breaks no rule of WCAG 2.2 AA that axe knows. */
export async function axe(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page })
    // The one rule of 2.2 has to be asked for by name.
    // Frames are left alone: the only ones are those of a payment provider, and not ours to change.
    .options({ runOnly: { type: 'tag', values: WCAG_2_2_AA }, rules: { 'target-size': { enabled: true } }, iframes: false })
    // Without the extra page that axe opens to look into frames.
    .setLegacyMode()
    .analyze();
  const faults = found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}\n    ${node.html.slice(0, 200)}\n    ${node.failureSummary?.replace(/\s+/g, ' ')}`),
  );
  expect.soft(faults, `axe on ${new URL(page.url()).pathname}`).toEqual([]);
}
