import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where distributions install Chromium and Chrome. Debian's package is `chromium`. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium's program; the variable CHROMIUM names another one. */
const program = [process.env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path));

/** Whether there is a browser. In CI there has to be one. */
export const hasBrowser = program !== undefined || process.env.CI === 'true';

/** A browser for tests. It records what must not happen on any page: errors, and requests to other hosts. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly problems: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    if (program === undefined) throw new Error(`no browser at ${places.join(', ')}: install chromium`);
    // Containers and CI run as root, for whom Chromium has no sandbox.
    return new TestBrowser(await chromium.launch({ executablePath: program, args: ['--no-sandbox'] }));
  }

  /** Opens a URL in a new window. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage(options);
    page.on('pageerror', ({ message }) => this.problems.push(message));
    page.on('console', (message) => {
      // Violations of the content security policy are among them.
      if (message.type() === 'error') this.problems.push(message.text());
    });
    const { host } = new URL(url);
    page.on('request', (request) => {
      const target = new URL(request.url());
      if (target.protocol !== 'data:' && target.host !== host)
        this.problems.push(`request to ${target.host}`);
    });
    await page.goto(url);
    return page;
  }

  stop(): Promise<void> {
    return this.#browser.close();
  }
}
