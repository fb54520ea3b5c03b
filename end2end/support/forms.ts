/** Forms, as those see them who fill them in. */
import { type Locator, type Page, expect } from '@playwright/test';

/** The field says what is wrong with it: beside it, and to assistive software. */
export async function expectFieldError(field: Locator, message: RegExp | string): Promise<void> {
  await expect(field).toHaveAccessibleDescription(message instanceof RegExp ? message : new RegExp(escaped(message)));
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  const id = await field.getAttribute('id');
  await expect(field.page().locator(`[id="${id}-error"]`)).toBeVisible();
}

/** The form says what is wrong as a whole, where screen readers hear it. */
export async function expectFormError(page: Page, message: RegExp | string): Promise<void> {
  await expect(page.getByRole('alert').filter({ hasText: message })).toBeVisible();
}

/** Makes the forms of the page send whatever stands in them, so that it is the server that must refuse. */
export async function checkNothing(page: Page): Promise<void> {
  await page.locator('form').evaluateAll((forms) => {
    for (const form of forms) {
      form.setAttribute('novalidate', '');
      for (const field of form.querySelectorAll('[maxlength]')) field.removeAttribute('maxlength');
    }
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
