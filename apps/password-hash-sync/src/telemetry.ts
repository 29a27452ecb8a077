import { meter } from '@adjoin/shared';

/** All metrics of password hash synchronization; dashboards are checked against these names. */
export const METRICS = {
  lag: 'adjoin_password_lag_seconds',
  sent: 'adjoin_passwords_sent_total',
  withheld: 'adjoin_passwords_withheld_total',
  failures: 'adjoin_password_failures_total',
  securityEvents: 'adjoin_password_security_events_total',
  callDuration: 'adjoin_password_call_duration_seconds',
  passDuration: 'adjoin_password_pass_seconds',
  pending: 'adjoin_passwords_pending',
  freshness: 'adjoin_password_freshness_seconds',
} as const;

export interface PasswordMetrics {
  /** A password was accepted, so many seconds after its change. */
  sent(lagSeconds: number): void;
  withheld(result: string): void;
  failed(code: string): void;
  securityEvent(code: string): void;
  call(seconds: number): void;
  /** An incremental pass: what changed was read, sent and answered. The time to the next one is not in it. */
  pass(changes: number, seconds: number): void;
}

export interface PasswordGauges {
  readonly pending: () => number | undefined;
  /** Seconds since the domains were last read to their end. */
  readonly freshness: () => number | undefined;
}

export function passwordMetrics(connector: string, gauges: PasswordGauges): PasswordMetrics {
  const instruments = meter();
  const counter = (name: string, description: string) =>
    instruments.createCounter(name.replace(/_total$/, ''), { description });
  const lag = instruments.createHistogram(METRICS.lag, {
    description: 'seconds from the change of a password to its acceptance',
    advice: { explicitBucketBoundaries: [0.5, 1, 2, 5, 10, 30, 120, 600, 3600] },
  });
  const duration = instruments.createHistogram(METRICS.callDuration, {
    description: 'duration of calls with credentials',
  });
  const passes = instruments.createHistogram(METRICS.passDuration, {
    description: 'duration of incremental passes by what they found (none, one or several changes)',
    advice: { explicitBucketBoundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] },
  });
  const sent = counter(METRICS.sent, 'passwords accepted by the target');
  const withheld = counter(METRICS.withheld, 'passwords not sent by rule, by result');
  const failures = counter(METRICS.failures, 'failed attempts by code');
  const security = counter(METRICS.securityEvents, 'refused bindings by code');
  const observe = (name: string, description: string, value: () => number | undefined): void =>
    instruments.createObservableGauge(name, { description }).addCallback((result) => {
      const now = value();
      if (now !== undefined) result.observe(now, { connector });
    });
  observe(METRICS.pending, 'users whose password waits to be sent', gauges.pending);
  observe(METRICS.freshness, 'seconds since the forest was last read for changed passwords', gauges.freshness);
  return {
    sent: (seconds) => {
      lag.record(seconds, { connector });
      sent.add(1, { connector });
    },
    withheld: (result) => withheld.add(1, { connector, result }),
    failed: (code) => failures.add(1, { connector, code }),
    securityEvent: (code) => security.add(1, { connector, code }),
    call: (seconds) => duration.record(seconds, { connector }),
    pass: (changes, seconds) => passes.record(seconds, { connector, changes: amount(changes) }),
  };
}

const amount = (changes: number): 'none' | 'one' | 'several' => {
  if (changes === 0) return 'none';
  return changes === 1 ? 'one' : 'several';
};
