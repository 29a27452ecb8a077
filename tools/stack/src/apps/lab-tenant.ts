/** Identity of the simulated tenant. Constants: the simulator listens on loopback and holds nothing real. */
export const LAB_TENANT = {
  tenantId: '3d5c0a52-6a3e-4c1b-9d0f-7f1f5f0f2a11',
  clientId: '8b2f6f0e-30a7-4be1-a2c5-51d7a9c1e0d4',
  clientSecret: 'lab-client-secret-of-the-simulator',
} as const;
