/** Ports and addresses of the local stack; docs/ports.md and docker-compose.yml show the same table. */
export const LOCAL_PORTS = {
  controlPlane: 7400,
  adImporter: 7411,
  adImporterSecond: 7412,
  syncEngine: 7420,
  entraExporter: 7430,
  passwordHashSync: 7440,
  passwordHashSyncSecond: 7441,
  simulator: 7443,
  simulatorAdmin: 7444,
  kafka: 19092,
  kafkaController: 19093,
  mongod: 27117,
} as const;
export const LOCAL_FORESTS = {
  corp: { realm: 'corp.test', netbios: 'CORP', address: '127.0.0.10' },
  res: { realm: 'res.test', netbios: 'RES', address: '127.0.0.11' },
} as const;
