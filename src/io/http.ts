// The entry point escapement/http: a client on undici's `dispatch`, a server on `node:http`.
export { ClientSession, type CookieJar, type SessionOptions } from "./http-session.ts";
export { ClientResponse } from "./http-response.ts";
export type { RequestOptions } from "./http-request.ts";
export type { RequestTimeouts } from "./http-timeouts.ts";
export { HttpServer, serve, type ServeOptions } from "./http-server.ts";
export type { Handler, ServerResponse } from "./http-server-exchange.ts";
export type { ServerRequest } from "./http-server-request.ts";
export type { BodyProducer, BodyWriter } from "./http-upload.ts";
export {
  ClientError,
  ConnectError,
  HttpError,
  InvalidUrlError,
  PayloadError,
  ProtocolError,
  RequestTimeoutError,
  ResponseError,
  ServerDisconnectedError,
  type TimeoutPhase,
  TooManyRedirectsError,
} from "./http-errors.ts";
export { UnicodeDecodeError } from "./file-errors.ts";
export { MissingPackageError } from "./peer-package.ts";
export { ConnectionRefusedError, NetworkError, TlsError, UnknownHostError } from "./network-errors.ts";
