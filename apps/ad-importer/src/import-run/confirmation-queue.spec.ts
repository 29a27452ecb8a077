import { describe, expect, it } from 'vitest';
import { ConfirmationQueue } from './confirmation-queue.js';

const request = (id: string) => ({
  connector: 'corp',
  partition: 'DC=t',
  run: { id, attempt: 1, profile: 'full-import' as const },
  anchors: ['a'],
});

describe('ConfirmationQueue', () => {
  it('acknowledges a request only after it was answered', async () => {
    const queue = new ConfirmationQueue();
    const events: string[] = [];
    const asked = queue.ask(request('1')).then(() => events.push('acknowledged'));
    await queue.answerAll(() => {
      events.push('answered');
      return Promise.resolve();
    });
    await asked;
    expect(events).toEqual(['answered', 'acknowledged']);
  });

  it('leaves a failed request unacknowledged, so that it comes again', async () => {
    const queue = new ConfirmationQueue();
    const asked = queue.ask(request('1'));
    await expect(queue.answerAll(() => Promise.reject(new Error('connection lost')))).rejects.toThrow(
      'connection lost',
    );
    await expect(asked).rejects.toThrow('connection lost');
  });

  it('lets nobody wait for a process that stops', async () => {
    const queue = new ConfirmationQueue();
    const asked = queue.ask(request('1'));
    queue.rejectAll();
    await expect(asked).rejects.toMatchObject({ retry: 'later' });
  });
});
