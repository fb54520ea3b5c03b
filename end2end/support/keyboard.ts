/** Getting about without a mouse. */
import { type Locator, type Page, expect } from '@playwright/test';

/** Presses Tab until the element has the focus. Each stop on the way must be in sight and show that it has it. */
export async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  for (let stops = 0; stops < most; stops += 1) {
    await page.keyboard.press('Tab');
    await expectFocusSeen(page);
    if (await target.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`${most} stops did not lead to ${String(target)}`);
}

/** Whatever has the focus shows it. */
export async function expectFocusSeen(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const outlined = (element: Element) => {
      const style = getComputedStyle(element);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const focused = document.activeElement;
    if (!focused || focused === document.body) return 'nothing';
    const box = focused.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return `${focused.outerHTML.slice(0, 120)} takes no room`;
    // A link that stands for a whole card is marked by the card's outline, a field by the box around it.
    for (let it: Element | null = focused; it; it = it.parentElement) if (outlined(it)) return 'yes';
    return `${focused.outerHTML.slice(0, 160)} does not show its focus`;
  });
  expect(['yes', 'nothing'], seen).toContain(seen);
}
