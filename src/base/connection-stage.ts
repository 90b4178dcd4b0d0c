/**
 * The step of a connection that failed, in the order in which they come. ADDRESS: not permitted, or none that can be
 * used; NOT_FOUND: the server answers and knows no such repository; PROTOCOL: what answers is no Git or API server;
 * SERVER: the server failed, or was too slow; IDENTITY: another cluster than the one that is known.
 */
export type ConnectionStage =
  | 'ADDRESS'
  | 'DNS'
  | 'TCP'
  | 'TLS'
  | 'AUTHENTICATION'
  | 'AUTHORIZATION'
  | 'NOT_FOUND'
  | 'PROTOCOL'
  | 'SERVER'
  | 'IDENTITY'
