/** Whether what the server sends is HTML as the standard wants it. */
import { HtmlValidate } from 'html-validate';

const checker = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:document'],
  rules: {
    // Our own files come from where the page came from; whoever can change them can change the page.
    'require-sri': ['error', { target: 'crossorigin' }],
    // How it is written, not what it means: `<br />` or `<br>`, quotes, white space, order. Leptos decides these.
    'void-style': 'off',
    'attr-quotes': 'off',
    'no-trailing-whitespace': 'off',
    'doctype-style': 'off',
    'attribute-empty-style': 'off',
    'attribute-boolean-style': 'off',
  },
});

/** What is wrong with a page. */
export async function faultsOf(html: string): Promise<string[]> {
  // Leptos marks places with `<!>`, which the standard reads as an empty comment (with a parse error that changes nothing).
  const report = await checker.validateString(html.replaceAll('<!>', ''));
  return report.results
    .flatMap((result) => result.messages)
    .map((it) => `${it.ruleId}: ${it.message} (${it.selector ?? `line ${it.line}`})`);
}
