import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync(new URL('../../src/style/tokens.css', import.meta.url), 'utf8');

/** The colours of each scheme: light, dark, and print. */
const palettes = [...text.matchAll(/:root \{([^}]*)\}/g)].map(([, lines = '']) =>
  Object.fromEntries([...lines.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour])),
);

const meanings = ['write', 'accept', 'wait', 'reject', 'fault'];

describe('the visual language', () => {
  it('has a light, a dark and a print scheme with the same names', () => {
    expect(palettes).toHaveLength(3);
    const [light = {}, ...others] = palettes;
    for (const name of ['page', 'card', 'ink', 'soft', 'rule', 'lane', ...meanings])
      for (const palette of [light, ...others]) expect(palette, name).toHaveProperty(name);
  });

  it.each(['card', 'page', 'raised'])(
    'has a text contrast of at least 4.5:1 on --%s (WCAG 2.2, AA)',
    (ground) => {
      for (const palette of palettes)
        for (const name of ['ink', 'soft', ...meanings])
          expect(contrast(palette[name] ?? '', palette[ground] ?? ''), name).toBeGreaterThanOrEqual(4.5);
    },
  );
});

/** Returns the WCAG contrast ratio of two `#rrggbb` colours. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
