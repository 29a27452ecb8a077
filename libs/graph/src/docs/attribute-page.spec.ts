import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributePage } from './attribute-page.js';

describe('docs/graph-attributes.md', () => {
  it('shows the table that the exporter works with', async () => {
    await expect(attributePage()).toMatchFileSnapshot(
      resolve(import.meta.dirname, '../../../../docs/graph-attributes.md'),
    );
  });
});
