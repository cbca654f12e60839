import type { Page } from 'playwright-core';

/** Does on the live page what a person does. */
export class LivePageUser {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until a text is shown. @param within selects a part of the page */
  async sees(text: string, within = 'body'): Promise<void> {
    await this.page.locator(within).getByText(text).first().waitFor();
  }

  /** The mark of an event, by the beginning of its name for screen readers. */
  mark(name: string | RegExp) {
    return this.page.locator('.plot').getByRole('button', { name });
  }

  async choose(node: string): Promise<void> {
    await this.page.locator('.choice').getByText(node, { exact: true }).click();
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async put(node: string, key: string, value: string): Promise<void> {
    await this.choose(node);
    await this.page.getByLabel('key', { exact: true }).fill(key);
    await this.page.getByLabel('value', { exact: true }).fill(value);
    await this.press('Put');
  }

  /** Opens a link and clicks one of its buttons. */
  async inject(from: string, to: string, button: string): Promise<void> {
    const handle = this.page.getByRole('button', { name: `Link from ${from} to ${to}` });
    if ((await handle.getAttribute('aria-pressed')) !== 'true') await handle.click();
    await this.press(button);
  }
}
