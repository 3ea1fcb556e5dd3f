import { OSError } from "./os-error.ts";

/**
 * The network refused: `target` says who was meant, `code` what the host calls it, `cause` is the host's own error.
 */
export class NetworkError extends OSError {
  static {
    this.prototype.name = "NetworkError";
  }
}

/** The name of the host is not known, or nobody could be asked. Python's `socket.gaierror`. */
export class UnknownHostError extends NetworkError {
  static {
    this.prototype.name = "UnknownHostError";
  }
}

/** No secure connection came about: a certificate that is not trusted, no common protocol. Python's `ssl.SSLError`. */
export class TlsError extends NetworkError {
  static {
    this.prototype.name = "TlsError";
  }
}

/** The other side does not play: the classes below say how. Python's `ConnectionError`. */
export class ConnectionError extends NetworkError {
  static {
    this.prototype.name = "ConnectionError";
  }
}

/** Nobody listens there. */
export class ConnectionRefusedError extends ConnectionError {
  static {
    this.prototype.name = "ConnectionRefusedError";
  }
}

/** The connection is gone: the peer reset it, or it was lost before this was asked. */
export class ConnectionResetError extends ConnectionError {
  static {
    this.prototype.name = "ConnectionResetError";
  }
}

/** The connection was given up on this side. */
export class ConnectionAbortedError extends ConnectionError {
  static {
    this.prototype.name = "ConnectionAbortedError";
  }
}

/** Written to a peer who has stopped listening. */
export class BrokenPipeError extends ConnectionError {
  static {
    this.prototype.name = "BrokenPipeError";
  }
}

type ErrorClass = new (...args: ConstructorParameters<typeof NetworkError>) => NetworkError;

const KINDS: Readonly<Record<string, readonly [type: ErrorClass, what: string]>> = {
  ECONNREFUSED: [ConnectionRefusedError, "nobody listens there"],
  ECONNRESET: [ConnectionResetError, "reset by the peer"],
  ECONNABORTED: [ConnectionAbortedError, "aborted"],
  EPIPE: [BrokenPipeError, "the peer does not read any more"],
  ENOTFOUND: [UnknownHostError, "the host is not known"],
  EAI_AGAIN: [UnknownHostError, "the host's name could not be looked up"],
  EHOSTUNREACH: [NetworkError, "the host cannot be reached"],
  ENETUNREACH: [NetworkError, "the network cannot be reached"],
  ETIMEDOUT: [NetworkError, "the host did not answer in time"],
  EADDRINUSE: [NetworkError, "the address is in use"],
  EADDRNOTAVAIL: [NetworkError, "the address is not one of this machine"],
  EACCES: [NetworkError, "permission denied"],
  ENOENT: [NetworkError, "there is no such socket"],
  EPROTO: [TlsError, "the TLS protocol was broken"],
  ERR_TLS_HANDSHAKE_TIMEOUT: [TlsError, "the TLS handshake was not finished in time"],
};

/**
 * A host's error as one of ours.
 *
 * @param what - What failed: `openConnection to`, and the target is named next.
 * @param secure - Whether TLS was spoken: then what is no error of a socket is one of TLS.
 * @internal
 */
export function networkError(what: string, target: string, cause: unknown, secure: boolean): NetworkError {
  // `reason` is OpenSSL's, without its file and line.
  const { code, syscall, reason, message } = cause as {
    code?: string;
    syscall?: string;
    reason?: string;
    message?: string;
  };
  const [Kind, why] = KINDS[code ?? ""] ?? [
    secure && syscall === undefined ? TlsError : NetworkError,
    reason ?? message ?? String(cause),
  ];
  const tag = code === undefined ? "" : ` (${code})`;
  return new Kind(`${what} ${target}: ${why}${tag}.`, { target, code, cause });
}
