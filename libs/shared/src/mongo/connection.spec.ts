import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import './connection.js';

const { Long } = mongoose.mongo;

describe('the counter of a topology version', () => {
  it('is understood as the driver reads it from the error of a primary that steps down', () => {
    const counter: unknown = 2n ** 40n;
    expect(Long.fromNumber(counter as number).toString()).toBe('1099511627776');
  });

  it('is understood as a number', () => {
    expect(Long.fromNumber(6).toString()).toBe('6');
  });
});
