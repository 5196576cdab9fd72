// SPDX-License-Identifier: Apache-2.0
/** Messages of the reference's `proto/signer.proto` and of gRPC's health service. Field numbers are the contract. */
import { data, decodeFields, encodeFields, type Fields, readBytes, readMessage, readString, text } from './protobuf.ts';

/** Bytes to message and back. */
export interface Codec<T> {
  encode(message: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

export interface CreateKeyRequest {
  readonly algorithm: string;
  readonly gun: string;
  readonly role: string;
}
export interface KeyId {
  readonly id: string;
}
export interface KeyInfo {
  readonly keyId: string;
  readonly algorithm: string;
}
export interface PublicKeyMessage extends KeyInfo {
  readonly publicKey: Uint8Array;
}
export interface KeyInfoResponse extends PublicKeyMessage {
  readonly role: string;
}
export interface SignatureRequest {
  readonly keyId: string;
  readonly content: Uint8Array;
}
export interface SignatureMessage extends KeyInfo {
  readonly method: string;
  readonly content: Uint8Array;
}
export interface HealthRequest {
  readonly service: string;
}
export interface HealthResponse {
  readonly status: 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

const encodeKeyInfo = (info: KeyInfo): Uint8Array =>
  encodeFields([
    [1, encodeFields([[1, text(info.keyId)]])],
    [2, encodeFields([[1, text(info.algorithm)]])],
  ]);

function decodeKeyInfo(fields: Fields): KeyInfo {
  const info = readMessage(fields, 1);
  return { keyId: readString(readMessage(info, 1), 1), algorithm: readString(readMessage(info, 2), 1) };
}

export const createKeyRequest: Codec<CreateKeyRequest> = {
  encode: (m) =>
    encodeFields([
      [1, text(m.algorithm)],
      [2, text(m.gun)],
      [3, text(m.role)],
    ]),
  decode: (bytes) => {
    const f = decodeFields(bytes);
    return { algorithm: readString(f, 1), gun: readString(f, 2), role: readString(f, 3) };
  },
};

export const keyId: Codec<KeyId> = {
  encode: (m) => encodeFields([[1, text(m.id)]]),
  decode: (bytes) => ({ id: readString(decodeFields(bytes), 1) }),
};

export const publicKey: Codec<PublicKeyMessage> = {
  encode: (m) =>
    encodeFields([
      [1, encodeKeyInfo(m)],
      [2, data(m.publicKey)],
    ]),
  decode: (bytes) => {
    const f = decodeFields(bytes);
    return { ...decodeKeyInfo(f), publicKey: readBytes(f, 2).slice() };
  },
};

export const keyInfoResponse: Codec<KeyInfoResponse> = {
  encode: (m) =>
    encodeFields([
      [1, encodeKeyInfo(m)],
      [2, data(m.publicKey)],
      [3, text(m.role)],
    ]),
  decode: (bytes) => {
    const f = decodeFields(bytes);
    return { ...decodeKeyInfo(f), publicKey: readBytes(f, 2).slice(), role: readString(f, 3) };
  },
};

export const signatureRequest: Codec<SignatureRequest> = {
  encode: (m) =>
    encodeFields([
      [1, encodeFields([[1, text(m.keyId)]])],
      [2, data(m.content)],
    ]),
  decode: (bytes) => {
    const f = decodeFields(bytes);
    return { keyId: readString(readMessage(f, 1), 1), content: readBytes(f, 2) };
  },
};

export const signature: Codec<SignatureMessage> = {
  encode: (m) =>
    encodeFields([
      [1, encodeKeyInfo(m)],
      [2, encodeFields([[1, text(m.method)]])],
      [3, data(m.content)],
    ]),
  decode: (bytes) => {
    const f = decodeFields(bytes);
    return { ...decodeKeyInfo(f), method: readString(readMessage(f, 2), 1), content: readBytes(f, 3).slice() };
  },
};

export const empty: Codec<Record<string, never>> = {
  encode: () => new Uint8Array(),
  decode: (bytes) => {
    decodeFields(bytes);
    return {};
  },
};

export const healthRequest: Codec<HealthRequest> = {
  encode: (m) => encodeFields([[1, text(m.service)]]),
  decode: (bytes) => ({ service: readString(decodeFields(bytes), 1) }),
};

const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** The one message with a number: field 1, an enumeration. */
export const healthResponse: Codec<HealthResponse> = {
  encode: (m) => {
    const value = STATUSES.indexOf(m.status);
    return value === 0 ? new Uint8Array() : Uint8Array.of(8, value);
  },
  decode: (bytes) => {
    decodeFields(bytes);
    return { status: (bytes[0] === 8 ? STATUSES[bytes[1] ?? 0] : undefined) ?? 'UNKNOWN' };
  },
};
